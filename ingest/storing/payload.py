"""Spans and logs as compressed bytes in a row, and back."""

import hashlib
import zlib
from typing import Any

import orjson

from ingest.models import Span, SpanLog, Trace
from ingest.records import EventRecord, LogRecord, SpanRecord

OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
FASTEST = 1
MAX_NS = 2**63 - 1


def pack(value: Any) -> bytes:
    """Compressed JSON."""
    return zlib.compress(orjson.dumps(value, option=OPTIONS), FASTEST)


def unpack(payload: bytes | memoryview) -> Any:
    """What `pack` was given."""
    return orjson.loads(zlib.decompress(payload))


def span_row(span: SpanRecord, trace: Trace) -> Span:
    """The unsaved row of a span."""
    content = {
        "name": span.name,
        "start_ns": span.start_ns,
        "end_ns": span.end_ns,
        "attributes": span.attributes,
        "events": [[event.name, event.time_ns, event.attributes] for event in span.events],
        "links": span.links,
        "failed": span.failed,
        "message": span.message,
        "resource": span.resource,
        "scope": span.scope,
        "flags": span.flags,
    }
    written = orjson.dumps([span.parent_id, content], option=OPTIONS)
    return Span(
        trace=trace,
        span_id=span.span_id,
        parent_id=span.parent_id[:16],
        start_ns=_fitting(span.start_ns),
        end_ns=_fitting(span.end_ns),
        content_hash=hashlib.sha256(written).hexdigest(),
        payload=pack(content),
    )


def _fitting(nanoseconds: int) -> int:
    return max(-MAX_NS, min(nanoseconds, MAX_NS))


def span_record(row: Span, trace_id: str) -> SpanRecord:
    """The record that a row was made of."""
    content = unpack(row.payload)
    return SpanRecord(
        trace_id=trace_id,
        span_id=row.span_id,
        parent_id=row.parent_id,
        name=content["name"],
        start_ns=content["start_ns"],
        end_ns=content["end_ns"],
        attributes=content["attributes"],
        events=tuple(EventRecord(*event) for event in content["events"]),
        links=tuple((trace, span) for trace, span in content["links"]),
        failed=content["failed"],
        message=content["message"],
        resource=content["resource"],
        scope=content["scope"],
        flags=tuple(content["flags"]),
    )


def log_row(log: LogRecord, project_id: int) -> SpanLog:
    """The unsaved row of a log record."""
    content = {"attributes": log.attributes, "body": log.body}
    key = [log.trace_id, log.span_id, log.event_name, log.time_ns, content]
    return SpanLog(
        project_id=project_id,
        trace_id=log.trace_id,
        span_id=log.span_id[:16],
        identity=hashlib.sha256(orjson.dumps(key, option=OPTIONS)).hexdigest(),
        event_name=log.event_name[:120],
        time_ns=_fitting(log.time_ns),
        payload=pack(content),
    )


def log_record(row: SpanLog) -> LogRecord:
    """The record that a row was made of."""
    content = unpack(row.payload)
    return LogRecord(row.trace_id, row.span_id, row.event_name, row.time_ns, content["attributes"], content["body"])
