"""Protobuf in which almost nothing takes two bytes: the library would need a hundred times the body's size for it."""

from collections.abc import Iterator

from ingest.receiving.errors import TooLarge
from ingest.receiving.limits import MAX_LOOKED_AT

# What is smaller cannot hold enough of them to matter.
SMALL = 1024 * 1024
MORE, BITS = 0x80, 0x7F
VARINT, FIXED64, DELIMITED, FIXED32 = 0, 1, 2, 5
GROUP_MARKS = (3, 4)
LONGEST_VARINT = 10
WIDTHS = {FIXED64: 8, FIXED32: 4}
# A group of a resource, a scope's group in it, a span or log record in that: under these numbers, for both signals.
LEVELS = (1, 2, 2)
Piece = tuple[int, int]


def refuse_crowds(body: bytes) -> None:
    """Raises TooLarge for more groups, spans and log records than anybody sends, before they are made objects of."""
    if len(body) <= SMALL:
        return
    for number, _ in enumerate(_pieces(body, (0, len(body)), LEVELS)):
        if number == MAX_LOOKED_AT:
            raise TooLarge(f"The body holds more than {MAX_LOOKED_AT} spans or log records; send fewer at once.")


def _pieces(body: bytes, within: Piece, levels: tuple[int, ...]) -> Iterator[Piece]:
    """Every message on these levels, each before what it holds."""
    wanted, *below = levels
    for number, piece in _fields(body, within):
        if number == wanted:
            yield piece
            if below:
                yield from _pieces(body, piece, tuple(below))


def _fields(body: bytes, within: Piece) -> Iterator[tuple[int, Piece]]:
    """The fields that have a length, by number. It ends where the bytes make no sense: the library says why."""
    place, end = within
    while place < end:
        tag, place = _varint(body, place, end)
        kind = tag & 7
        if kind == DELIMITED:
            size, place = _varint(body, place, end)
            yield tag >> 3, (place, min(place + size, end))
            place += size
        elif kind == VARINT:
            _, place = _varint(body, place, end)
        elif kind not in GROUP_MARKS:  # what stands between those is passed like everything else
            place += WIDTHS.get(kind, end)


def _varint(body: bytes, place: int, end: int) -> tuple[int, int]:
    """The number that begins at `place`, and where it ends."""
    number = 0
    for shift, byte in enumerate(body[place : min(place + LONGEST_VARINT, end)]):
        number |= (byte & BITS) << 7 * shift
        if byte < MORE:
            return number, place + shift + 1
    return 0, end
