"""Our own plain JSON: `{"session": {…}, "steps": [{…}]}` or `{"session": {…}, "messages": [{…}]}`, one or many."""

import hashlib
from typing import Any

import orjson

from ingest.dialects.chat import is_message, read_messages
from ingest.dialects.files import FileFormat
from ingest.dialects.offers import offered_in
from ingest.dialects.our_scores import read_score
from ingest.dialects.reader import Reader, read_entries
from ingest.dialects.transcript import steps_of_messages
from ingest.dialects.values import as_text
from ingest.receiving.limits import Cutter, clean
from ingest.records import Refusal, ScoreRecord, SessionRecord, StepRecord

KINDS = (
    *("user", "agent", "llm", "tool", "retriever", "reranker", "embedding"),
    *("guardrail", "evaluator", "chain", "event", "other"),
)
ROLES = {"user": "user", "agent": "agent", **dict.fromkeys(("tool", "retriever", "reranker", "guardrail"), "tool")}
STATUSES = ("ok", "error", "unknown")
LISTS = ("steps", "messages", "scores")
MAX_ID = 200
MAX_KEY = 80


def read_body(body: bytes, content_type: str) -> list[SessionRecord | Refusal]:
    """The sessions of a request body: one JSON object, a list of them, or NDJSON; bad ones by line and reason."""
    return read_entries(body, content_type, read_session, _is_conversation)


def _is_conversation(value: list[Any]) -> bool:
    return bool(value) and is_message(value[0])


def read_session(value: Any, line: int = 0) -> list[SessionRecord | Refusal]:
    """One session, or every problem that it has."""
    value = _cleaned(value)
    if isinstance(value, list) and _is_conversation(value):
        value = {"messages": value}
    if not isinstance(value, dict):
        return [Refusal(line, "must be an object with steps or messages")]
    reader = Reader(line=line)
    record = _session(value, reader)
    return list(reader.problems) if reader.problems else [record]


def _cleaned(value: Any) -> Any:
    """Bounded in all but how many steps, messages and scores there are: too many of these are refused, not cut."""
    if isinstance(value, list):
        return [clean(item, Cutter()) for item in value]
    if not isinstance(value, dict):
        return value
    lists = {name: value[name] for name in LISTS if isinstance(value.get(name), list)}
    rest = {name: held for name, held in value.items() if name not in lists}
    return clean(rest, Cutter()) | {name: _cleaned(held) for name, held in lists.items()}


def _session(value: dict[str, Any], reader: Reader) -> SessionRecord:
    said = value.get("session") or {}
    if not isinstance(said, dict):
        reader.note("session", "must be an object")
        said = {}
    steps = _steps(value, reader)
    external_id = reader.text(said, "id", "session") or _content_id(value)
    if len(external_id) > MAX_ID:
        reader.note("session.id", f"must have at most {MAX_ID} characters")
    times = [step.started_at for step in steps if step.started_at]
    return SessionRecord(
        external_id=external_id,
        steps=steps,
        scores=_scores(value, external_id, reader),
        workflow=reader.text(said, "workflow", "session"),
        release=reader.text(said, "release", "session"),
        environment=reader.text(said, "environment", "session") or "default",
        user_ref=reader.text(said, "user", "session"),
        model=reader.text(said, "model", "session") or next((step.model for step in steps if step.model), ""),
        source_format="messages" if "messages" in value else "misstep",
        status=reader.choice(said, "status", "session", STATUSES) if said.get("status") is not None else "unknown",
        tags=_tags(said, reader),
        metadata=_metadata(said, reader),
        started_at=reader.time(said, "started_at", "session") or min(times, default=None),
        ended_at=reader.time(said, "ended_at", "session") or max(times, default=None),
        closed=reader.flag(said, "closed", "session", default=False),
        latency_ms=reader.number(said, "latency_ms", "session", int),
        tools=dict(offered_in({"tools": value.get("tools")})),
    )


def _content_id(value: dict[str, Any]) -> str:
    """A session without an id is known by its content: the same content is the same session."""
    said = {name: part for name, part in value.items() if part}
    return "sha-" + hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def _tags(said: dict[str, Any], reader: Reader) -> tuple[str, ...]:
    tags = said.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        reader.note("session.tags", "must be a list of strings")
        return ()
    return tuple(tags)


def _metadata(said: dict[str, Any], reader: Reader) -> dict[str, Any]:
    metadata = said.get("metadata") or {}
    if not isinstance(metadata, dict):
        reader.note("session.metadata", "must be an object")
        return {}
    return metadata


def _steps(value: dict[str, Any], reader: Reader) -> tuple[StepRecord, ...]:
    if "messages" in value:
        messages = reader.objects(value, "messages")
        for message, path in messages:
            if not read_messages([message]):
                reader.note(f"{path}.role", "must be one of system, user, assistant, tool")
        return steps_of_messages(read_messages([message for message, _ in messages]))
    if "steps" not in value:
        reader.note("steps", "is missing; send steps or messages")
        return ()
    taken: set[str] = set()
    return tuple(
        _step(step, path, place, taken, reader) for place, (step, path) in enumerate(reader.objects(value, "steps"), 1)
    )


def _step(said: dict[str, Any], path: str, place: int, taken: set[str], reader: Reader) -> StepRecord:
    key = (reader.text(said, "key", path) or reader.text(said, "id", path) or f"s{place}")[:MAX_KEY]
    if key in taken:
        reader.note(f"{path}.key", f"{key!r} is taken by an earlier step")
    taken.add(key)
    kind = reader.choice(said, "kind", path, KINDS)
    error_type, error_message, is_error = _error(said, path, reader)
    return StepRecord(
        key=key,
        kind=kind,
        role=ROLES.get(kind, "internal"),
        name=reader.text(said, "name", path),
        text=reader.text(said, "text", path),
        arguments=as_text(said.get("arguments")),
        result=as_text(said.get("result")),
        is_error=is_error,
        error_type=error_type,
        error_message=error_message,
        started_at=reader.time(said, "started_at", path),
        latency_ms=reader.number(said, "latency_ms", path, int),
        model=reader.text(said, "model", path),
        tokens_in=reader.number(said, "tokens_in", path, int),
        tokens_out=reader.number(said, "tokens_out", path, int),
        cost_usd=reader.number(said, "cost_usd", path, float),
    )


def _error(said: dict[str, Any], path: str, reader: Reader) -> tuple[str, str, bool]:
    """`error` as false, true, a message, or {"type", "message"}."""
    error = said.get("error")
    if error is None or isinstance(error, bool):
        return "", "", error is True
    if isinstance(error, str):
        return "", error, bool(error)
    if isinstance(error, dict):
        return reader.text(error, "type", f"{path}.error"), reader.text(error, "message", f"{path}.error"), True
    reader.note(f"{path}.error", "must be a message, or an object with type and message")
    return "", "", False


def _scores(value: dict[str, Any], external_id: str, reader: Reader) -> tuple[ScoreRecord, ...]:
    if value.get("scores") is None:
        return ()
    return tuple(read_score(said, path, reader, external_id) for said, path in reader.objects(value, "scores"))


def _is_ours(value: Any) -> bool:
    return isinstance(value, dict) and ("steps" in value or "messages" in value)


FORMAT = FileFormat(name="misstep", rank=50, recognises=_is_ours, read=read_session)
