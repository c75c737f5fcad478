"""Decompression with a running cap: a bomb costs as much memory as the cap, whatever it claims to hold."""

import zlib
from collections.abc import Callable, Iterator

import zstandard

from ingest.receiving.errors import TooLarge, Unreadable, Unsupported

CHUNK = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS
ZLIB_METHOD = 8
# What is fed to zstd at once: four bytes of it may hold 128 KB, and it knows no cap on what it gives back.
BITE = 64
# Each part of a stream costs time even if it is empty; honest senders write one, or a few.
MAX_MEMBERS = 1000
LARGEST_WINDOW = 8 * 1024 * 1024


class _Inflating:
    """A gzip or deflate member."""

    def __init__(self, bits: int) -> None:
        self.stream = zlib.decompressobj(bits)

    def unpack(self, bite: bytes) -> Iterator[bytes]:
        """What the bite holds, in pieces of at most CHUNK bytes."""
        piece = self.stream.decompress(bite, CHUNK)
        yield piece
        while not self.stream.eof and (self.stream.unconsumed_tail or len(piece) == CHUNK):
            piece = self.stream.decompress(self.stream.unconsumed_tail, CHUNK)
            yield piece


class _Unpacking:
    """A zstd frame."""

    def __init__(self, frames: zstandard.ZstdDecompressor) -> None:
        self.stream = frames.decompressobj()

    def unpack(self, bite: bytes) -> Iterator[bytes]:
        """What the bite holds, in one piece: see BITE."""
        yield self.stream.decompress(bite)


def decompress(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without its Content-Encoding; at most `limit` bytes, else TooLarge."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding in {"gzip", "x-gzip"}:
        return _inflate(body, GZIP, limit, "gzip")
    if encoding == "deflate":
        return _inflate(body, _deflate_bits(body), limit, "deflate")
    if encoding == "zstd":
        return _unpack_zstd(body, limit)
    raise Unsupported(f"Content-Encoding {encoding!r} is not read here; send gzip, deflate, zstd or none.")


def _deflate_bits(body: bytes) -> int:
    # "deflate" means a zlib stream, but some clients send the bare one.
    has_header = len(body) > 1 and body[0] & 0x0F == ZLIB_METHOD and int.from_bytes(body[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS


def _inflate(body: bytes, bits: int, limit: int, name: str) -> bytes:
    """All members of the stream, one after the other: gzip allows several."""
    return _unpack(body, lambda: _Inflating(bits), CHUNK, limit, name)


def _unpack_zstd(body: bytes, limit: int) -> bytes:
    """All frames of the stream, one after the other."""
    frames = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW)
    return _unpack(body, lambda: _Unpacking(frames), BITE, limit, "zstd")


def _unpack(body: bytes, begin: Callable[[], _Inflating | _Unpacking], bite: int, limit: int, name: str) -> bytes:
    """Feeds the body bite by bite, so that no step copies what is still to come."""
    out, place, members = bytearray(), 0, 0
    while place < len(body):
        members += 1
        if members > MAX_MEMBERS:
            raise Unreadable(f"The {name} body has more than {MAX_MEMBERS} parts, at byte {place}.")
        place = _member(body, place, begin(), bite, out, limit, name)
    return bytes(out)


def _member(
    body: bytes, place: int, member: _Inflating | _Unpacking, bite: int, out: bytearray, limit: int, name: str
) -> int:
    """Unpacks the member that begins at `place` into `out`; where the next one begins."""
    while not member.stream.eof:
        if place >= len(body):
            raise Unreadable(f"The {name} body ends too early, at byte {len(body)}.")
        try:
            for piece in member.unpack(body[place : place + bite]):
                out += piece
                if len(out) > limit:
                    raise TooLarge(f"The body holds more than {limit} bytes once decompressed.")
        except (zlib.error, zstandard.ZstdError) as error:
            raise Unreadable(f"The body is not {name}, near byte {place}: {error}.") from error
        place = min(place + bite, len(body))
    return place - len(member.stream.unused_data)
