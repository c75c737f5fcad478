"""MLflow's traces as JSON: ids in base64, every attribute a JSON string, assessments beside the spans."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from ingest.dialects.feedback import identity_of, version_in
from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.spans import as_object, build_span, objects_in, span_id_of, trace_id_of
from ingest.dialects.times import as_time
from ingest.dialects.values import as_json, as_number, as_text, first_of
from ingest.receiving.checking import SPAN_ID
from ingest.records import Refusal, ScoreRecord, SpanRecord, Telemetry

SOURCES = {"HUMAN": "human", "LLM_JUDGE": "llm", "AI_JUDGE": "llm", "CODE": "code"}
FAILED = ("STATUS_CODE_ERROR", "ERROR")
# What concerns the session, and MLflow keeps with the trace.
OF_SESSION = ("mlflow.trace.session", "mlflow.trace.user")
OWN = "mlflow."
MAX_LABEL = 200


def _is_trace(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("info"), dict):
        return False
    return isinstance(as_object(value.get("data")).get("spans"), list)


def _read(value: Any, line: int) -> Iterable[Entry]:
    info, spans = value["info"], as_object(value["data"])["spans"]
    trace_id = trace_id_of(first_of(info, ("trace_id", "request_id")))
    if not trace_id:
        yield Refusal(line, "is missing", "info.trace_id")
        return
    yield Telemetry(spans=tuple(_span(span, trace_id, info) for span in spans if isinstance(span, dict)))
    for place, said in enumerate(objects_in(info.get("assessments"))):
        yield _score(said, trace_id, line, place)


def _span(span: dict[str, Any], trace_id: str, info: dict[str, Any]) -> SpanRecord:
    context = as_object(span.get("context"))
    parent = _hex(first_of(span, ("parent_span_id", "parent_id")))
    status = span.get("status")
    said = (
        status if isinstance(status, dict) else {"code": span.get("status_code"), "message": span.get("status_message")}
    )
    return build_span(
        trace_id=trace_id,
        span_id=_hex(span.get("span_id") or context.get("span_id")),
        parent_id=parent,
        name=span.get("name"),
        start=first_of(span, ("start_time_unix_nano", "start_time")),
        end=first_of(span, ("end_time_unix_nano", "end_time")),
        attributes={**as_object(span.get("attributes")), **({} if parent else _of_trace(info))},
        events=_events(span.get("events")),
        failed=as_text(said.get("code")).upper() in FAILED,
        message=said.get("message"),
    )


def _hex(written: Any) -> str:
    """A span id of 8 bytes in base64, as MLflow 3 writes it, or in hex, as MLflow 2 does."""
    text = as_text(written)
    if len(text) < SPAN_ID and text.endswith("="):
        try:
            return span_id_of(base64.b64decode(text, validate=True).hex())
        except (binascii.Error, ValueError):
            pass
    return span_id_of(text)


def _of_trace(info: dict[str, Any]) -> dict[str, Any]:
    """What MLflow keeps with the trace, on its root."""
    kept = as_object(first_of(info, ("trace_metadata", "request_metadata")))
    tags = as_object(info.get("tags"))
    own = {key: value for key, value in tags.items() if not key.startswith(OWN)}
    found = {key: kept.get(key) for key in OF_SESSION}
    return {**found, "metadata": own or None, "deployment.environment.name": own.get("env") or own.get("environment")}


def _events(events: Any) -> Iterable[tuple[str, Any, Mapping[str, Any]]]:
    for event in objects_in(events):
        time = first_of(event, ("time_unix_nano", "timestamp"))
        yield as_text(event.get("name")), time, as_object(event.get("attributes"))


def _score(said: dict[str, Any], trace_id: str, line: int, place: int) -> Entry:
    """An assessment as a score; an expectation is what should have been, so it is a label."""
    name = as_text(first_of(said, ("assessment_name", "name")))
    if not name:
        return Refusal(line, "is missing", f"info.assessments.{place}.assessment_name")
    source = as_object(said.get("source"))
    value = as_json(as_object(first_of(said, ("feedback", "expectation"))).get("value"))
    number = float(value) if isinstance(value, bool) else as_number(value)
    span_id = _hex(said.get("span_id"))
    return ScoreRecord(
        identity=identity_of("mlflow", as_text(said.get("assessment_id")) or f"{trace_id}/{span_id}/{name}"),
        name=name,
        value=number,
        label=as_text(value)[:MAX_LABEL] if number is None or isinstance(value, bool) else "",
        explanation=as_text(said.get("rationale")),
        annotator_kind=SOURCES.get(as_text(source.get("source_type")).upper(), "code"),
        trace_id=trace_id,
        span_id=span_id,
        author=as_text(source.get("source_id")),
        version=version_in(as_object(said.get("metadata"))),
        given_at=as_time(said.get("create_time")),
    )


FORMAT = FileFormat(name="mlflow", rank=21, recognises=_is_trace, read=_read)
