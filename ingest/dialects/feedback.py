"""Scores that travel as telemetry: OpenInference's annotations on spans, GenAI's evaluation results in logs."""

import hashlib
from collections.abc import Iterable
from typing import Any

from ingest.dialects.fields import Words, kind_of, session_of, unflatten, value_of
from ingest.dialects.tables import Field
from ingest.dialects.values import as_number, as_text
from ingest.records import LogRecord, ScoreRecord, SpanRecord

SCOPES = ("", "trace.", "session.")
SETS = (("annotations", "annotation"), ("evaluations", "evaluation"))
EVALUATION = "gen_ai.evaluation.result"
KINDS = ("human", "llm", "code")


def scores_of_span(span: SpanRecord) -> list[ScoreRecord]:
    """The feedback a span carries: about itself, or, with one link, about the span that the link names."""
    return [
        _annotation(span, scope, item[single])
        for scope in SCOPES
        for plural, single in SETS
        for item in unflatten(span.attributes, scope + plural)
        if isinstance(item.get(single), dict) and item[single].get("name")
    ]


def is_carrier(span: SpanRecord) -> bool:
    """A span that exists only to bring feedback: it is no step of the session."""
    if not any(key.startswith(tuple(s + p[0] + "." for s in SCOPES for p in SETS)) for key in span.attributes):
        return False
    if span.links:
        return True
    says = value_of(span.attributes, Field.INPUT) or value_of(span.attributes, Field.OUTPUT)
    return not span.parent_id and not says and kind_of(span.attributes) in {"evaluator", "other"}


def _annotation(span: SpanRecord, scope: str, said: Words) -> ScoreRecord:
    trace_id, span_id = span.links[0] if span.links else (span.trace_id, span.span_id)
    external_id = session_of(span.attributes) if scope == "session." else ""
    target = {"": (trace_id, span_id), "trace.": (trace_id, ""), "session.": ("", "")}[scope]
    name, identifier = as_text(said["name"]), as_text(said.get("identifier"))
    kind = as_text(said.get("annotator_kind")).lower()
    return ScoreRecord(
        identity=identity_of(scope, external_id, *target, name, identifier),
        name=name,
        value=as_number(said.get("score")),
        label=as_text(said.get("label")),
        explanation=as_text(said.get("explanation")),
        annotator_kind=kind if kind in KINDS else "code",
        external_id=external_id,
        trace_id=target[0],
        span_id=target[1],
    )


def scores_of_logs(logs: Iterable[LogRecord]) -> list[ScoreRecord]:
    """One score for each evaluation result."""
    return [_evaluation(log) for log in logs if log.event_name == EVALUATION]


def _evaluation(log: LogRecord) -> ScoreRecord:
    said: dict[str, Any] = log.attributes
    name = as_text(said.get("gen_ai.evaluation.name")) or "evaluation"
    return ScoreRecord(
        identity=identity_of("log", log.trace_id, log.span_id, name, str(log.time_ns)),
        name=name,
        value=as_number(said.get("gen_ai.evaluation.score.value")),
        label=as_text(said.get("gen_ai.evaluation.score.label")),
        explanation=as_text(said.get("gen_ai.evaluation.explanation")),
        trace_id=log.trace_id,
        span_id=log.span_id,
    )


def identity_of(*parts: str) -> str:
    """A hash of what makes a score the same one when it is sent again."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
