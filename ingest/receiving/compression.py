"""Decompression with a running cap: a bomb costs as much memory as the cap, whatever it claims to hold."""

import zlib

import zstandard

from ingest.receiving.errors import TooLarge, Unreadable, Unsupported

CHUNK = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS
ZLIB_METHOD = 8
# What is fed to zstd at once: four bytes of it may hold 128 KB, and it knows no cap on what it gives back.
BITE = 64
LARGEST_WINDOW = 8 * 1024 * 1024


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
    out = bytearray()
    rest = body
    while rest:
        rest = _member(rest, bits, out, limit, name, len(body))
    return bytes(out)


def _member(data: bytes, bits: int, out: bytearray, limit: int, name: str, size: int) -> bytes:
    """Inflates one member into `out`; what follows it."""
    stream = zlib.decompressobj(bits)
    while not stream.eof:
        try:
            piece = stream.decompress(data, min(CHUNK, limit + 1 - len(out)))
        except zlib.error as error:
            raise Unreadable(f"The body is not {name}, near byte {size - len(data)}: {error}.") from error
        out += piece
        if len(out) > limit:
            raise TooLarge(f"The body holds more than {limit} bytes once decompressed.")
        data = stream.unconsumed_tail
        if not data and not piece and not stream.eof:
            raise Unreadable(f"The {name} body ends too early, at byte {size}.")
    return stream.unused_data


def _unpack_zstd(body: bytes, limit: int) -> bytes:
    """All frames of the stream, one after the other."""
    out = bytearray()
    rest = body
    while rest:
        rest = _frame(rest, out, limit, len(body))
    return bytes(out)


def _frame(data: bytes, out: bytearray, limit: int, size: int) -> bytes:
    """Unpacks one frame into `out`; what follows it."""
    frame = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW).decompressobj()
    for place in range(0, len(data), BITE):
        try:
            out += frame.decompress(data[place : place + BITE])
        except zstandard.ZstdError as error:
            raise Unreadable(f"The body is not zstd, near byte {size - len(data) + place}: {error}.") from error
        if len(out) > limit:
            raise TooLarge(f"The body holds more than {limit} bytes once decompressed.")
        if frame.eof:
            return frame.unused_data + data[place + BITE :]
    raise Unreadable(f"The zstd body ends too early, at byte {size}.")
