"""Scores in our own JSON: with a session, or on their own, when they name what they are about."""

import math
from typing import Any

from ingest.dialects.feedback import KINDS, identity_of
from ingest.dialects.reader import Reader, read_entries
from ingest.dialects.spans import span_id_of, trace_id_of
from ingest.receiving.limits import Cutter, clean
from ingest.records import Refusal, ScoreRecord

TARGETS = ("session_id", "trace_id", "span_id", "response_id")
MAX_ID = 200
MAX_KEY = 80
MAX_RESPONSE_ID = 100


def read_scores(body: bytes, content_type: str) -> list[ScoreRecord | Refusal]:
    """The scores of a request body: one JSON object, a list of them, or NDJSON; bad ones by line and reason."""
    return read_entries(body, content_type, read_one)


def read_one(value: Any, line: int = 0) -> list[ScoreRecord | Refusal]:
    """One score that names its target, or every problem that it has."""
    value = clean(value, Cutter())
    if not isinstance(value, dict):
        return [Refusal(line, "must be an object with name, value and what it is about")]
    reader = Reader(line=line)
    if not any(value.get(name) for name in TARGETS):
        reader.note("session_id", f"is missing; name what the score is about: {', '.join(TARGETS)}")
    record = read_score(value, "", reader, reader.text(value, "session_id", ""))
    return list(reader.problems) if reader.problems else [record]


def read_score(said: dict[str, Any], path: str, reader: Reader, external_id: str = "") -> ScoreRecord:
    """A score at `path`, of the session `external_id` or of what it names itself; problems go to the reader."""
    name = reader.text(said, "name", path)
    if not name.strip():
        reader.note(f"{path}.name", "is missing")
    value, label = _value(said, path, reader)
    target = _target(said, path, reader, external_id)
    author, version = reader.text(said, "author", path), reader.text(said, "version", path)
    known_as = _identifier(said, path, reader) or f"{author} {version}".strip()
    return ScoreRecord(
        identity=identity_of(*_known_by(target), name, known_as),
        name=name,
        value=value,
        label=label,
        explanation=reader.text(said, "explanation", path),
        annotator_kind=_annotator(said, path, reader),
        author=author,
        version=version,
        given_at=reader.time(said, "given_at", path),
        **target,
    )


def _identifier(said: dict[str, Any], path: str, reader: Reader) -> str:
    return reader.text(said, "id", path) or reader.text(said, "identifier", path)


def _annotator(said: dict[str, Any], path: str, reader: Reader) -> str:
    """`annotator` is what the field was called when scores came only with sessions."""
    key = "annotator" if said.get("annotator") else "annotator_kind"
    return reader.choice(said, key, path, KINDS) if said.get(key) else "code"


def _value(said: dict[str, Any], path: str, reader: Reader) -> tuple[float | None, str]:
    """The number and the label. True counts as 1; a string in `value` is a label."""
    given, label = said.get("value"), reader.text(said, "label", path)
    if isinstance(given, str):
        return None, label or given
    if given is None:
        if not label and not said.get("explanation"):
            reader.note(f"{path}.value", "is missing; give a value, a label or an explanation")
        return None, label
    number = _number(given)
    if number is None:
        reader.note(f"{path}.value", "must be a finite number, true, false, a label or null")
    return number, label


def _number(given: Any) -> float | None:
    if not isinstance(given, int | float):
        return None
    try:
        number = float(given)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _target(said: dict[str, Any], path: str, reader: Reader, external_id: str) -> dict[str, str]:
    """What the score is about. Ids of traces and spans may be UUIDs: they become what such spans are called here."""
    found = {
        "external_id": external_id,
        "step_key": reader.text(said, "step_key", path),
        "response_id": reader.text(said, "response_id", path),
    }
    for (name, text), most in zip(found.items(), (MAX_ID, MAX_KEY, MAX_RESPONSE_ID), strict=True):
        if len(text) > most:
            reader.note(f"{path}.{name.replace('external', 'session')}", f"must have at most {most} characters")
    if found["step_key"] and not external_id:
        reader.note(f"{path}.session_id", "is missing; a step is named by its session's id and its key")
    trace, span = reader.text(said, "trace_id", path), reader.text(said, "span_id", path)
    return {**found, "trace_id": trace_id_of(trace), "span_id": span_id_of(span)}


def _known_by(target: dict[str, str]) -> tuple[str, ...]:
    """What of the target tells one score from another."""
    if not any(target[name] for name in ("step_key", "trace_id", "span_id", "response_id")):
        return "session", target["external_id"]
    return "part", *target.values()
