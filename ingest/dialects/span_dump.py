"""Single spans as programs print or export them: OpenTelemetry's consoles, Phoenix, any-agent, the Vercel AI SDK."""

from collections.abc import Iterable, Mapping
from typing import Any

from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.spans import as_object, build_span, nanoseconds, objects_in, span_id_of, trace_id_of
from ingest.dialects.values import as_text, first_of
from ingest.receiving.limits import MAX_LINKS
from ingest.records import Refusal, SpanRecord, Telemetry

# Where a span tells who it is, in the order of trust: `context` in Python, `spanContext` in JavaScript.
CONTEXTS = ("context", "spanContext", "span_context", "_spanContext")
TRACE, SPAN = ("trace_id", "traceId"), ("span_id", "spanId", "id")
PARENTS = ("parent_id", "parentSpanId", "parent_span_id", "parentId")
PARENT_CONTEXTS = ("parent", "parentSpanContext", "parent_context")
STARTS = ("start_time", "startTime", "start_time_unix_nano", "startTimeUnixNano", "timestamp")
ENDS = ("end_time", "endTime", "end_time_unix_nano", "endTimeUnixNano")
SCOPES = ("instrumentationScope", "instrumentationLibrary", "instrumentation_scope", "scope")
FAILED = ("ERROR", "STATUSCODE.ERROR", "STATUS_CODE_ERROR", "2")
KIND = "openinference.span.kind"


def _is_span(value: Any) -> bool:
    if not isinstance(value, dict) or "name" not in value or not isinstance(value.get("attributes", {}), dict):
        return False
    trace_id, span_id = _ids(value)
    return bool(trace_id and span_id) and first_of(value, STARTS) is not None


def _ids(value: Mapping[str, Any]) -> tuple[Any, Any]:
    said = as_object(first_of(value, CONTEXTS)) or value
    return first_of(said, TRACE), first_of(said, SPAN)


def _read(value: Any, _line: int) -> Iterable[Entry]:
    return [Telemetry(spans=(span_of_dump(value),))]


def span_of_dump(value: dict[str, Any]) -> SpanRecord:
    """The span that a program printed. Ids may be hex or numbers, times text, numbers or [seconds, nanoseconds]."""
    trace_id, span_id = _ids(value)
    status = value.get("status")
    said = status if isinstance(status, dict) else {"code": value.get("status_code") or status}
    start = nanoseconds(first_of(value, STARTS))
    resource = as_object(value.get("resource"))
    return build_span(
        trace_id=trace_id_of(trace_id),
        span_id=span_id_of(span_id),
        parent_id=span_id_of(_parent(value)),
        name=value.get("name"),
        start=start,
        end=first_of(value, ENDS) or _after(start, value.get("duration")),
        attributes={**_kind(value), **as_object(value.get("attributes"))},
        events=_events(value.get("events")),
        links=_links(value.get("links")),
        failed=as_text(first_of(said, ("status_code", "code"))).upper() in FAILED,
        message=first_of(said, ("description", "message")) or value.get("status_message"),
        resource=as_object(resource.get("attributes")) or resource,
        scope=as_object(first_of(value, SCOPES)).get("name"),
    )


def _parent(value: Mapping[str, Any]) -> Any:
    above = as_object(first_of(value, PARENT_CONTEXTS))
    return first_of(value, PARENTS) or first_of(above, SPAN)


def _after(start: int, microseconds: Any) -> int | None:
    """JavaScript's console writes how many microseconds a span took, or [seconds, nanoseconds]."""
    if isinstance(microseconds, list):
        return start + nanoseconds(microseconds)
    return start + int(microseconds * 1000) if isinstance(microseconds, int | float) else None


def _kind(value: Mapping[str, Any]) -> dict[str, Any]:
    """Phoenix keeps its kind beside the attributes; other programs keep another kind there."""
    return {KIND: value["span_kind"]} if isinstance(value.get("span_kind"), str) else {}


def _events(events: Any) -> Iterable[tuple[str, Any, Mapping[str, Any]]]:
    for event in objects_in(events):
        time = first_of(event, ("timestamp", "time", "timeUnixNano"))
        yield as_text(event.get("name")), time, as_object(event.get("attributes"))


def _links(links: Any) -> Iterable[tuple[str, str]]:
    for link in objects_in(links)[:MAX_LINKS]:
        trace_id, span_id = _ids(link)
        if trace_id and span_id:
            yield trace_id_of(trace_id), span_id_of(span_id)


def _is_printed_run(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("spans"), list) and any(map(_is_span, value["spans"][:1]))


def _read_all(value: Any, line: int) -> Iterable[Entry]:
    """A run with its spans, as any-agent writes it: they are read together, so that their session is read once."""
    if _is_span(value):
        return _read(value, line)
    bad = [place for place, span in enumerate(value["spans"]) if not _is_span(span)]
    spans = tuple(span_of_dump(span) for span in value["spans"] if _is_span(span))
    refused = [Refusal(line, "is no span with ids and a start", f"spans.{place}") for place in bad]
    return [Telemetry(spans=spans), *refused]


FORMAT = FileFormat(
    name="spans", rank=31, recognises=lambda value: _is_span(value) or _is_printed_run(value), read=_read_all
)
