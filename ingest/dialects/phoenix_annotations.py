"""Phoenix's annotations as its clients post them: of spans, traces and sessions."""

from collections.abc import Iterator
from typing import Any

from ingest.dialects.feedback import KINDS, identity_of, version_in
from ingest.dialects.our_scores import MAX_ID
from ingest.dialects.reader import read_list
from ingest.dialects.spans import as_object, span_id_of, trace_id_of
from ingest.dialects.values import as_number, as_text
from ingest.receiving.limits import Cutter, clean
from ingest.records import Refusal, ScoreRecord

TARGETS = ("span_id", "trace_id", "session_id")


def read_annotations(body: bytes) -> list[ScoreRecord | Refusal]:
    """The annotations in `{"data": […]}`; Unreadable where that is not what the body is."""
    data = read_list(body, "data", "annotations")
    return [annotation(item, place) for place, item in enumerate(data, start=1)]


def annotation(value: Any, line: int) -> ScoreRecord | Refusal:
    """One annotation. Name, target and `identifier` make it the same one when it is sent again."""
    value = clean(value, Cutter())
    if not isinstance(value, dict):
        return Refusal(line, "must be an object")
    field, problem = next(_problems(value), ("", ""))
    return Refusal(line, problem, field) if problem else _record(value)


def _problems(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with an annotation: the field, and what to do."""
    target = _target(value)
    result = as_object(value.get("result"))
    if not as_text(value.get("name")).strip():
        yield "name", "is missing"
    if not target:
        yield "span_id", f"is missing; one of {', '.join(TARGETS)} says what the annotation is about"
    elif len(as_text(value[target])) > MAX_ID:
        yield target, f"must have at most {MAX_ID} characters"
    if all(result.get(key) is None for key in ("score", "label", "explanation")):
        yield "result", "must have a label, a score or an explanation"


def _target(value: dict[str, Any]) -> str:
    return next((key for key in TARGETS if as_text(value.get(key)).strip()), "")


def _record(value: dict[str, Any]) -> ScoreRecord:
    target, name = _target(value), as_text(value["name"])
    said = as_text(value[target]).strip()
    result, metadata = as_object(value.get("result")), as_object(value.get("metadata"))
    kind = as_text(value.get("annotator_kind")).lower()
    return ScoreRecord(
        identity=identity_of("phoenix", target, said, name, as_text(value.get("identifier"))),
        name=name,
        value=_number(result.get("score")),
        label=as_text(result.get("label")),
        explanation=as_text(result.get("explanation")),
        annotator_kind=kind if kind in KINDS else "code",
        external_id=said if target == "session_id" else "",
        trace_id=trace_id_of(said) if target == "trace_id" else "",
        span_id=span_id_of(said) if target == "span_id" else "",
        author=as_text(metadata.get("user") or metadata.get("user_id")),
        version=version_in(metadata),
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, bool) else as_number(value)
