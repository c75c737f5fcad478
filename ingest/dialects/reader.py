"""Reads our own JSON strictly: every field that is not what it should be is named, all of them at once."""

import io
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson

from ingest.dialects.times import as_time
from ingest.receiving.errors import Unreadable
from ingest.receiving.halves import parse_body, read_any_json
from ingest.records import Refusal

NDJSON = "application/x-ndjson"
MAX_STEPS = 20_000
# A body full of nothing but commas would else become a thousand times its size in words about what is wrong with it.
MAX_PROBLEMS = 1_000
Record = TypeVar("Record")


def read_entries(
    body: bytes,
    content_type: str,
    read: Callable[[Any, int], list[Record | Refusal]],
    is_single: Callable[[list[Any]], bool] = lambda _: False,
) -> list[Record | Refusal]:
    """What `read` makes of each entry of a body: one JSON value, a list of them, or NDJSON.

    `read` gets the value and its line or place from 1 (0 = the whole body); `is_single` knows lists that are one entry.
    Unreadable where more than MAX_PROBLEMS things are wrong.
    """
    if content_type == NDJSON:
        lines = enumerate(io.BytesIO(body), start=1)
        return _bounded(_read_value(_parsed(line, number), number, read) for number, line in lines if line.strip())
    value = _parsed(body, 0)
    if isinstance(value, list) and not is_single(value):
        return _bounded(read(item, place) for place, item in enumerate(value, start=1))
    return _bounded([_read_value(value, 0, read)])


def read_list(body: bytes, key: str, things: str) -> list[Any]:
    """The `things` listed in `{key: […]}`, at most MAX_STEPS; Unreadable where that is not what the body is."""
    value = parse_body(body)
    listed = value.get(key) if isinstance(value, dict) else None
    if not isinstance(listed, list):
        raise Unreadable(f"{key}: must be a list of {things}")
    if len(listed) > MAX_STEPS:
        raise Unreadable(f"{key}: must be a list of at most {MAX_STEPS}")
    return listed


def _bounded(found: Iterable[list[Record | Refusal]]) -> list[Record | Refusal]:
    """All entries in one list. Whoever is wrong so often is told so once, before anything is taken."""
    entries: list[Record | Refusal] = []
    problems = 0
    for some in found:
        entries += some
        problems += sum(isinstance(entry, Refusal) for entry in some)
        if problems > MAX_PROBLEMS:
            first = next(entry for entry in entries if isinstance(entry, Refusal))
            raise Unreadable(f"More than {MAX_PROBLEMS} things are wrong, so nothing was taken. The first: {first}.")
    return entries


def _read_value(value: Any, number: int, read: Callable[[Any, int], list[Record | Refusal]]) -> list[Record | Refusal]:
    return [value] if isinstance(value, Refusal) else read(value, number)


def _parsed(text: bytes, line: int) -> Any:
    try:
        return read_any_json(text)
    except orjson.JSONDecodeError as error:
        return Refusal(line, f"is no JSON: {error}")


@dataclass
class Reader:
    """Takes values out of an object by name and notes, with its path, each one that is not what it should be."""

    problems: list[Refusal] = field(default_factory=list)
    line: int = 0

    def note(self, path: str, message: str) -> None:
        if len(self.problems) <= MAX_PROBLEMS:
            self.problems.append(Refusal(self.line, message, path.removeprefix(".")))

    def text(self, data: dict[str, Any], key: str, path: str) -> str:
        value = data.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.note(f"{path}.{key}", "must be a string")
        return ""

    def choice(self, data: dict[str, Any], key: str, path: str, allowed: Collection[str]) -> str:
        value = data.get(key)
        if isinstance(value, str) and value in allowed:
            return value
        self.note(f"{path}.{key}", f"must be one of {', '.join(allowed)}")
        return ""

    def number(self, data: dict[str, Any], key: str, path: str, kind: Callable[[Any], Any]) -> Any:
        value = data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53:
            self.note(f"{path}.{key}", "must be a number from 0 up, or null")
            return None
        return kind(value)

    def time(self, data: dict[str, Any], key: str, path: str) -> Any:
        value = data.get(key)
        time = as_time(value)
        if value is not None and time is None:
            self.note(f"{path}.{key}", "must be a time such as 2026-11-21T09:30:00Z")
        return time

    def flag(self, data: dict[str, Any], key: str, path: str, *, default: bool) -> bool:
        value = data.get(key, default)
        if not isinstance(value, bool):
            self.note(f"{path}.{key}", "must be true or false")
        return value is True

    def objects(self, data: dict[str, Any], key: str) -> list[tuple[dict[str, Any], str]]:
        value = data.get(key)
        if not isinstance(value, list) or len(value) > MAX_STEPS:
            self.note(key, f"must be a list of at most {MAX_STEPS}" if isinstance(value, list) else "must be a list")
            return []
        found = [(item, f"{key}.{index}") for index, item in enumerate(value) if isinstance(item, dict)]
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                self.note(f"{key}.{index}", "must be an object")
        return found
