"""OTLP as protobuf. Field by field: MessageToDict costs five times as much and mangles the ids."""

import base64
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as LogMessage
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from ingest.receiving.checking import count_spans, logs_only, spans_only
from ingest.receiving.errors import Unreadable
from ingest.receiving.limits import (
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_EVENTS,
    MAX_ITEMS,
    MAX_KEY,
    MAX_LINKS,
    Cutter,
    is_plain,
)
from ingest.receiving.pruning import prune
from ingest.records import Checked, EventRecord, LogRecord, SpanRecord, Telemetry


def read_protobuf(signal: str, body: bytes) -> Telemetry:
    """The spans or logs of an export request; Unreadable when the bytes are none."""
    if signal == "logs":
        return logs_only(_logs(parse_logs(body)))
    return spans_only(_spans(parse_spans(body)))


def check_protobuf_spans(body: bytes) -> Checked:
    """What `read_protobuf` would take of spans. It looks at their ids only, which costs a tenth."""
    request = parse_spans(body)
    spans = (span for group in request.resource_spans for scope in group.scope_spans for span in scope.spans)
    return count_spans(_Ids(span.trace_id.hex(), span.span_id.hex()) for span in spans)


class _Ids(NamedTuple):
    """A span's."""

    trace_id: str
    span_id: str


Request = TypeVar("Request", ExportLogsServiceRequest, ExportTraceServiceRequest)


def parse_spans(body: bytes) -> ExportTraceServiceRequest:
    """The request as the library reads it, without what is nested too deeply; Unreadable when the bytes are none."""
    return _parsed("traces", ExportTraceServiceRequest, body)


def parse_logs(body: bytes) -> ExportLogsServiceRequest:
    """The same for logs."""
    return _parsed("logs", ExportLogsServiceRequest, body)


def _parsed(signal: str, kind: type[Request], body: bytes) -> Request:
    try:
        return kind.FromString(body)
    except DecodeError:
        pruned = prune(kind.DESCRIPTOR, body)
    try:
        return kind.FromString(body if pruned is None else pruned)
    except DecodeError as error:
        raise Unreadable(f"The {len(body)} bytes are no protobuf export request of {signal}: {error}.") from error


def _spans(request: ExportTraceServiceRequest) -> Iterable[SpanRecord]:
    for group in request.resource_spans:
        resource = _pairs(group.resource.attributes, Cutter())
        for scope in group.scope_spans:
            for span in scope.spans:
                yield _span(span, resource, scope.scope.name)


def _span(span: Span, resource: dict[str, Any], scope: str) -> SpanRecord:
    cutter = Cutter()
    status = span.status
    return SpanRecord(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        name=cutter.text(span.name, MAX_KEY),
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        attributes=_pairs(span.attributes, cutter),
        events=tuple(_event(event, cutter) for event in cutter.take(span.events, MAX_EVENTS)),
        links=tuple((link.trace_id.hex(), link.span_id.hex()) for link in cutter.take(span.links, MAX_LINKS)),
        failed=status.code == Status.STATUS_CODE_ERROR,
        message=cutter.text(status.message),
        resource=resource,
        scope=cutter.text(scope, MAX_KEY),
        flags=cutter.flags,
    )


def _event(event: Span.Event, cutter: Cutter) -> EventRecord:
    return EventRecord(cutter.text(event.name, MAX_KEY), event.time_unix_nano, _pairs(event.attributes, cutter))


def _logs(request: ExportLogsServiceRequest) -> Iterable[LogRecord]:
    for group in request.resource_logs:
        for scope in group.scope_logs:
            for record in scope.log_records:
                yield _log(record)


def _log(record: LogMessage) -> LogRecord:
    cutter = Cutter()
    attributes = _pairs(record.attributes, cutter)
    return LogRecord(
        trace_id=record.trace_id.hex(),
        span_id=record.span_id.hex(),
        event_name=cutter.text(record.event_name or str(attributes.get("event.name", "")), MAX_KEY),
        time_ns=record.time_unix_nano or record.observed_time_unix_nano,
        attributes=attributes,
        body=_value(record.body, cutter),
    )


def _pairs(pairs: Sequence[KeyValue], cutter: Cutter, depth: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs if len(pairs) <= MAX_ATTRIBUTES else cutter.take(pairs, MAX_ATTRIBUTES):
        key, value = pair.key, pair.value
        # Nearly all are strings; asking a value for its kind first costs more than reading it.
        text = value.string_value
        is_ready = text and is_plain(text) and depth < MAX_DEPTH
        name = key if is_plain(key, MAX_KEY) else cutter.text(key, MAX_KEY)
        found[name] = text if is_ready else _value(value, cutter, depth)
    return found


def _value(value: AnyValue, cutter: Cutter, depth: int = 0) -> Any:
    kind = value.WhichOneof("value")
    read = READERS.get(kind or "")
    if read is None:
        return getattr(value, kind) if kind else None
    if depth >= MAX_DEPTH:
        cutter.has_cut = True
        return "…"
    return read(value, cutter, depth)


def _string(value: AnyValue, cutter: Cutter, _depth: int) -> str:
    return cutter.text(value.string_value)


def _double(value: AnyValue, _cutter: Cutter, _depth: int) -> float | None:
    """NaN and infinities say nothing that could be added up, so they are null."""
    return value.double_value if math.isfinite(value.double_value) else None


def _bytes(value: AnyValue, cutter: Cutter, _depth: int) -> str:
    return cutter.text(base64.b64encode(value.bytes_value).decode())


def _array(value: AnyValue, cutter: Cutter, depth: int) -> list[Any]:
    return [_value(item, cutter, depth + 1) for item in cutter.take(value.array_value.values, MAX_ITEMS)]


def _kvlist(value: AnyValue, cutter: Cutter, depth: int) -> dict[str, Any]:
    return _pairs(value.kvlist_value.values, cutter, depth + 1)


READERS: dict[str, Callable[[AnyValue, Cutter, int], Any]] = {
    "string_value": _string,
    "double_value": _double,
    "bytes_value": _bytes,
    "array_value": _array,
    "kvlist_value": _kvlist,
}
