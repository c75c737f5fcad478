"""Langfuse's old ingestion: a batch of events, each in an envelope, that create and update traces, parts and scores."""

from dataclasses import dataclass
from typing import Any

from ingest.dialects.langfuse_export import TYPES, span_of_observation, span_of_trace
from ingest.dialects.langfuse_scores import score_of
from ingest.dialects.reader import read_list
from ingest.dialects.values import as_text
from ingest.receiving.limits import Cutter, clean
from ingest.records import Refusal, ScoreRecord, SpanRecord

IGNORED = "sdk-log"
VERBS = ("create", "update")


@dataclass(frozen=True)
class Envelope:
    """One event by its envelope's id, and what it holds; None for what is taken and dropped."""

    id: str
    holds: SpanRecord | ScoreRecord | Refusal | None


def read_events(body: bytes) -> list[Envelope]:
    """The events in `{"batch": […]}`, each envelope once; Unreadable where that is not what the body is."""
    batch = read_list(body, "batch", "events")
    events = [_envelope(item, place) for place, item in enumerate(batch, start=1)]
    return list({event.id: event for event in events}.values())


def _envelope(value: Any, place: int) -> Envelope:
    value = clean(value, Cutter())
    if not isinstance(value, dict):
        return Envelope(f"#{place}", Refusal(place, "must be an object"))
    name, body = as_text(value.get("id")) or f"#{place}", value.get("body")
    kind, _, verb = as_text(value.get("type")).rpartition("-")
    if value.get("type") == IGNORED:
        return Envelope(name, None)
    if not isinstance(body, dict):
        return Envelope(name, Refusal(place, "must be an object", "body"))
    return Envelope(name, _held(kind.upper(), verb, body, place))


def _held(kind: str, verb: str, body: dict[str, Any], place: int) -> SpanRecord | ScoreRecord | Refusal:
    if kind == "SCORE" and verb == "create":
        return score_of(body, place)
    if verb not in VERBS or kind not in {"TRACE", "OBSERVATION", *TYPES}:
        return Refusal(place, "is not a type of event that is read here", "type")
    if not as_text(body.get("id")).strip():
        return Refusal(place, "is missing", "body.id")
    if kind == "TRACE":
        return span_of_trace(body)
    # A part without a trace is a trace of its own.
    whole = {**body, "traceId": body.get("traceId") or body["id"]}
    return span_of_observation(whole if kind == "OBSERVATION" else {**whole, "type": kind})
