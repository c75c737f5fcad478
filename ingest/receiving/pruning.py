"""Protobuf nested more deeply than its library reads: what would be cut anyway is taken out of the bytes before.

The library gives up at 100 messages inside of each other, and with the whole request. A value that lies so deep is
turned, where it stands, into as many zero bytes as a plain value: no length of what is around it changes.
"""

from dataclasses import dataclass
from functools import cache

from google.protobuf.descriptor import Descriptor
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from ingest.receiving.limits import MAX_DEPTH

# An honest request has fewer fields; each costs about a microsecond here.
MAX_FIELDS = 1_000_000
LONGEST_VARINT = 10
MORE = 0x80
VARINT, FIXED64, DELIMITED, FIXED32 = 0, 1, 2, 5
WIDTHS = {FIXED64: 8, FIXED32: 4}
VALUE = AnyValue.DESCRIPTOR
CONTAINERS = {VALUE.fields_by_name[name].number for name in ("array_value", "kvlist_value")}
PLAIN_TAG = VALUE.fields_by_name["bytes_value"].number << 3 | DELIMITED


class _Malformed(Exception):
    """No message of this kind; the library will say so in its own words."""


@dataclass(frozen=True)
class _Open:
    """A message that is being read: what it is, where it ends, and how many values it lies in."""

    kind: Descriptor
    end: int
    depth: int


def prune(kind: Descriptor, body: bytes) -> bytes | None:
    """The request without its values below MAX_DEPTH; None when it has none, or is no message of this kind.

    Where such a value stood there is now one that a reader of values has to cut, and so to mark.
    """
    pruned = bytearray(body)
    try:
        return bytes(pruned) if _prune(kind, pruned) else None
    except _Malformed:
        return None


def _prune(kind: Descriptor, body: bytearray) -> bool:
    """Goes through the bytes once. Whether anything was too deep.

    The messages open at a time are as few as MAX_DEPTH allows, since none below that is opened.
    """
    has_cut, place = False, 0
    inside = [_Open(kind, len(body), 0)]
    for _ in range(MAX_FIELDS):
        while inside and place == inside[-1].end:
            inside.pop()
        if not inside:
            return has_cut
        here = inside[-1]
        field, start, end = _field(body, place, here.end)
        if here.kind is VALUE and here.depth > MAX_DEPTH and field in CONTAINERS:
            body[place] = body[place] & MORE | PLAIN_TAG
            body[start:end] = bytes(end - start)
            has_cut = True
        elif (inner := _messages(here.kind).get(field)) is not None and start < end:
            inside.append(_Open(inner, end, here.depth + (inner is VALUE)))
            end = start
        place = end
    raise _Malformed


@cache
def _messages(kind: Descriptor) -> dict[int, Descriptor]:
    """The fields that are messages, by number."""
    return {field.number: field.message_type for field in kind.fields if field.message_type is not None}


def _field(body: bytearray, place: int, limit: int) -> tuple[int, int, int]:
    """The field that begins at `place`: its number, and where what it holds begins and ends."""
    tag, start = _varint(body, place, limit)
    wire = tag & 7
    if wire == DELIMITED:
        length, start = _varint(body, start, limit)
        end = start + length
    elif wire == VARINT:
        end = _varint(body, start, limit)[1]
    elif wire in WIDTHS:
        end = start + WIDTHS[wire]
    else:
        raise _Malformed
    if end > limit:
        raise _Malformed
    # A message has its length before it; what has none is no message, whatever its number.
    return (tag >> 3 if wire == DELIMITED else 0), start, end


def _varint(body: bytearray, place: int, limit: int) -> tuple[int, int]:
    """The number at `place`, and where the next thing begins."""
    number = 0
    for index in range(min(limit - place, LONGEST_VARINT)):
        byte = body[place + index]
        number |= (byte & (MORE - 1)) << 7 * index
        if byte < MORE:
            return number, place + index + 1
    raise _Malformed
