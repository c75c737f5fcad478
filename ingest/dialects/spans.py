"""Spans out of exports: ids of any shape into OpenTelemetry's, times of any shape into nanoseconds, values cleaned."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from ingest.dialects.times import as_time, nanoseconds_of
from ingest.dialects.values import as_json, as_text
from ingest.receiving.checking import SPAN_ID, TRACE_ID, is_id
from ingest.receiving.limits import MAX_ATTRIBUTES, MAX_EVENTS, MAX_KEY, MAX_NUMBER, Cutter, clean
from ingest.records import EventRecord, SpanRecord

NANOSECONDS_FROM = 10**17  # whole numbers of today's dates in nanoseconds: a float would lose their last digits
Event = tuple[str, Any, Mapping[str, Any]]


def trace_id_of(written: Any) -> str:
    """32 hex digits for the id of a run or a trace, always the same ones; "" for none.

    A UUID keeps its digits, a number is written in hex, anything else is hashed.
    """
    return _hex_of(written, TRACE_ID)


def span_id_of(written: Any) -> str:
    """16 hex digits, always the same ones; "" for none.

    Of a UUID its last 8 bytes: the first ones are a time in version 7, which runs of the same millisecond share.
    """
    return _hex_of(written, SPAN_ID)


def _hex_of(written: Any, length: int) -> str:
    if isinstance(written, int) and not isinstance(written, bool):
        written = f"{written:0{length}x}"
    text = as_text(written).strip().lower()
    digits = text.removeprefix("tr-").removeprefix("0x").replace("-", "")
    if length == SPAN_ID and is_id(digits, TRACE_ID):
        digits = digits[-SPAN_ID:]
    if is_id(digits, length):
        return digits
    return hashlib.sha256(text.encode()).hexdigest()[:length] if text else ""


def nanoseconds(value: Any) -> int:
    """A time as ISO 8601, as a number since 1970 or as JavaScript's [seconds, nanoseconds]; 0 for none."""
    match value:
        case [int(seconds), int(rest)]:
            value = seconds * 10**9 + rest
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < TRACE_ID:
        value = int(value)
    if isinstance(value, int) and value >= NANOSECONDS_FROM:
        return value if value <= MAX_NUMBER else 0
    time = as_time(value)
    return nanoseconds_of(time) if time else 0


def as_object(value: Any) -> dict[str, Any]:
    """The value as an object, parsed if it is written as JSON; {} for anything else."""
    value = as_json(value)
    return value if isinstance(value, dict) else {}


def objects_in(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; [] for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def build_span(
    *,
    trace_id: str,
    span_id: str,
    parent_id: str = "",
    name: Any = "",
    start: Any = None,
    end: Any = None,
    attributes: Mapping[str, Any],
    events: Iterable[Event] = (),
    links: Iterable[tuple[str, str]] = (),
    failed: bool = False,
    message: Any = "",
    resource: Mapping[str, Any] | None = None,
    scope: Any = "",
    flags: tuple[str, ...] = (),
) -> SpanRecord:
    """A span with everything bounded that a stranger wrote. Attributes without a value are left out."""
    cutter = Cutter()
    kept = cutter.take(((key, value) for key, value in attributes.items() if value is not None), MAX_ATTRIBUTES)
    happened = cutter.take(events, MAX_EVENTS)
    return SpanRecord(
        trace_id=trace_id,
        span_id=span_id,
        parent_id=parent_id,
        name=cutter.text(as_text(name), MAX_KEY),
        start_ns=nanoseconds(start),
        end_ns=nanoseconds(end),
        attributes=clean(dict(kept), cutter),
        events=tuple(
            EventRecord(cutter.text(as_text(name), MAX_KEY), nanoseconds(time), clean(dict(said), cutter))
            for name, time, said in happened
        ),
        links=tuple(links),
        failed=failed,
        message=cutter.text(as_text(message)),
        resource=clean(dict(resource or {}), cutter),
        scope=cutter.text(as_text(scope), MAX_KEY),
        flags=flags + cutter.flags,
    )
