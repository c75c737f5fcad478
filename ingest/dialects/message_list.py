"""Bare conversations: a list of chat messages, or one line of data for fine-tuning that holds such a list."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ingest.dialects.chat import is_message
from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.offers import offered_in
from ingest.dialects.ours import read_session
from ingest.dialects.values import as_text, first_of
from ingest.records import SessionRecord

# ShareGPT's words for who speaks.
SPEAKERS = {"human": "user", "user": "user", "gpt": "assistant", "chatgpt": "assistant", "system": "system"}
SPEAKERS |= {"assistant": "assistant", "tool": "tool", "function_response": "tool", "observation": "tool"}
IDS = ("session_id", "thread_id", "conversation_id", "id")
# What stands beside the messages of a request to a model, or of its log.
BESIDE = ("system", "model", "choices", "response", "output", "thread_id", "conversation_id")
ANSWERS = ("choices", "response", "output")


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and is_message(value[0])


def _is_exchange(value: Any) -> bool:
    """A call of a model with its messages: `system` and the answer may stand beside them."""
    if not isinstance(value, dict) or "session" in value or "steps" in value:
        return False
    if _is_list(value.get("conversations")) or _is_shared(value):
        return True
    return _is_list(_asked(value)) and any(name in value for name in BESIDE)


def _is_shared(value: dict[str, Any]) -> bool:
    said = value.get("conversations")
    return isinstance(said, list) and bool(said) and isinstance(said[0], dict) and "from" in said[0]


def _asked(value: dict[str, Any]) -> Any:
    """The messages of a request; LangGraph's state has them among its values."""
    inner = value.get("values")
    return first_of(value, ("messages", "input")) or (inner.get("messages") if isinstance(inner, dict) else None)


def _read(value: Any, line: int) -> Iterable[Entry]:
    if isinstance(value, list):
        return read_session({"messages": value}, line)
    if _is_shared(value):
        messages = [_shared(item) for item in value["conversations"] if isinstance(item, dict)]
    else:
        messages = value.get("conversations") or [*_system(value), *_asked(value), *_answers(value)]
    offered = offered_in({name: value.get(name) for name in ("tools", "functions")})
    said = {"id": as_text(first_of(value, IDS)), "model": value.get("model"), "metadata": value.get("metadata")}
    entries = read_session({"session": {key: item for key, item in said.items() if item}, "messages": messages}, line)
    return [replace(one, tools=dict(offered)) if isinstance(one, SessionRecord) else one for one in entries]


def _shared(item: dict[str, Any]) -> dict[str, Any]:
    speaker = as_text(item.get("from"))
    return {"role": SPEAKERS.get(speaker, speaker), "content": item.get("value", "")}


def _system(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Anthropic writes the system's words apart."""
    return [{"role": "system", "content": value["system"]}] if value.get("system") else []


def _answers(value: dict[str, Any]) -> list[Any]:
    """The model's answer, if the log of the call has it: as choices, as one message or as items."""
    found = first_of(value, ANSWERS)
    if isinstance(found, dict):
        found = first_of(found, (*ANSWERS, "content")) if not is_message(found) else [found]
    items = found if isinstance(found, list) else []
    items = [item.get("message", item) if isinstance(item, dict) else item for item in items[:1]] + items[1:]
    return [item for item in items if is_message(item)]


FORMAT = FileFormat(
    name="messages", rank=40, recognises=lambda value: _is_list(value) or _is_exchange(value), read=_read
)
