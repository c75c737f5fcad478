"""Files out of gzip, zstd and zip, as streams with a running cap: a bomb costs as much memory as one buffer."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Any, cast

import zstandard

from ingest.receiving.errors import TooLarge, Unreadable
from ingest.records import Refusal

BUFFER = 256 * 1024
MOST_MEMBERS = 10_000
MAX_WINDOW = 128 * 1024 * 1024
GZIP, ZSTD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
# What the unpackers raise for bytes that are not what they say they are, and for methods that they do not know.
BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, zstandard.ZstdError, NotImplementedError, RuntimeError)
NESTED = "is an archive in an archive; unpack it first"
Open = Callable[[], IO[bytes]]


@dataclass
class Budget:
    """How many bytes may come out of a file, all its members together; each reading of a member counts."""

    limit: int
    spent: int = 0

    def spend(self, size: int) -> None:
        self.spent += size
        if self.spent > self.limit:
            raise TooLarge(f"holds more than {self.limit} bytes once unpacked")


class _Unpacking(io.RawIOBase):
    """The bytes of an unpacker, counted; what breaks in it is Unreadable."""

    def __init__(self, inner: IO[bytes], budget: Budget) -> None:
        self.inner = inner
        self.budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        target = memoryview(buffer).cast("B")
        try:
            piece = self.inner.read(len(target))
        except BROKEN as error:
            raise Unreadable(f"cannot be unpacked: {error}") from error
        self.budget.spend(len(piece))
        target[: len(piece)] = piece
        return len(piece)


@dataclass(frozen=True)
class Member:
    """One file of data; `open` gives its unpacked bytes from the start. `name` is "" where there is only one."""

    name: str
    open: Open


def members(file: IO[bytes], limit: int) -> Iterator[Member | Refusal]:
    """The files in a file: itself, unpacked if it is packed, or all that a zip holds.

    At most `limit` bytes come out of it, then TooLarge; a broken one raises Unreadable when it is read.
    """
    budget = Budget(limit)
    if _head(_rewound(file)) != ZIP:
        yield Member("", _unpacked(_rewound(file), budget))
        return
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise Unreadable(f"is no zip archive: {error}") from error
    with archive:
        yield from _of_zip(archive, budget)


def _of_zip(archive: zipfile.ZipFile, budget: Budget) -> Iterator[Member | Refusal]:
    listed = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
    if len(listed) > MOST_MEMBERS:
        raise TooLarge(f"holds more than {MOST_MEMBERS} files")
    for entry in sorted(listed, key=lambda entry: entry.filename):
        name = entry.filename.replace("\x00", "\ufffd")
        if entry.flag_bits & 1:
            yield Refusal(0, f"{name}: is encrypted")
            continue
        opened = _of_entry(archive, entry)
        try:
            is_nested = _head(opened) == ZIP
        except Unreadable as error:
            yield Refusal(0, f"{name}: {error}")
            continue
        yield Refusal(0, f"{name}: {NESTED}") if is_nested else Member(name, _unpacked(opened, budget))


def _of_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Open:
    def opened() -> IO[bytes]:
        try:
            return archive.open(entry)
        except BROKEN as error:
            raise Unreadable(f"cannot be unpacked: {error}") from error

    return opened


def _is_hidden(name: str) -> bool:
    """Leftovers of desktops: `__MACOSX/…`, `.DS_Store`."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")


def _rewound(file: IO[bytes]) -> Open:
    def opened() -> IO[bytes]:
        file.seek(0)
        # Closing what reads it must not close the file itself: it is opened again.
        return cast("IO[bytes]", _Unclosing(file))

    return opened


class _Unclosing:
    """A file that stays open when its reader is closed."""

    def __init__(self, file: IO[bytes]) -> None:
        self.read = file.read
        self.tell = file.tell
        self.seek = file.seek

    def close(self) -> None:
        """Nothing: the file is not ours."""


def _head(open_it: Open) -> bytes:
    with closing(open_it()) as stream:
        try:
            return stream.read(len(ZIP))
        except BROKEN as error:
            raise Unreadable(f"cannot be unpacked: {error}") from error


def _unpacked(open_it: Open, budget: Budget) -> Open:
    """The same file without its compression, if it has one. What comes out counts against the budget."""

    def opened() -> IO[bytes]:
        head = _head(open_it)
        stream = open_it()
        if head.startswith(GZIP):
            stream = cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
        elif head == ZSTD:
            unpacker = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
            stream = cast("IO[bytes]", unpacker.stream_reader(stream, read_across_frames=True))
        return io.BufferedReader(_Unpacking(stream, budget), BUFFER)

    return opened
