"""Rows of a Phoenix data frame, as JSON in any of pandas' orientations or as CSV: columns `attributes.<dotted>`."""

import ast
from collections.abc import Iterable, Mapping
from typing import Any

from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.phoenix_annotations import annotation
from ingest.dialects.span_dump import span_of_dump
from ingest.dialects.values import as_json, as_text
from ingest.records import Refusal, Telemetry

TRACE, SPAN = "context.trace_id", "context.span_id"
PREFIX = "attributes."
# A cell of CSV is written as Python prints it. Reading that takes a stack as deep as its brackets.
DEEPEST = 40
LONGEST = 1_000_000
EMPTY = ("nan", "NaT", "None", "NaN")


def _is_frame(value: Any) -> bool:
    return isinstance(value, dict) and (TRACE in value or _is_split(value) or _is_table(value) or _is_annotation(value))


def _is_split(value: dict[str, Any]) -> bool:
    columns = value.get("columns")
    return isinstance(columns, list) and TRACE in columns and isinstance(value.get("data"), list)


def _is_table(value: dict[str, Any]) -> bool:
    return isinstance(value.get("schema"), dict) and isinstance(value.get("data"), list)


def _is_annotation(value: dict[str, Any]) -> bool:
    return "annotator_kind" in value and any(name in value for name in ("span_id", "trace_id", "session_id"))


def _read(value: Any, line: int) -> Iterable[Entry]:
    if _is_annotation(value):
        return [annotation(value, line)]
    return [entry for place, row in enumerate(_rows(value), start=1) for entry in _entry(row, line or place)]


def _rows(value: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if _is_split(value):
        return _split_rows(value)
    if _is_table(value):
        return [row for row in value["data"] if isinstance(row, dict)]
    return _columns(value) if isinstance(value[TRACE], dict) else [value]


def _split_rows(value: dict[str, Any]) -> Iterable[dict[str, Any]]:
    index = value.get("index")
    names = index if isinstance(index, list) else []
    for place, cells in enumerate(value["data"]):
        if isinstance(cells, list):
            named = {SPAN: names[place]} if place < len(names) else {}
            yield {**named, **dict(zip(value["columns"], cells, strict=False))}


def _columns(value: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """A frame by columns, each with its cells by index; the index is the span id unless a column is."""
    for index in value[TRACE]:
        cells = {name: column[index] for name, column in value.items() if isinstance(column, dict) and index in column}
        yield {SPAN: index, **cells}


def _entry(row: Mapping[str, Any], line: int) -> Iterable[Entry]:
    cells = {key: _cell(value) for key, value in row.items()}
    cells = {key: value for key, value in cells.items() if value is not None}
    span_id = cells.get(SPAN) or cells.get("index") or cells.get("Unnamed: 0")
    if not span_id or not cells.get(TRACE):
        return [Refusal(line, "is missing", TRACE if span_id else SPAN)]
    nested = {key.removeprefix(PREFIX): value for key, value in cells.items() if key.startswith(PREFIX)}
    value = {
        **{key: cell for key, cell in cells.items() if not key.startswith(PREFIX)},
        "context": {"trace_id": cells[TRACE], "span_id": as_text(span_id)},
        "attributes": dict(_flat(nested)),
    }
    return [Telemetry(spans=(span_of_dump(value),))]


def _cell(value: Any) -> Any:
    """A cell out of JSON or out of Python's notation; None for an empty one."""
    if not isinstance(value, str):
        return value
    if not value or value in EMPTY:
        return None
    if value[0] in "[{" and isinstance(found := as_json(value), str):
        return _python(found)
    return value if value[0] not in "[{" else as_json(value)


def _python(text: str) -> Any:
    if len(text) > LONGEST or _depth(text) > DEEPEST:
        return text
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        depth += (sign in "[({") - (sign in "])}")
        deepest = max(deepest, depth)
    return deepest


def _flat(attributes: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """A cell may hold what Phoenix nested below its column: lists of objects whose keys are dotted again."""
    waiting = [(key, value, 0) for key, value in attributes.items()]
    while waiting:
        key, value, depth = waiting.pop()
        if depth < DEEPEST and isinstance(value, dict):
            waiting += [(f"{key}.{name}", inner, depth + 1) for name, inner in value.items()]
        elif depth < DEEPEST and isinstance(value, list) and any(isinstance(item, dict) for item in value):
            waiting += [(f"{key}.{place}", inner, depth + 1) for place, inner in enumerate(value)]
        else:
            yield key, value


FORMAT = FileFormat(name="phoenix", rank=23, recognises=_is_frame, read=_read)
