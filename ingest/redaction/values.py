"""Nested values, and JSON inside of strings: the words change, the shape stays."""

import base64
import binascii
import re
from typing import Any

import orjson

from ingest.redaction.rules import Redaction

DEEPEST = 40
BYTES = "bytesValue"
# What stands in a list of OTLP's with nothing else beside it.
BARE_VALUES = frozenset({"intValue", BYTES})
TOO_DEEP = "…"
# Below these names a value is the sender's own, so that even a number may become words.
FREE = frozenset(
    {
        *("arguments", "args", "kwargs", "result", "output", "outputs", "input", "inputs", "metadata", "messages"),
        *("content", "extra", "attributes", "value", "stringValue", "body", "payload", "data"),
    }
)
# Ids and times by which spans are put together, and words from a list: nobody wrote them, as long as they look so.
STRUCTURE = frozenset(
    {
        *("traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_id", "traceState", "dotted_order"),
        *("timeUnixNano", "observedTimeUnixNano", "startTimeUnixNano", "endTimeUnixNano", "started_at", "ended_at"),
        *("start_time", "end_time", "startTime", "endTime", "timestamp", "kind", "role", "type"),
        *("parent_run_id", "run_id"),
    }
)
# Hex and UUIDs, times and chains of both, plain numbers, words such as trace-create.
LOOKS_SO = re.compile(r"[0-9A-Fa-fTZ:.+ -]{0,4000}|[A-Za-z][A-Za-z_. -]{0,59}").fullmatch
# Digits of these are chance, and what names a run in one field must name it in the next.
IS_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}").fullmatch
FEWEST_DIGITS = 1_000_000
JSON_STARTS = ("{", "[", '"')
JSON_ENDS = ("}", "]", '"')
OPTIONS = orjson.OPT_NON_STR_KEYS


def redact_value(redaction: Redaction, value: Any, *, name: str = "", free: bool = False, depth: int = 0) -> Any:
    """The value without private words; the same object where it has none. `free`: any field may become words."""
    if isinstance(value, str):
        return redact_string(redaction, value, name=name, depth=depth)
    if isinstance(value, int | float):
        return _number(redaction, value, name) if free else value
    if not isinstance(value, dict | list):
        return value
    if depth >= DEEPEST:
        return TOO_DEEP
    if isinstance(value, list):
        return _list(redaction, value, name=name, free=free, depth=depth)
    return _object(redaction, value, free=free, depth=depth)


def _list(redaction: Redaction, values: list[Any], *, name: str, free: bool, depth: int) -> list[Any]:
    new = [redact_value(redaction, value, name=name, free=free, depth=depth + 1) for value in values]
    return new if any(one is not other for one, other in zip(new, values, strict=True)) else values


def _object(redaction: Redaction, pairs: dict[str, Any], *, free: bool, depth: int) -> dict[str, Any]:
    if "key" in pairs and isinstance(pairs["key"], str) and isinstance(pairs.get("value"), dict):
        return _attribute(redaction, pairs, depth)
    if len(pairs) == 1 and not BARE_VALUES.isdisjoint(pairs):
        return _any_value(redaction, pairs, "", depth)
    new: dict[str, Any] = {}
    changed = False
    for key, value in pairs.items():
        if not free and _is_structure(key, value):
            new[key] = value
            continue
        inner = redact_value(redaction, value, name=key, free=free or key in FREE, depth=depth + 1)
        written = _free_key(redaction.text(key), new)
        changed = changed or inner is not value or written != key
        new[written] = inner
    return new if changed else pairs


def _is_structure(key: str, value: Any) -> bool:
    """A word under such a name that could be somebody's is none: senders write there whatever they like."""
    if not isinstance(value, str):
        return key in STRUCTURE and not isinstance(value, dict | list)
    return IS_UUID(value) is not None or (key in STRUCTURE and LOOKS_SO(value) is not None)


def _bytes(redaction: Redaction, written: str, name: str, depth: int) -> str:
    """Bytes as OTLP writes them in JSON. Those that are a text may hold private words like any other."""
    try:
        text = base64.b64decode(written, validate=True).decode("utf-8", "surrogateescape")
    except (binascii.Error, ValueError):
        return redact_string(redaction, written, name=name, depth=depth)
    new = redact_string(redaction, text, name=name, depth=depth)
    return written if new == text else base64.b64encode(new.encode("utf-8", "surrogateescape")).decode()


def _free_key(key: str, taken: dict[str, Any]) -> str:
    """Two keys that became one stay two."""
    number, free = 1, key
    while free in taken:
        number += 1
        free = f"{key} {number}"
    return free


def _attribute(redaction: Redaction, pair: dict[str, Any], depth: int) -> dict[str, Any]:
    """An attribute as OTLP writes it. A number that is private becomes a string, under the name of strings."""
    name, value = pair["key"], pair["value"]
    key, new = redaction.text(name), _any_value(redaction, value, name, depth)
    return {**pair, "key": key, "value": new} if key != name or new is not value else pair


def _any_value(redaction: Redaction, value: dict[str, Any], name: str, depth: int) -> dict[str, Any]:
    """A value as OTLP writes it, of an attribute or in a list."""
    number = value.get("intValue")
    if number is not None:
        plain = _number(redaction, int(number) if isinstance(number, str) and number.isdecimal() else number, name)
        return {"stringValue": plain} if isinstance(plain, str) and plain != number else value
    new = {kind: _held(redaction, kind, held, name, depth) for kind, held in value.items()}
    return new if any(new[kind] is not held for kind, held in value.items()) else value


def _held(redaction: Redaction, kind: str, held: Any, name: str, depth: int) -> Any:
    if kind == BYTES and isinstance(held, str):
        return _bytes(redaction, held, name, depth)
    return redact_value(redaction, held, name=name, free=kind == "stringValue", depth=depth + 1)


def _number(redaction: Redaction, value: Any, name: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) < FEWEST_DIGITS:
        return value
    written = str(value)
    new = redaction.named(name, written) if name else redaction.text(written)
    return value if new == written else new


def redact_string(redaction: Redaction, text: str, *, name: str = "", depth: int = 0) -> str:
    """The text without private words. Where it is JSON it stays JSON, whatever was taken out of it."""
    if text[:1] in JSON_STARTS and text[-1:] in JSON_ENDS and len(text) > 1:
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            value = None
        if isinstance(value, dict | list | str):
            return _inner_json(redaction, text, value, depth)
    return redaction.named(name, text) if name else redaction.text(text)


def _inner_json(redaction: Redaction, text: str, value: Any, depth: int) -> str:
    new = redact_value(redaction, value, free=True, depth=depth + 1)
    # What a name stood twice for is not in the value any more, but still in the text.
    if new is value and redaction.text(text) == text:
        return text
    return orjson.dumps(new, option=OPTIONS).decode()
