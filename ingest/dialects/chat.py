"""Chat messages in anybody's shape, alone or wrapped: OpenAI, Anthropic, LangChain, GenAI, Gemini, Bedrock, Cohere."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest.dialects.parts import (
    ANSWER,
    ANSWERS,
    CALL,
    REASONING,
    answer_failed,
    answer_text,
    calls_of,
    parts_of,
    read_call,
    readable,
    text_of,
    thoughts_of,
)
from ingest.dialects.times import as_time
from ingest.dialects.values import as_amount, as_count, as_json, as_text, first_of
from ingest.records import CallRecord, MessageRecord

ROLES = {
    **{role: role for role in ("system", "user", "assistant", "tool")},
    **dict.fromkeys(("human", "humanmessage", "humanmessagechunk", "usermessage", "end_user", "customer"), "user"),
    **dict.fromkeys(
        ("ai", "aimessage", "aimessagechunk", "assistantmessage", "model", "bot", "chatbot", "agent", "tool-call"),
        "assistant",
    ),
    **dict.fromkeys(("developer", "systemmessage", "developermessage"), "system"),
    **dict.fromkeys(
        (
            "function",
            "toolmessage",
            "toolmessagechunk",
            "functionmessage",
            "tool-response",
            "functionexecutionresultmessage",
        ),
        "tool",
    ),
}
# AgentChat of AutoGen tells who speaks by `source`, and what by `type`.
AUTOGEN = {
    **dict.fromkeys(
        ("TextMessage", "MultiModalMessage", "StopMessage", "HandoffMessage", "ToolCallSummaryMessage"), "content"
    ),
    "ToolCallRequestEvent": "tool_calls",
    "ToolCallExecutionEvent": "answers",
    "ThoughtEvent": "reasoning",
}
# Where a request, an answer or a state keeps its messages.
HISTORIES = ("messages", "chat_history", "history", "contents", "input_messages", "all_messages")
WRAPPERS = (
    *("input", "inputs", "prompt", "prompts", "request", "kwargs", "args", "state", "update", "new_message", "data"),
    *("choices", "generations", "candidates", "output_messages", "output", "outputs", "message", "response", "content"),
    *("new_messages", "lc_messages", "chat_messages", "raw", "value"),
)
MOST_WRAPPED = 6
CALL_IDS = ("tool_call_id", "toolCallId", "call_id")
TOKENS_IN = ("prompt_tokens", "input_tokens", "inputTokens")
TOKENS_OUT = ("completion_tokens", "output_tokens", "outputTokens")
FINISHED = ("output-available", "output-error", "result")  # of the AI SDK's screen messages
SAYS = (
    "content",
    "parts",
    "tool_calls",
    "contents",
    "function_call",
    "blocks",
    "toolInvocations",
    "refusal",
    "tool_plan",
)
PLAIN = {"role", "content", "parts", "tool_calls", "finish_reason"}  # the members of most messages
ACTING = {CALL, REASONING, ANSWER}
ITEMS = {"function_call", "function_call_output", "reasoning", "custom_tool_call"}


def read_messages(value: Any) -> list[MessageRecord]:
    """The messages in `value` (a list, an object that has one, or JSON of these); [] when there are none."""
    value = as_json(value)
    if isinstance(value, dict) and isinstance(value.get("messages"), list):
        value = value["messages"]
    if isinstance(value, dict) and is_message(value):
        value = [value]
    if not isinstance(value, list):
        return []
    return [message for item in value for message in read_message(item)]


def talk_in(value: Any, depth: int = 0) -> list[MessageRecord]:
    """The messages somewhere in a model's or an agent's input or output; [] when it is no talk."""
    value = as_json(value)
    if depth > MOST_WRAPPED or not isinstance(value, dict | list):
        return []
    if isinstance(value, list):
        return _talk_in_list(value, depth)
    return list(read_message(value)) if is_message(value) else _talk_in_members(value, depth)


def _talk_in_members(value: dict[str, Any], depth: int) -> list[MessageRecord]:
    for name in HISTORIES:
        if found := talk_in(value.get(name), depth + 1):
            return found + _asked_last(value)
    for name in WRAPPERS:
        inner = as_json(value.get(name))
        if isinstance(inner, dict | list) and (found := talk_in(inner, depth + 1)):
            return found
    return []


def _talk_in_list(value: list[Any], depth: int) -> list[MessageRecord]:
    if not value:
        return []
    if streamed := _streamed(value):
        return [MessageRecord("assistant", text=streamed)]
    if _is_pair(value) or isinstance(value[0], list):
        # A batch: of one, or of choices, of which the first was taken.
        return read_messages([value]) if _is_pair(value) else _batch(value, depth)
    if _is_talk(value):
        return read_messages(value)
    return talk_in(value[0], depth + 1) if isinstance(value[0], dict) else []


def _batch(value: list[Any], depth: int) -> list[MessageRecord]:
    return read_messages(value) if all(_is_pair(item) for item in value) else talk_in(value[0], depth + 1)


def _is_talk(items: list[Any]) -> bool:
    """Whether a list's first entries are messages: the first alone may be something that a model calls by itself."""
    return any(is_message(item) for item in items[:3])


