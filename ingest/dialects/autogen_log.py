"""AutoGen's event log: one JSON object per line, and together a run. Each call of a model has the history with it."""

import hashlib
from collections.abc import Iterable
from typing import Any

from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.ours import read_session
from ingest.dialects.spans import as_object, objects_in
from ingest.dialects.values import as_text, first_of
from ingest.records import Refusal

CALL, TOOL = ("LLMCall", "LLMStreamEnd"), "ToolCall"
EVENTS = (
    *CALL,
    TOOL,
    "LLMStreamStart",
    "Message",
    "MessageDropped",
    "MessageHandlerException",
    "AgentConstructionException",
)
EXCEPTIONS = ("MessageHandlerException", "AgentConstructionException")


def _is_event(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") in EVENTS and "role" not in value and "source" not in value


def _read(value: Any, line: int) -> Iterable[Entry]:
    """One session for each run: AutoGen names it after the slash of the agent's id."""
    runs: dict[str, list[dict[str, Any]]] = {}
    for event in value:
        runs.setdefault(as_text(event.get("agent_id")).partition("/")[2], []).append(event)
    told = [_session(name, events) for name, events in runs.items()]
    for session in told:
        if session["messages"]:
            yield from read_session(session, line)
    if not any(session["messages"] for session in told):
        yield Refusal(line, "holds no call of a model")


def _session(name: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    messages: list[dict[str, Any]] = []
    for event in events:
        messages += _news(messages, list(_said(event)))
    failed = any(event["type"] in EXCEPTIONS for event in events)
    head = {"workflow": "autogen", "closed": True, **({"id": name} if _is_telling(name) else {})}
    return {"session": {**head, **({"status": "error"} if failed else {})}, "messages": messages}


def _news(known: list[dict[str, Any]], said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What of a call's messages is new: all after a history that is known, else (another agent's) what nobody said."""
    before, now = [_mark(message) for message in known], [_mark(message) for message in said]
    if now[: len(before)] == before:
        return said[len(before) :]
    return [message for message, mark in zip(said, now, strict=True) if mark not in set(before)]


def _is_telling(name: str) -> bool:
    """AutoGen's own word for a run that nobody named is "default"."""
    return bool(name) and name != "default"


def _said(event: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The messages of a call, which repeat all that came before, and its answer."""
    if event["type"] not in CALL:
        return
    yield from objects_in(event.get("messages"))
    answer = as_object(event.get("response"))
    usage = {"prompt_tokens": event.get("prompt_tokens"), "completion_tokens": event.get("completion_tokens")}
    choices = answer.get("choices")
    said = as_object(choices[0]).get("message") if isinstance(choices, list) and choices else answer
    if isinstance(said, dict) and (said.get("content") or said.get("tool_calls")):
        yield {"role": "assistant", **said, "usage": usage, "timestamp": answer.get("created")}


def _mark(message: dict[str, Any]) -> str:
    """What makes a message the same one when the next call repeats it, without what only its own event tells."""
    calls = message.get("tool_calls")
    ids = [as_text(call.get("id")) for call in objects_in(calls)]
    said = as_text(first_of(message, ("content", "refusal")))
    parts = [as_text(message.get("role")), said, *ids, as_text(message.get("tool_call_id"))]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


FORMAT = FileFormat(name="autogen", rank=35, recognises=_is_event, read=_read, gathers=True)
