"""Scores that travel as telemetry: OpenInference's annotations on spans, GenAI's evaluation results."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ingest.dialects.fields import session_of, unflatten, value_of, words_in
from ingest.dialects.registry import FEEDBACK, part_of
from ingest.dialects.tables import Field
from ingest.dialects.values import as_number, as_text, first_of
from ingest.receiving.checking import SPAN_ID, TRACE_ID, is_id
from ingest.records import LogRecord, ScoreRecord, SpanRecord, moment

SCOPES = ("", "trace.", "session.")
SETS = (("annotations", "annotation"), ("evaluations", "evaluation"))
EVALUATION = "gen_ai.evaluation.result"
RESPONSE_ID = "gen_ai.response.id"
KINDS = ("human", "llm", "code")


def scores_of_span(span: SpanRecord) -> list[ScoreRecord]:
    """The feedback a span carries: about itself, or, if it is a carrier with a link, about the span that this names."""
    results = [event for event in span.events if event.name == EVALUATION]
    found = [_evaluation(span.trace_id, span.span_id, event.time_ns, event.attributes) for event in results]
    return found + list(_annotations(span)) if _has_feedback(span) else found


def _has_feedback(span: SpanRecord) -> bool:
    names = "\n".join(span.attributes)  # nearly no span has any: one look at all names is enough to know
    return any(plural in names for plural, _ in SETS) and any(part_of(key).group in FEEDBACK for key in span.attributes)


def is_carrier(span: SpanRecord) -> bool:
    """A span that exists only to bring feedback: it is no step of the session, and did nothing itself."""
    if (span.parent_id and not span.links) or not _has_feedback(span):
        return False
    words = words_in(span.attributes)
    says = value_of(words, Field.INPUT) or value_of(words, Field.OUTPUT)
    return not (says or FEEDBACK.isdisjoint(words.groups)) and words.kind in {"evaluator", "other"}


def _annotations(span: SpanRecord) -> Iterator[ScoreRecord]:
    about = span.links[0] if span.links and is_carrier(span) else (span.trace_id, span.span_id)
    words = words_in(span.attributes)
    for scope in SCOPES:
        for plural, single in SETS:
            for item in unflatten(words, scope + plural):
                said = item.get(single, item)
                if isinstance(said, dict) and as_text(said.get("name")).strip():
                    yield _annotation(scope, about, session_of(words) if scope == "session." else "", said)


def _annotation(scope: str, about: tuple[str, str], external_id: str, said: Mapping[str, Any]) -> ScoreRecord:
    """One annotation. Of a whole trace or session it is the same one on whichever of its spans it is repeated."""
    # A session that is not named is the one of the trace.
    trace_id, span_id = ("", "") if external_id else (about[0], "" if scope else about[1])
    name, identifier = as_text(said["name"]), as_text(said.get("identifier"))
    kind = as_text(said.get("annotator_kind")).lower()
    return ScoreRecord(
        identity=identity_of(scope, external_id, trace_id, span_id, name, identifier),
        name=name,
        value=_number(said.get("score")),
        label=as_text(said.get("label")),
        explanation=as_text(said.get("explanation")),
        annotator_kind=kind if kind in KINDS else "code",
        external_id=external_id,
        trace_id=trace_id,
        span_id=span_id,
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, bool) else as_number(value)


def scores_of_logs(logs: Iterable[LogRecord]) -> list[ScoreRecord]:
    """One score for each evaluation result."""
    results = [log for log in logs if log.event_name == EVALUATION]
    return [_evaluation(log.trace_id, log.span_id, log.time_ns, _said(log)) for log in results]


def _said(log: LogRecord) -> dict[str, Any]:
    return {**(log.body if isinstance(log.body, dict) else {}), **log.attributes}


def _evaluation(trace_id: str, span_id: str, time_ns: int, said: Mapping[str, Any]) -> ScoreRecord:
    """A result, as a log or as a span's event: of its span, else of the model's answer that it names."""
    response_id = as_text(said.get(RESPONSE_ID))
    target = (trace_id, span_id, "") if is_id(span_id, SPAN_ID) and is_id(trace_id, TRACE_ID) else ("", "", response_id)
    if not any(target):
        target = (trace_id, "", "")
    name = as_text(said.get("gen_ai.evaluation.name")) or "evaluation"
    known_by = target[:2] if target[1] else ("response", target[2] or trace_id)
    return ScoreRecord(
        identity=identity_of("log", *known_by, name, str(time_ns)),
        name=name,
        value=_number(said.get("gen_ai.evaluation.score.value")),
        label=_label(said),
        explanation=as_text(said.get("gen_ai.evaluation.explanation")),
        trace_id=target[0],
        span_id=target[1],
        response_id=target[2],
        given_at=moment(time_ns),
    )


def _label(said: Mapping[str, Any]) -> str:
    """The label; of an evaluation that failed itself, what went wrong with it."""
    label, error = as_text(said.get("gen_ai.evaluation.score.label")), as_text(said.get("error.type"))
    return label or (f"error: {error}" if error else "")


def version_in(metadata: Mapping[str, Any]) -> str:
    """The evaluator's version, which senders without a field for it put into what they tell beside a score."""
    return as_text(first_of(metadata, ("version", "evaluator_version", "prompt_version")))


def identity_of(*parts: str) -> str:
    """A hash of what makes a score the same one when it is sent again."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
