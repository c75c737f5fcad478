"""Langfuse's traces and observations as JSON: its API, its exports (camelCase or snake_case) and its old ingestion."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.langfuse_scores import score_of
from ingest.dialects.spans import as_object, build_span, objects_in, span_id_of, trace_id_of
from ingest.dialects.values import as_amount, as_count, as_json, as_text
from ingest.receiving.checking import TRACE_ID, is_id
from ingest.records import STAND_IN, Refusal, SpanRecord, Telemetry

CAPITAL = re.compile(r"(?<!^)([A-Z])")
UNDERLINED = re.compile(r"(?<!^)_([a-z])")
TYPES = (
    *("SPAN", "GENERATION", "EVENT", "AGENT", "TOOL", "CHAIN"),
    *("RETRIEVER", "EVALUATOR", "EMBEDDING", "GUARDRAIL"),
)
USAGE = {
    "input": ("input", "promptTokens", "prompt_tokens", "inputUsage"),
    "output": ("output", "completionTokens", "completion_tokens", "outputUsage"),
    "total": ("total", "totalTokens", "total_tokens", "totalUsage"),
}


def span_of_observation(observation: dict[str, Any], trace: dict[str, Any] | None = None) -> SpanRecord:
    """An observation as the span that Langfuse's own SDK would have sent. It needs `id` and `traceId`."""
    trace = trace or {}
    written = _said(observation, "traceId") or trace.get("id")
    parent = span_id_of(_said(observation, "parentObservationId"))
    if not parent and not _is_from_otel(written):
        parent = span_id_of(written)
    raw = as_object(observation.get("metadata"))
    return build_span(
        trace_id=trace_id_of(written),
        span_id=span_id_of(observation.get("id")),
        parent_id=parent,
        name=observation.get("name"),
        start=_said(observation, "startTime"),
        end=_said(observation, "endTime") or (_said(observation, "startTime") if _is_event(observation) else None),
        attributes={
            **as_object(raw.get("attributes")),
            **_of_trace(trace, observation),
            **_of_observation(observation),
            **({} if parent else _spoken_by(trace)),
        },
        failed=observation.get("level") == "ERROR",
        message=_said(observation, "statusMessage"),
        resource=as_object(raw.get("resourceAttributes")),
        scope=as_object(raw.get("scope")).get("name"),
    )


def span_of_trace(trace: dict[str, Any]) -> SpanRecord:
    """The span over all of a trace's observations: a trace of the old SDKs has words of its own but no root.

    A trace of OpenTelemetry has a root among them: until that is here, this one stands for it.
    """
    is_stand_in = _is_from_otel(trace.get("id"))
    return build_span(
        trace_id=trace_id_of(trace.get("id")),
        span_id=span_id_of(trace.get("id")),
        name=trace.get("name") or "trace",
        start=trace.get("timestamp"),
        end=trace.get("timestamp"),
        attributes={"langfuse.observation.type": "chain", **_of_trace(trace, {}), **_spoken_by(trace)},
        flags=(STAND_IN,) if is_stand_in else (),
    )


def _is_from_otel(trace_id: Any) -> bool:
    return isinstance(trace_id, str) and is_id(trace_id.lower(), TRACE_ID)


def _is_event(observation: Mapping[str, Any]) -> bool:
    return observation.get("type") == "EVENT"


def _said(value: Mapping[str, Any], name: str) -> Any:
    """The member under its name in the API, or under the one that exports from the database give it."""
    found = value.get(name)
    return value.get(CAPITAL.sub(r"_\1", name).lower()) if found is None else found


def _of_trace(trace: Mapping[str, Any], observation: Mapping[str, Any]) -> dict[str, Any]:
    """What every span of a trace repeats. The newest exports write it on observations."""
    return {
        "session.id": _said(trace, "sessionId") or _said(observation, "sessionId"),
        "user.id": _said(trace, "userId") or _said(observation, "userId"),
        "langfuse.trace.name": trace.get("name") or _said(observation, "traceName"),
        "langfuse.trace.tags": as_json(trace.get("tags")) or None,
        "langfuse.trace.metadata": _own_words(trace.get("metadata")),
        "langfuse.release": trace.get("release"),
        "langfuse.version": observation.get("version") or trace.get("version"),
        "langfuse.environment": observation.get("environment") or trace.get("environment"),
    }


def _own_words(metadata: Any) -> Any:
    """Metadata that people gave, without what Langfuse copied from the telemetry."""
    said = as_object(metadata)
    return {
        key: value for key, value in said.items() if key not in {"attributes", "resourceAttributes", "scope"}
    } or None


