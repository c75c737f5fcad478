"""LangSmith's runs and feedback as JSON: exports, bulk exports, and what its SDK posts."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ingest.dialects.feedback import identity_of, version_in
from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.spans import Event, as_object, build_span, objects_in, span_id_of, trace_id_of
from ingest.dialects.times import as_time
from ingest.dialects.values import as_count, as_json, as_number, as_text
from ingest.records import Refusal, ScoreRecord, SpanRecord, Telemetry

# The SDK copies the program's own settings into the metadata, keys and addresses among them.
LEAKS = ("LANGSMITH_", "LANGCHAIN_")
EXCEPTION = re.compile(r"\s*([A-Za-z_][\w.]{0,100})\(")
HUMAN_SOURCES = ("app",)
MACHINE_SOURCES = ("model", "auto_eval")
MAX_LABEL = 200
MOST_RUNS = 20_000


def span_of_run(run: dict[str, Any]) -> SpanRecord:
    """A run as the span that LangSmith's OpenTelemetry mode would have sent. It needs `id`.

    `session_id` is LangSmith's word for its project: the conversation is `thread_id` and the like in the metadata.
    """
    error = as_text(run.get("error"))
    return build_span(
        trace_id=trace_id_of(run.get("trace_id") or _first_of(run.get("dotted_order")) or run.get("id")),
        span_id=span_id_of(run.get("id")),
        parent_id=span_id_of(run.get("parent_run_id")),
        name=run.get("name"),
        start=run.get("start_time"),
        end=run.get("end_time"),
        attributes=_attributes(run),
        events=_events(run, error),
        failed=bool(error) or run.get("status") == "error",
        message=error,
    )


def _first_of(dotted_order: Any) -> str:
    """The id of the root: the first link of `<time>Z<id>.<time>Z<id>`."""
    return as_text(dotted_order).partition(".")[0].rpartition("Z")[2]


def _attributes(run: dict[str, Any]) -> dict[str, Any]:
    extra = as_object(run.get("extra"))
    metadata = as_object(extra.get("metadata"))
    model = as_object(extra.get("invocation_params"))
    tags = as_json(run.get("tags"))
    found = {
        "langsmith.span.kind": run.get("run_type"),
        "langsmith.trace.session_name": run.get("session_name"),
        "langsmith.span.tags": ",".join(map(as_text, tags)) if isinstance(tags, list) and tags else None,
        "gen_ai.prompt": _payload(run.get("inputs")),
        "gen_ai.completion": _payload(run.get("outputs")),
        "gen_ai.request.model": metadata.get("ls_model_name") or model.get("model") or model.get("model_name"),
        "gen_ai.provider.name": metadata.get("ls_provider"),
        "gen_ai.usage.cost": as_number(run.get("total_cost")),
        "gen_ai.tool.definitions": _payload(model.get("tools") or model.get("functions")),
        **_usage(run),
    }
    said = {f"langsmith.metadata.{key}": value for key, value in metadata.items() if not str(key).startswith(LEAKS)}
    return {**said, **found}


def _payload(value: Any) -> str | None:
    value = as_json(value)
    return None if value in (None, {}, []) else as_text(value)


def _usage(run: dict[str, Any]) -> dict[str, Any]:
    """Tokens of the run. A chain's are the sum of its models'; 0 is what LangSmith writes where it knows of none."""
    details = as_object(run.get("prompt_token_details"))
    return {
        "gen_ai.usage.input_tokens": as_count(run.get("prompt_tokens")) or None,
        "gen_ai.usage.output_tokens": as_count(run.get("completion_tokens")) or None,
        "gen_ai.usage.cache_read.input_tokens": as_count(details.get("cache_read")),
        "gen_ai.usage.cache_creation.input_tokens": as_count(details.get("cache_creation")),
    }


def _events(run: dict[str, Any], error: str) -> Iterable[Event]:
    """The first token, as the SDK's OpenTelemetry mode marks it, and what went wrong."""
    if run.get("first_token_time"):
        yield "new_token", run["first_token_time"], {}
    if error:
        kind = EXCEPTION.match(error)
        said = {"exception.type": kind.group(1) if kind else None, "exception.message": error}
        yield "exception", run.get("end_time"), {key: value for key, value in said.items() if value}