def _is_pair(value: Any) -> bool:
    """LangChain's (role, text)."""
    match value:
        case [str(role), str()]:
            return role.lower() in ROLES
    return False


def _asked_last(value: dict[str, Any]) -> list[MessageRecord]:
    """Cohere and others send the newest words apart from the history."""
    said = value.get("message") or value.get("new_message")
    return [MessageRecord("user", text=said)] if isinstance(said, str) and said.strip() else []


def _streamed(items: list[Any]) -> str:
    """The words of an answer that was recorded as it streamed."""
    pieces = [_delta(item) for item in items]
    return "".join(piece or "" for piece in pieces) if any(pieces) else ""


def _delta(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    choices = item.get("choices")
    inner = choices[0] if isinstance(choices, list) and choices else item
    delta = inner.get("delta") if isinstance(inner, dict) else None
    if isinstance(delta, dict):
        return as_text(first_of(delta, ("content", "text")))
    return delta if isinstance(delta, str) and as_text(item.get("type")).endswith("text.delta") else None


def is_message(value: Any) -> bool:
    """Whether a value looks like a chat message in one of the known shapes."""
    if not isinstance(value, dict):
        return False
    value = _unwrapped(value)
    if _role(value.get("role")):
        return any(name in value for name in SAYS) or isinstance(value.get("message"), str)
    kind = as_text(value.get("type"))
    if "tool.name" in value:  # any-agent
        return True
    if kind in ITEMS or kind in AUTOGEN or (kind.endswith(("_call", "_call_output")) and "id" in value):
        return True
    return bool(_role(kind)) and "content" in value


def is_tool_message(value: Any) -> bool:
    """Whether a value is LangChain's message of a tool, in whichever wrapper."""
    if not isinstance(value, dict):
        return False
    inner = next((value[name] for name in ("data", "kwargs") if isinstance(value.get(name), dict)), value)
    return inner.get("type") == "tool" and "content" in inner


def _role(value: Any) -> str:
    """Our word for a role; "" for what is none."""
    said = value if isinstance(value, str) else ""
    return ROLES.get(said) or ROLES.get(said.rpartition(".")[2].lower().removeprefix("role_"), "")


def read_message(value: Any) -> Iterable[MessageRecord]:
    """One message, or several: a user's message may carry tool answers before its words."""
    if not isinstance(value, dict):
        if not _is_pair(value):
            return []
        value = {"role": value[0], "content": value[1]}
    value = _unwrapped(value)
    return _plain(value) if value.keys() <= PLAIN else _read(value)


def _plain(value: dict[str, Any]) -> Iterable[MessageRecord]:
    """What `_read` would make of it, which has much more to look for."""
    role = _role(value.get("role"))
    if not role:
        return []
    parts = _parts(value)
    calls = _listed_calls(value) if "tool_calls" in value else ()
    text = _text(value, role, parts)
    if not any(map(_acts, parts)):
        return [MessageRecord(role, text=text, calls=calls)]
    return _split(
        MessageRecord(role, text=text, calls=calls + _fresh(parts, calls), reasoning=thoughts_of(parts)), parts
    )


def _read(value: dict[str, Any]) -> Iterable[MessageRecord]:
    kind = as_text(value.get("type"))
    if kind in AUTOGEN:
        return _autogen(value, AUTOGEN[kind])
    if "tool.name" in value:
        return [MessageRecord("assistant", calls=(read_call(value),))]
    if kind and not value.get("role") and (found := _item(value, kind)):
        return found
    role = _role(value.get("role")) or _role(kind)
    if not role:
        return []
    parts = _parts(value)
    message = _message(role, value, parts)
    if not parts:
        return [message]
    thoughts = message.reasoning or thoughts_of(parts)
    return _split(replace(message, calls=message.calls + _fresh(parts, message.calls), reasoning=thoughts), parts)


def _unwrapped(value: dict[str, Any]) -> dict[str, Any]:
    """A message out of what others put around it."""
    for _ in range(MOST_WRAPPED):  # OpenInference, choices, events, LangChain's generations
        inner = value.get("message")
        if not isinstance(inner, dict) or value.get("role"):
            break
        value = inner
    if value.keys() <= PLAIN and not isinstance(value.get("content"), dict):
        return value
    return _langchain(value) or _renamed(value)


def _langchain(value: dict[str, Any]) -> dict[str, Any] | None:
    """A message out of the two wrappers in which LangChain writes it."""
    if isinstance(value.get("data"), dict) and "type" in value:
        return {"type": value["type"], **value["data"]}
    if isinstance(value.get("kwargs"), dict) and value.get("lc"):
        names = value.get("id")
        made_as = as_text(names[-1]) if isinstance(names, list) and names else ""
        return {"type": made_as.lower(), **value["kwargs"]}
    return None


def _renamed(value: dict[str, Any]) -> dict[str, Any]:
    """A message under the names that all have."""
    if "message.role" in value:  # OpenInference in a data frame's cell
        return {key.removeprefix("message."): item for key, item in value.items()}
    if value.get("kind") in ("request", "response") and isinstance(value.get("parts"), list):  # Pydantic AI
        return {**value, "role": "user" if value["kind"] == "request" else "assistant"}
    if isinstance(value.get("content"), dict) and isinstance(value["content"].get("parts"), list):  # Gemini
        return {"role": "assistant", **value["content"]}
    return value


def _parts(value: dict[str, Any]) -> list[dict[str, Any]]:
    content = value.get("parts") or value.get("contents") or value.get("blocks") or value.get("content")
    parts = parts_of(content) if _has_parts(content) else []
    return [*parts, *parts_of(value["toolInvocations"])] if "toolInvocations" in value else parts


def _has_parts(content: Any) -> bool:
    return isinstance(content, list | dict) or (isinstance(content, str) and content.startswith('[{"'))


def _message(role: str, value: dict[str, Any], parts: list[dict[str, Any]]) -> MessageRecord:
    is_tool = role == "tool"
    usage = first_of(value, ("usage", "usage_metadata", "models_usage"))
    usage = usage if isinstance(usage, dict) else {}
    thoughts = first_of(value, ("reasoning", "reasoning_content", "thinking", "tool_plan"))
    return MessageRecord(
        role=role,
        text=_text(value, role, parts),
        calls=_listed_calls(value),
        call_id=as_text(first_of(value, CALL_IDS) or (value.get("id") if is_tool else "")),
        name=as_text(value.get("name") or (value.get("tool_name") if is_tool else "")),
        is_error=is_tool and answer_failed(value),
        reasoning=text_of(parts_of(thoughts)) if isinstance(thoughts, list) else as_text(thoughts),
        started_at=_time(value),
        tokens_in=as_count(first_of(usage, TOKENS_IN)) if usage else None,
        tokens_out=as_count(first_of(usage, TOKENS_OUT)) if usage else None,
        cost_usd=as_amount(value.get("cost")),
    )


def _listed_calls(value: dict[str, Any]) -> tuple[CallRecord, ...]:
    return tuple([read_call(call) for call in _all_calls(value) if isinstance(call, dict)])


def _all_calls(value: dict[str, Any]) -> list[Any]:
    extra = value.get("additional_kwargs")
    calls = value.get("tool_calls") or (extra.get("tool_calls") if isinstance(extra, dict) else None)
    invalid = value.get("invalid_tool_calls")
    found = [*(calls if isinstance(calls, list) else []), *(invalid if isinstance(invalid, list) else [])]
    return [*found, value["function_call"]] if isinstance(value.get("function_call"), dict) else found


def _time(value: dict[str, Any]) -> datetime | None:
    return as_time(value.get("timestamp") or value.get("created_at"))


def _text(value: dict[str, Any], role: str, parts: list[dict[str, Any]]) -> str:
    if parts:
        is_listed = role == "tool" and parts[0]["type"] != ANSWER and isinstance(value.get("content"), list)
        return answer_text({"content": value["content"]}) if is_listed else text_of(parts)
    said = first_of(value, ("content", "refusal", "text"))
    if said is None:
        said = _elsewhere(value, role)
    return readable(said)


def _elsewhere(value: dict[str, Any], role: str) -> Any:
    """Words that stand under a name of their own: what was heard, Cohere's, an answer's."""
    if isinstance(value.get("audio"), dict):
        return value["audio"].get("transcript")
    if isinstance(value.get("message"), str):
        return value["message"]
    return first_of(value, ANSWERS) if role == "tool" else None


def _acts(part: dict[str, Any]) -> bool:
    """Whether a part is more than words or a picture."""
    return part["type"] in ACTING or "state" in part


def _fresh(parts: list[dict[str, Any]], listed: tuple[CallRecord, ...]) -> tuple[CallRecord, ...]:
    """The calls among the parts that are not listed beside them."""
    known = {call.call_id for call in listed if call.call_id}
    return tuple(call for call in calls_of(parts) if not call.call_id or call.call_id not in known)


def _split(rest: MessageRecord, parts: list[dict[str, Any]]) -> Iterable[MessageRecord]:
    """A message and the tool answers that are among its parts."""
    answers = [_answer(part) for part in parts if part["type"] == ANSWER or part.get("state") in FINISHED]
    if answers and not rest.text and not rest.calls:
        return answers
    # A user's message brings answers before the words; an assistant's, what its own tools answered it.
    return [*answers, rest] if rest.role != "assistant" else [rest, *answers]


def _answer(part: dict[str, Any]) -> MessageRecord:
    return MessageRecord(
        role="tool",
        text=answer_text(part) or as_text(part.get("errorText")),
        call_id=as_text(first_of(part, ("tool_use_id", "toolUseId", "tool_call_id", "toolCallId", "call_id", "id"))),
        name=as_text(first_of(part, ("name", "tool_name", "toolName"))),
        is_error=answer_failed(part),
    )


def _item(value: dict[str, Any], kind: str) -> list[MessageRecord]:
    """An item of OpenAI's Responses that is no message: a call, an answer, a thought, or a call with its answer."""
    if kind == "reasoning":
        return [MessageRecord("assistant", reasoning=thoughts_of(parts_of([value])))]
    if kind.endswith("_call_output"):
        return [_answer(value)]
    if not kind.endswith("_call"):
        return []
    call = read_call(value)
    found = [MessageRecord("assistant", calls=(call,))]
    answer = first_of(value, ("output", "results", "outputs", "error"))
    if answer is not None and kind != "function_call":
        found.append(replace(_answer({**value, "result": answer}), call_id=call.call_id))
    return found


def _autogen(value: dict[str, Any], member: str) -> list[MessageRecord]:
    role = _role(value.get("source")) or "assistant"
    content = value.get("content")
    items = [item for item in content if isinstance(item, dict)] if isinstance(content, list) else []
    if member == "tool_calls":
        return [MessageRecord("assistant", calls=tuple(read_call(item) for item in items))]
    if member == "answers":
        return [_answer(item) for item in items]
    if member == "reasoning":
        return [MessageRecord("assistant", reasoning=as_text(content))]
    return [_message(role, {"content": content, "models_usage": value.get("models_usage")}, parts_of(content))]