def _spoken_by(trace: Mapping[str, Any]) -> dict[str, Any]:
    return {"langfuse.trace.input": _text(trace.get("input")), "langfuse.trace.output": _text(trace.get("output"))}


def _of_observation(observation: dict[str, Any]) -> dict[str, Any]:
    about = "langfuse.observation."
    level = observation.get("level")
    return {
        f"{about}type": as_text(observation.get("type")).lower() or None,
        f"{about}input": _text(observation.get("input")),
        f"{about}output": _text(observation.get("output")),
        f"{about}level": level if level != "DEFAULT" else None,
        f"{about}status_message": _said(observation, "statusMessage"),
        f"{about}model.name": observation.get("model") or _said(observation, "providedModelName"),
        f"{about}model.parameters": as_object(_said(observation, "modelParameters")) or None,
        f"{about}usage_details": _usage(observation) or None,
        f"{about}cost_details": _cost(observation) or None,
        f"{about}completion_start_time": _said(observation, "completionStartTime"),
        f"{about}metadata": _own_words(observation.get("metadata")),
    }


def _text(value: Any) -> str | None:
    """Input and output are JSON, often written twice, and attributes hold it written once."""
    value = as_json(value)
    return None if value is None else as_text(value)


def _usage(observation: dict[str, Any]) -> dict[str, int]:
    details = as_object(_said(observation, "usageDetails"))
    if details:
        return {str(name): count for name, value in details.items() if (count := as_count(value)) is not None}
    old = {**observation, **as_object(observation.get("usage"))}
    found = {name: next((as_count(old[key]) for key in keys if old.get(key)), None) for name, keys in USAGE.items()}
    return {name: count for name, count in found.items() if count is not None}


def _cost(observation: dict[str, Any]) -> dict[str, float]:
    """Costs in US dollars by part. A plain 0 is what Langfuse writes where it knows of no cost."""
    details = as_object(_said(observation, "costDetails"))
    if details:
        return {str(name): cost for name, value in details.items() if (cost := as_amount(value)) is not None}
    total = as_amount(observation.get("calculatedTotalCost") or _said(observation, "totalCost"))
    return {"total": total} if total else {}


def _recognises(value: Any) -> bool:
    return isinstance(value, dict) and (
        _is_bundle(value) or _is_observation(value) or _is_trace(value) or _is_score(value)
    )


def _is_bundle(value: dict[str, Any]) -> bool:
    return isinstance(value.get("trace"), dict) and isinstance(value.get("observations"), list)


def _is_observation(value: dict[str, Any]) -> bool:
    return value.get("type") in TYPES and bool(_said(value, "traceId")) and "id" in value


def _is_trace(value: dict[str, Any]) -> bool:
    known = any(name in value for name in ("sessionId", "session_id", "userId", "user_id", "observations"))
    return known and "id" in value and "timestamp" in value and "name" in value and "value" not in value


def _is_score(value: dict[str, Any]) -> bool:
    about = _said(value, "traceId") or _said(value, "sessionId")
    return bool(about) and "name" in value and bool(_said(value, "dataType")) and "value" in value


def _read(value: Any, line: int) -> Iterable[Entry]:
    if _is_bundle(value):
        return _bundle(value["trace"], value["observations"], line)
    if _is_observation(value):
        return [Telemetry(spans=(span_of_observation(value),))]
    if _is_score(value):
        return [_score(value, line)]
    return _bundle(value, value.get("observations"), line)


def _bundle(trace: dict[str, Any], observations: Any, line: int) -> Iterable[Entry]:
    """A trace with its observations; where these are but ids, the trace speaks for itself until they come."""
    found = objects_in(as_json(observations))
    own = () if found and _is_from_otel(trace.get("id")) else (span_of_trace(trace),)
    spans = tuple(span_of_observation({"traceId": trace.get("id"), **item}, trace) for item in found if item.get("id"))
    if len(spans) < len(found):
        yield Refusal(line, "must have an id", "observations")
    yield Telemetry(spans=own + spans)
    for score in objects_in(as_json(trace.get("scores"))):
        yield _score({"traceId": trace.get("id"), **score}, line)


def _score(value: dict[str, Any], line: int) -> Entry:
    return score_of(
        {UNDERLINED.sub(lambda found: found.group(1).upper(), key): item for key, item in value.items()}, line
    )


FORMAT = FileFormat(name="langfuse", rank=24, recognises=_recognises, read=_read)
