"""A file's bytes as parsed values, one at a time: JSON lines, the items of one large array, or rows of CSV."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from typing import IO, Any

import orjson

from ingest.dialects.chat import is_message
from ingest.records import Refusal

# A value is parsed as a whole, and parsed JSON takes some ten times its bytes of memory.
MAX_VALUE = 128 * 1024 * 1024
PIECE = 1024 * 1024
MAX_CELL = 8 * 1024 * 1024
BOM = b"\xef\xbb\xbf"
TOO_LONG = f"is one JSON value of more than {MAX_VALUE} bytes; write the file as one object per line"
EMPTY = "holds nothing"
PARQUET = b"PAR1"
NOT_PARQUET = "is a Parquet file, which is not read here; export it as JSON lines or CSV"
LARGE_NUMBER = re.compile(rb"[:,\[]\s*-?\d{20,200}\s*[,}\]]")
MOST_MESSAGES = 100_000
Value = tuple[Any, int]
# Strings as a whole, so that brackets in them count for nothing; a lone quote is a string that goes on.
TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{},]', re.DOTALL)


def values(open_it: Callable[[], IO[bytes]]) -> Iterator[Value]:
    """The parsed values with their lines (for arrays: places), from 1; 0 where the file is one value.

    What cannot be parsed is a Refusal in its place.
    """
    with closing(open_it()) as stream:
        first, second = _first_lines(stream)
    if not first:
        yield Refusal(0, EMPTY), 0
        return
    with closing(open_it()) as stream:
        is_empty = True
        for value in _reader_for(first, second)(stream):
            is_empty = False
            yield value
    if is_empty:
        yield Refusal(0, EMPTY), 0


def _first_lines(stream: IO[bytes]) -> tuple[bytes, bytes]:
    lines = (line.removeprefix(BOM).strip() for line in iter(lambda: stream.readline(MAX_VALUE), b""))
    found = [*islice(filter(None, lines), 2), b"", b""]
    return found[0], found[1]


def _reader_for(first: bytes, second: bytes) -> Callable[[IO[bytes]], Iterator[Value]]:
    starts_object = first.startswith(b"{")
    if second and (_is_whole(first) or (not first.startswith(b"[") and _is_whole(second))):
        return _lines
    if starts_object or first.startswith(b"["):
        return _Splitter(is_array=not starts_object).values
    if first.startswith(PARQUET):
        return lambda _: iter([(Refusal(0, NOT_PARQUET), 0)])
    return _rows


def _is_whole(line: bytes) -> bool:
    """Whether a line is an object or a list by itself."""
    return line[:1] in b"{[" and line[-1:] in b"}]" and isinstance(_parse(line, 0), dict | list)


def _parse(data: bytes, line: int) -> Any:
    """The value, or a Refusal. Some programs write trace ids as numbers over 64 bits, and Python writes NaN."""
    try:
        return orjson.loads(data) if not LARGE_NUMBER.search(data) else _parse_slowly(data)
    except orjson.JSONDecodeError as error:
        return _parse_slowly(data, Refusal(line, f"is no JSON: {error}"))


def _parse_slowly(data: bytes, otherwise: Any = None) -> Any:
    """With Python's own parser, which reads what orjson does not; `otherwise` where that cannot read it either."""
    try:
        return json.loads(data, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return orjson.loads(data) if otherwise is None else otherwise


def _lines(stream: IO[bytes]) -> Iterator[Value]:
    number = 0
    while line := stream.readline(MAX_VALUE + 1):
        number += 1
        if len(line) > MAX_VALUE:
            yield Refusal(number, TOO_LONG), number
            _skip_line(stream)
        elif line := line.removeprefix(BOM).strip():
            yield from _items(_parse(line, number), number)


def _skip_line(stream: IO[bytes]) -> None:
    while (piece := stream.readline(PIECE)) and not piece.endswith(b"\n"):
        pass


def _items(value: Any, line: int) -> Iterator[Value]:
    """A list is its items, unless it is a conversation."""
    if not isinstance(value, list) or is_conversation(value):
        yield value, line
        return
    for item in value:
        yield item, line


def is_conversation(value: list[Any]) -> bool:
    """Whether the items of a list are messages, which belong together."""
    return bool(value) and is_message(value[0])


def _rows(stream: IO[bytes]) -> Iterator[Value]:
    """Rows of CSV as objects. A text without columns is nothing that we know."""
    csv.field_size_limit(MAX_CELL)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
    rows = csv.DictReader(text, restkey="")
    try:
        if len(rows.fieldnames or ()) <= 1:
            yield Refusal(0, "is neither JSON nor CSV"), 0
            return
        for number, row in enumerate(rows, start=2):
            yield {key: cell for key, cell in row.items() if key and cell}, number
    except csv.Error as error:
        yield Refusal(rows.line_num, f"is no CSV: {error}"), rows.line_num


class _Splitter:
    """Cuts a stream into the items of its one array, or into the objects that follow each other, without parsing it.

    Only what belongs to the current item is held. An array of messages is one value.
    """

    def __init__(self, *, is_array: bool) -> None:
        self.base = 1 if is_array else 0
        self.buffer = bytearray()
        self.start = self.at = self.depth = self.place = 0
        self.has_ended = False

    def values(self, stream: IO[bytes]) -> Iterator[Value]:
        pieces = self._pieces(stream)
        first = next(pieces, None)
        second = next(pieces, None)
        if first is not None and second is None and self.base == 0 and not isinstance(first[0], Refusal):
            yield first[0], 0
            return
        if first is not None and self.base and is_message(first[0]):
            yield self._conversation([item for item in (first, second) if item is not None], pieces), 0
            return
        for item in (first, second):
            if item is not None:
                yield item
        yield from pieces

    def _conversation(self, found: list[Value], rest: Iterator[Value]) -> Any:
        messages = []
        for value, place in (item for items in (found, rest) for item in items):
            if isinstance(value, Refusal):
                return value
            messages.append(value)
            if place > MOST_MESSAGES:
                return Refusal(0, f"is a conversation of more than {MOST_MESSAGES} messages")
        return messages

    def _pieces(self, stream: IO[bytes]) -> Iterator[Value]:
        while not self.has_ended:
            # Larger steps for a larger item: a string that goes on is looked at again from its start.
            piece = stream.read(max(PIECE, len(self.buffer)))
            self.buffer += piece.removeprefix(BOM) if self.start == self.at == 0 else piece
            yield from self._scan()
            if len(self.buffer) > MAX_VALUE:
                yield Refusal(self.place + 1, TOO_LONG), self.place + 1
                return
            if not piece:
                yield from self._rest()
                return
        yield from self._after(stream)

    def _scan(self) -> Iterator[Value]:
        while not self.has_ended and (token := TOKEN.search(self.buffer, self.at)):
            sign = token.group()
            if sign == b'"':
                self.at = token.start()
                break
            self.at = token.end()
            yield from self._take(sign, token.start())
        else:
            self.at = len(self.buffer) if not self.has_ended else self.at
        del self.buffer[: self.start]
        self.at -= self.start
        self.start = 0

    def _take(self, sign: bytes, where: int) -> Iterator[Value]:
        if sign in b"{[":
            self.depth += 1
            if self.depth == self.base:
                self.start = self.at
        elif sign in b"}]":
            self.depth -= 1
            if self.depth == 0 and self.base == 0:
                yield from self._item(self.at)
            elif self.depth < self.base:
                yield from self._item(where)
                self.has_ended = True
        elif sign == b"," and self.depth == self.base == 1:
            yield from self._item(where)

    def _item(self, end: int) -> Iterator[Value]:
        data = bytes(self.buffer[self.start : end]).strip()
        self.start = self.at
        if data:
            self.place += 1
            yield _parse(data, self.place), self.place

    def _rest(self) -> Iterator[Value]:
        if self.base or self.buffer[self.start :].strip():
            self.place += 1
            yield Refusal(self.place, "ends in the middle: the file is cut off or no JSON"), self.place

    def _after(self, stream: IO[bytes]) -> Iterator[Value]:
        rest = bytes(self.buffer[self.at :]).strip() or stream.read(PIECE).strip()
        if rest:
            yield Refusal(self.place + 1, "goes on after the end of its list"), self.place + 1