def score_of_feedback(feedback: dict[str, Any]) -> ScoreRecord | Refusal:
    """A piece of feedback as a score of its run; of the whole trace where the run is its root."""
    key, run_id = as_text(feedback.get("key")), as_text(feedback.get("run_id") or feedback.get("trace_id"))
    if not key:
        return Refusal(0, "is missing; it names what was judged", "key")
    if not run_id:
        return Refusal(0, "is missing; it names the run that was judged", "run_id")
    trace_id = trace_id_of(feedback.get("trace_id") or run_id)
    value = as_number(feedback.get("score"))
    source = as_object(feedback.get("feedback_source"))
    return ScoreRecord(
        identity=identity_of("langsmith", as_text(feedback.get("id")) or f"{run_id}/{key}"),
        name=key,
        value=_truth(feedback.get("score")) if value is None else value,
        label=_label(feedback),
        explanation=as_text(feedback.get("comment")),
        annotator_kind=_annotator(as_text(source.get("type"))),
        trace_id=trace_id,
        span_id="" if trace_id == trace_id_of(run_id) else span_id_of(run_id),
        author=as_text(source.get("user_name") or source.get("user_id")),
        version=version_in(as_object(source.get("metadata"))),
        given_at=as_time(feedback.get("modified_at") or feedback.get("created_at")),
    )


def _truth(value: Any) -> float | None:
    return float(value) if isinstance(value, bool) else None


def _label(feedback: dict[str, Any]) -> str:
    """The value in words; a correction says what it should have been."""
    value = feedback.get("value")
    return as_text(value if value not in (None, {}) else feedback.get("correction"))[:MAX_LABEL]


def _annotator(source: str) -> str:
    if source in HUMAN_SOURCES:
        return "human"
    return "llm" if source in MACHINE_SOURCES else "code"


def _recognises(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return ("run_type" in value and "id" in value) or ("run_id" in value and "key" in value)


def _read(value: Any, line: int) -> Iterable[Entry]:
    if "run_type" not in value:
        yield _placed(score_of_feedback(value), line)
        return
    runs = list(_with_children(value))
    yield Telemetry(spans=tuple(span_of_run(run) for run in runs))
    for run in runs:
        yield from _feedback(run, line)


def _with_children(run: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The run and, where the export nests them, those below it. No recursion: a hostile file nests deeply."""
    waiting, taken = [run], 0
    while waiting and taken < MOST_RUNS:
        run = waiting.pop()
        taken += 1
        yield run
        above = {"parent_run_id": run["id"], "trace_id": run.get("trace_id") or run["id"]}
        waiting += [{**above, **child} for child in objects_in(run.get("child_runs")) if child.get("id")]


def _feedback(run: dict[str, Any], line: int) -> Iterable[Entry]:
    """Single feedback where the export has it, else the averages that every export has."""
    about = {"run_id": run["id"], "trace_id": span_of_run(run).trace_id}
    single = as_json(run.get("feedback"))
    if isinstance(single, list):
        yield from (_placed(score_of_feedback({**about, **item}), line) for item in objects_in(single))
        return
    for key, stats in as_object(run.get("feedback_stats")).items():
        if isinstance(stats, dict) and stats.get("n"):
            yield _placed(score_of_feedback({**about, "key": key, "score": stats.get("avg")}), line)


def _placed(found: ScoreRecord | Refusal, line: int) -> Entry:
    return replace(found, line=line) if isinstance(found, Refusal) else found


FORMAT = FileFormat(name="langsmith", rank=22, recognises=_recognises, read=_read)
