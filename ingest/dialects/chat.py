"""Chat messages in anybody's shape: OpenAI chat and responses, Anthropic blocks, LangChain, GenAI parts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest.dialects.times import as_time
from ingest.dialects.values import as_amount, as_count, as_json, as_text
from ingest.records import CallRecord, MessageRecord

ROLES = {
    "human": "user",
    "ai": "assistant",
    "AIMessageChunk": "assistant",
    "model": "assistant",
    "developer": "system",
    "function": "tool",
    **{role: role for role in ("system", "user", "assistant", "tool")},
}
TEXT_PARTS = ("text", "input_text", "output_text", "refusal")
REASONING_PARTS = ("reasoning", "thinking")
CALL_PARTS = ("tool_call", "tool_use", "tool-call", "server_tool_call", "server_tool_use")
ANSWER_PARTS = ("tool_call_response", "tool_result", "tool-result", "server_tool_call_response")


def read_messages(value: Any) -> list[MessageRecord]:
    """The messages in `value` (a list, or JSON of one); [] when there are none."""
    value = as_json(value)
    if isinstance(value, dict) and isinstance(value.get("messages"), list):
        value = value["messages"]
    if not isinstance(value, list):
        return []
    return [message for item in value for message in read_message(item)]


def is_message(value: Any) -> bool:
    """Whether a value looks like a chat message in one of the known shapes."""
    if not isinstance(value, dict):
        return False
    if value.get("role") in ROLES:
        return bool({"content", "parts", "tool_calls", "contents"} & value.keys())
    return value.get("type") in {"function_call", "function_call_output", "human", "ai", "system", "tool"}


def read_message(value: Any) -> Iterable[MessageRecord]:
    """One message, or several: a user's message may carry tool answers before its words."""
    if isinstance(value, list) and len(value) == 2 and all(isinstance(item, str) for item in value):  # noqa: PLR2004 # LangChain's (role, text)
        value = {"role": value[0], "content": value[1]}
    if not isinstance(value, dict):
        return []
    value = _unwrapped(value)
    if value.get("type") == "function_call":
        return [MessageRecord("assistant", calls=(_call(value),))]
    if value.get("type") == "function_call_output":
        return [MessageRecord("tool", text=as_text(value.get("output")), call_id=as_text(value.get("call_id")))]
    role = ROLES.get(as_text(value.get("role") or value.get("type")))
    return _split(_message(role, value), _parts(value)) if role else []


def _unwrapped(value: dict[str, Any]) -> dict[str, Any]:
    """LangChain wraps a message as {"type", "data"} or {"lc": 1, "kwargs"}."""
    if isinstance(value.get("data"), dict) and "type" in value:
        return {"type": value["type"], **value["data"]}
    if isinstance(value.get("kwargs"), dict) and value.get("lc"):
        return {"type": as_text(value["kwargs"].get("type")), **value["kwargs"]}
    return value


def _parts(value: dict[str, Any]) -> list[dict[str, Any]]:
    parts = value.get("parts") or value.get("contents") or value.get("content")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _message(role: str, value: dict[str, Any]) -> MessageRecord:
    usage = _usage(value)
    calls = tuple(_call(call) for call in _list(value.get("tool_calls")) if isinstance(call, dict))
    if isinstance(value.get("function_call"), dict):
        calls += (_call(value["function_call"]),)
    return MessageRecord(
        role=role,
        text=_text(value),
        calls=calls,
        call_id=as_text(value.get("tool_call_id") or (value.get("id") if role == "tool" else "")),
        name=as_text(value.get("name")),
        is_error=value.get("error") is True or value.get("status") == "error" or value.get("is_error") is True,
        reasoning=as_text(value.get("reasoning") or value.get("reasoning_content")),
        started_at=_time(value),
        tokens_in=as_count(usage.get("prompt_tokens", usage.get("input_tokens"))),
        tokens_out=as_count(usage.get("completion_tokens", usage.get("output_tokens"))),
        cost_usd=as_amount(value.get("cost")),
    )


def _usage(value: dict[str, Any]) -> dict[str, Any]:
    usage = value.get("usage") or value.get("usage_metadata")
    return usage if isinstance(usage, dict) else {}


def _time(value: dict[str, Any]) -> datetime | None:
    return as_time(value.get("timestamp") or value.get("created_at"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: dict[str, Any]) -> str:
    content = value.get("content")
    parts = _parts(value)
    if parts:
        return "\n".join(filter(None, (_part_text(part) for part in parts)))
    if isinstance(content, list):
        return "\n".join(item for item in content if isinstance(item, str))
    return as_text(content)


def _part_text(part: dict[str, Any]) -> str:
    """What a part says to a reader; "" for calls, answers and thoughts, which have places of their own."""
    kind = as_text(part.get("type"))
    if kind in (*CALL_PARTS, *ANSWER_PARTS, *REASONING_PARTS):
        return ""
    if kind in TEXT_PARTS or not kind:
        return as_text(part.get("text") or part.get("content") or part.get("refusal"))
    return f"[{kind}]"


def _split(message: MessageRecord, parts: list[dict[str, Any]]) -> Iterable[MessageRecord]:
    """Takes calls, thoughts and tool answers out of a message's parts."""
    calls = tuple(_call(part) for part in parts if part.get("type") in CALL_PARTS)
    thoughts = "\n".join(
        as_text(p.get("thinking") or p.get("content") or p.get("text"))
        for p in parts
        if p.get("type") in REASONING_PARTS
    )
    answers = [_answer(part) for part in parts if part.get("type") in ANSWER_PARTS]
    rest = replace(message, calls=message.calls + calls, reasoning=message.reasoning or thoughts)
    if answers and not rest.text and not rest.calls:
        return answers
    return [*answers, rest]


def _answer(part: dict[str, Any]) -> MessageRecord:
    answer = next((part[key] for key in ("response", "result", "content", "output") if part.get(key) is not None), "")
    parts = {"parts": answer} if isinstance(answer, list) and any(isinstance(item, dict) for item in answer) else {}
    return MessageRecord(
        role="tool",
        text=(_text(parts) if parts and all(item.get("type") == "text" for item in _parts(parts)) else as_text(answer)),
        call_id=as_text(part.get("id") or part.get("tool_use_id") or part.get("toolCallId")),
        name=as_text(part.get("name") or part.get("toolName")),
        is_error=part.get("is_error") is True,
    )


def _call(value: dict[str, Any]) -> CallRecord:
    function = value.get("function")
    inner = function if isinstance(function, dict) else value
    arguments = next((inner[key] for key in ("arguments", "args", "input") if inner.get(key) is not None), "")
    return CallRecord(
        call_id=as_text(value.get("call_id") or value.get("id") or value.get("toolCallId")),
        name=as_text(inner.get("name") or inner.get("toolName")),
        arguments=as_text(arguments),
        user_side=value.get("requestor") == "user",
    )
