"""Langfuse's scores: what its SDKs post, and what its exports hold."""

from collections.abc import Iterator
from typing import Any

from ingest.dialects.feedback import identity_of, version_in
from ingest.dialects.our_scores import MAX_ID
from ingest.dialects.spans import as_object, span_id_of, trace_id_of
from ingest.dialects.times import as_time
from ingest.dialects.values import as_number, as_text
from ingest.receiving.limits import Cutter, clean
from ingest.records import Refusal, ScoreRecord

NUMBERS = ("NUMERIC", "BOOLEAN")
WORDS = ("CATEGORICAL", "TEXT", "CORRECTION")
KIND_OF_SOURCE = {"ANNOTATION": "human", "EVAL": "llm"}


def score_of(body: Any, line: int = 0) -> ScoreRecord | Refusal:
    """One score. `id` makes it the same one when it is sent again; without, its target and name do."""
    body = clean(body, Cutter())
    if not isinstance(body, dict):
        return Refusal(line, "must be an object")
    field, problem = next(_problems(body), ("", ""))
    return Refusal(line, problem, field) if problem else _record(body)


def _problems(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a score: the field, and what to do."""
    value, data_type = body.get("value"), body.get("dataType")
    if not as_text(body.get("name")).strip():
        yield "name", "is missing"
    if not body.get("traceId") and not body.get("sessionId"):
        yield "traceId", "is missing; a score is about a trace, an observation of a trace, or a sessionId"
    if len(as_text(body.get("sessionId"))) > MAX_ID:
        yield "sessionId", f"must have at most {MAX_ID} characters"
    if value is None and not body.get("comment"):
        yield "value", "is missing"
    if value is not None and data_type in NUMBERS and _number(value, data_type) is None:
        yield "value", f"must be a number where dataType is {data_type}"


def _record(body: dict[str, Any]) -> ScoreRecord:
    number = _number(body.get("value"), body.get("dataType"))
    trace_id, session_id = as_text(body.get("traceId")), as_text(body.get("sessionId"))
    observation, name = as_text(body.get("observationId")), as_text(body["name"])
    return ScoreRecord(
        identity=identity_of("langfuse", as_text(body.get("id")) or f"{trace_id}/{observation}/{session_id}/{name}"),
        name=name,
        value=number,
        label=_label(body, number),
        explanation=as_text(body.get("comment")),
        annotator_kind=KIND_OF_SOURCE.get(as_text(body.get("source")).upper(), "code"),
        external_id="" if trace_id else session_id,
        trace_id=trace_id_of(trace_id),
        span_id=span_id_of(observation),
        author=as_text(body.get("authorUserId")),
        version=version_in(as_object(body.get("metadata"))),
        given_at=as_time(body.get("timestamp")),
    )


def _number(value: Any, data_type: Any) -> float | None:
    """Booleans come as 1.0 and 0.0, in exports also as true and "1". A label that looks like a number stays a label."""
    if data_type in WORDS or (isinstance(value, str) and data_type not in NUMBERS):
        return None
    return float(value) if isinstance(value, bool) else as_number(value)


def _label(body: dict[str, Any], number: float | None) -> str:
    said = body.get("stringValue")
    return as_text(said if said is not None or number is not None else body.get("value"))
