"""What one body brought of one trace, as compressed bytes in a row, and back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from common.compression import compress, decompress
from ingest.records import EventRecord, LogRecord, SpanRecord


@dataclass(frozen=True)
class Part:
    """Spans and logs of one trace, as they came together. `digest` is the same for the same content."""

    spans: Sequence[SpanRecord]
    logs: Sequence[LogRecord]
    digest: str
    payload: bytes


def part_of(spans: Sequence[SpanRecord], logs: Sequence[LogRecord]) -> Part:
    """The part that these make. Resources, which many spans share, are written once."""
    resources: list[dict[str, Any]] = []
    places: dict[int, int] = {}
    for span in spans:
        if id(span.resource) not in places:
            places[id(span.resource)] = len(resources)
            resources.append(span.resource)
    written = orjson.dumps(
        {
            "resources": resources,
            "spans": [_span_values(span, places[id(span.resource)]) for span in spans],
            "logs": [[log.span_id, log.event_name, log.time_ns, log.attributes, log.body] for log in logs],
        },
        option=orjson.OPT_NON_STR_KEYS,
    )
    return Part(spans, logs, hashlib.sha256(written).hexdigest()[:32], compress(written))


def _span_values(span: SpanRecord, resource: int) -> list[Any]:
    return [
        span.span_id,
        span.parent_id,
        span.name,
        span.start_ns,
        span.end_ns,
        span.attributes,
        [[event.name, event.time_ns, event.attributes] for event in span.events],
        span.links,
        span.failed,
        span.message,
        resource,
        span.scope,
        span.flags,
    ]


def read_part(trace_id: str, payload: bytes | memoryview) -> tuple[list[SpanRecord], list[LogRecord]]:
    """The spans and logs that a part was made of."""
    content = orjson.loads(decompress(payload))
    resources = content["resources"]
    return (
        [_span(trace_id, values, resources) for values in content["spans"]],
        [LogRecord(trace_id, *values) for values in content["logs"]],
    )


def _span(trace_id: str, values: list[Any], resources: list[dict[str, Any]]) -> SpanRecord:
    span_id, parent_id, name, start, end, attributes, events, links, failed, message, resource, scope, flags = values
    return SpanRecord(
        trace_id,
        span_id,
        parent_id,
        name,
        start,
        end,
        attributes,
        tuple(EventRecord(*event) for event in events),
        tuple((trace, span) for trace, span in links),
        failed,
        message,
        resources[resource],
        scope,
        tuple(flags),
    )
