"""One short talk, and the ways in which clients write its messages and spans; `variants.py` has it in every dialect."""

import json
from typing import Any

from tests.ingest.payloads import TRACE

Attributes = dict[str, Any]
ASKED, SAID = "Weather in Oslo?", "It rains in Oslo."
TOOL, ARGUMENTS, ANSWER = "get_weather", {"city": "Oslo"}, "rain"
WRITTEN = json.dumps(ARGUMENTS)
Messages = list[dict[str, Any]]
USER: Attributes = {"role": "user", "content": ASKED}
SYSTEM: Attributes = {"role": "system", "content": "Be brief."}
CALL = {"id": "c1", "type": "function", "function": {"name": TOOL, "arguments": WRITTEN}}
CALLING: Attributes = {"role": "assistant", "content": None, "tool_calls": [CALL]}
ANSWERED: Attributes = {"role": "tool", "tool_call_id": "c1", "content": ANSWER}
SPOKEN: Attributes = {"role": "assistant", "content": SAID}
FIRST: Messages = [SYSTEM, USER]
SECOND: Messages = [SYSTEM, USER, CALLING, ANSWERED]


def any_value(value: Any) -> dict[str, Any]:
    """A value as OTLP writes it, structured ones as key-value lists and arrays."""
    if isinstance(value, dict):
        return {"kvlistValue": {"values": pairs(value)}}
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(item) for item in value]}}
    if value is None:
        return {}
    kinds = {bool: "boolValue", int: "intValue", float: "doubleValue"}
    return {kinds.get(type(value), "stringValue"): value}


def pairs(values: Attributes) -> list[dict[str, Any]]:
    return [{"key": key, "value": any_value(value)} for key, value in values.items()]


def spread(prefix: str, value: Any) -> Attributes:
    """A structure over dotted names: `prefix.0.role`."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found: Attributes = {}
    for key, item in items:
        name = f"{prefix}.{key}"
        if item is not None:
            found |= spread(name, item) if isinstance(item, dict | list) else {name: item}
    return found


def span(
    number: int, name: str, attributes: Attributes, *events: tuple[str, Attributes], parent: int = 0, scope: str = ""
) -> dict[str, Any]:
    """A span of one second at second `number`; number 1 is long enough to be the root of all others."""
    start = 1_795_000_000 + number
    return {
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        "parentSpanId": f"{parent:016x}" if parent else "",
        "name": name,
        "scope": scope,
        "startTimeUnixNano": f"{start}000000000",
        "endTimeUnixNano": f"{start + (30 if number == 1 else 1)}000000000",
        "attributes": pairs(attributes),
        "events": [
            {"name": event, "timeUnixNano": f"{start}00000000{place}", "attributes": pairs(said)}
            for place, (event, said) in enumerate(events)
        ],
    }


def log(number: int, event: str, body: Any, place: int, **attributes: Any) -> dict[str, Any]:
    """A log record of span `number`."""
    return {
        "traceId": TRACE,
        "spanId": f"{number:016x}",
        "eventName": event,
        "timeUnixNano": f"{1_795_000_000 + number}00000000{place}",
        "attributes": pairs(attributes),
        "body": any_value(body),
    }


def traces(spans: list[dict[str, Any]]) -> bytes:
    """An export request; each span in a scope of its own."""
    scopes = [{"scope": {"name": one.pop("scope")}, "spans": [one]} for one in (dict(one) for one in spans)]
    return json.dumps({"resourceSpans": [{"scopeSpans": scopes}]}).encode()


def logs(records: list[dict[str, Any]]) -> bytes:
    return json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}).encode()


def two_calls(asked: list[Attributes], answered: list[Attributes], **more: Any) -> list[dict[str, Any]]:
    """The root, and below it two model calls with what each was given and answered. No span tells of the tool."""
    first, second = ({**given, **said, **more} for given, said in zip(asked, answered, strict=True))
    return [span(1, "POST /chat", {}), span(2, "chat", first, parent=1), span(4, "chat", second, parent=1)]


def listed(key_in: str, key_out: str, histories: list[Any], outputs: list[Any], **more: Any) -> list[dict[str, Any]]:
    """Two model calls whose messages are JSON strings under two keys."""
    return two_calls(
        [{key_in: json.dumps(history)} for history in histories],
        [{key_out: json.dumps(output)} for output in outputs],
        **more,
    )


CHAT = {"gen_ai.operation.name": "chat"}
PARTS_FIRST = [{"role": "user", "parts": [{"type": "text", "content": ASKED}]}]
PARTS_CALL = {
    "role": "assistant",
    "parts": [{"type": "tool_call", "id": "c1", "name": TOOL, "arguments": ARGUMENTS}],
    "finish_reason": "tool_call",
}
PARTS_SAID = {"role": "assistant", "parts": [{"type": "text", "content": SAID}], "finish_reason": "stop"}


def parts_second(answer_key: str) -> list[Any]:
    answer = {"type": "tool_call_response", "id": "c1", answer_key: ANSWER}
    return [*PARTS_FIRST, PARTS_CALL, {"role": "tool", "parts": [answer]}]


def openinference(prefix: str, messages: list[dict[str, Any]]) -> Attributes:
    """Messages as OpenInference spreads them."""
    nested = [{"message": {**m, "tool_calls": [{"tool_call": c} for c in m.get("tool_calls", [])]}} for m in messages]
    return spread(prefix, nested)


def numbered(prefix: str, messages: list[dict[str, Any]]) -> Attributes:
    """Messages as OpenLLMetry numbers them, a call's name beside its id."""
    flat = [{**m, "tool_calls": [{"id": c["id"], **c["function"]} for c in m.get("tool_calls", [])]} for m in messages]
    return spread(prefix, flat)


def message_events(messages: list[dict[str, Any]]) -> list[tuple[str, Attributes]]:
    """GenAI 1.28 to 1.36: one event for each message."""
    return [(f"gen_ai.{m['role']}.message", m) for m in messages]


CHOICE = "gen_ai.choice"
GEMINI_CALL = {"role": "model", "parts": [{"functionCall": {"name": TOOL, "args": ARGUMENTS}}]}
GEMINI_SECOND = [
    {"role": "user", "parts": [{"text": ASKED}]},
    GEMINI_CALL,
    {"role": "user", "parts": [{"functionResponse": {"name": TOOL, "response": {"result": ANSWER}}}]},
]
ADK_CALL = {"role": "model", "parts": [{"function_call": {"name": TOOL, "args": ARGUMENTS}}]}
ADK_SECOND = [
    {"role": "user", "parts": [{"text": ASKED}]},
    ADK_CALL,
    {"role": "user", "parts": [{"function_response": {"name": TOOL, "response": {"result": ANSWER}}}]},
]
ANTHROPIC_CALL = [
    {"type": "thinking", "thinking": "Look it up.", "signature": "x"},
    {"type": "tool_use", "id": "c1", "name": TOOL, "input": ARGUMENTS},
]
ANTHROPIC_SECOND = [
    USER,
    {"role": "assistant", "content": ANTHROPIC_CALL},
    {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": ANSWER}]}],
    },
]
BEDROCK_CALL = {"role": "assistant", "content": [{"toolUse": {"toolUseId": "c1", "name": TOOL, "input": ARGUMENTS}}]}
BEDROCK_SECOND = [
    {"role": "user", "content": [{"text": ASKED}]},
    BEDROCK_CALL,
    {
        "role": "user",
        "content": [{"toolResult": {"toolUseId": "c1", "content": [{"text": ANSWER}], "status": "success"}}],
    },
]
HUMAN = {"content": ASKED, "additional_kwargs": {}, "id": "h"}
AI_CALL = {"content": "", "tool_calls": [{"name": TOOL, "args": ARGUMENTS, "id": "c1", "type": "tool_call"}]}
TOOL_SAID = {"content": ANSWER, "tool_call_id": "c1", "status": "success", "name": TOOL}
AI_SAID = {"content": SAID}
LANGCHAIN = (("human", HUMAN), ("ai", AI_CALL), ("tool", TOOL_SAID), ("ai", AI_SAID))
LC_NAMES = {"human": "HumanMessage", "ai": "AIMessage", "tool": "ToolMessage"}
PLAIN = [{"type": kind, **said} for kind, said in LANGCHAIN]
DATA = [{"type": kind, "data": said} for kind, said in LANGCHAIN]
LC = [
    {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", LC_NAMES[kind]], "kwargs": said}
    for kind, said in LANGCHAIN
]
RESPONSES_CALL = {"type": "function_call", "call_id": "c1", "name": TOOL, "arguments": WRITTEN}
RESPONSES_SECOND = [USER, RESPONSES_CALL, {"type": "function_call_output", "call_id": "c1", "output": ANSWER}]
RESPONSES_SAID = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": SAID}]}
COHERE_CALL = {"role": "CHATBOT", "message": "", "tool_calls": [{"name": TOOL, "parameters": ARGUMENTS}]}
AUTOGEN_SECOND = [
    {"type": "TextMessage", "source": "user", "content": ASKED},
    {"type": "ToolCallRequestEvent", "source": "agent", "content": [{"id": "c1", "name": TOOL, "arguments": WRITTEN}]},
    {
        "type": "ToolCallExecutionEvent",
        "source": "agent",
        "content": [{"call_id": "c1", "name": TOOL, "content": ANSWER, "is_error": False}],
    },
]
PYDANTIC_SECOND = [
    {"kind": "request", "parts": [{"part_kind": "user-prompt", "content": ASKED}]},
    {
        "kind": "response",
        "parts": [{"part_kind": "tool-call", "tool_name": TOOL, "args": WRITTEN, "tool_call_id": "c1"}],
    },
    {
        "kind": "request",
        "parts": [{"part_kind": "tool-return", "tool_name": TOOL, "content": ANSWER, "tool_call_id": "c1"}],
    },
]
VERCEL_CALL = {"type": "tool-call", "toolCallId": "c1", "toolName": TOOL, "input": ARGUMENTS}
VERCEL_SECOND = [
    {"role": "user", "content": [{"type": "text", "text": ASKED}]},
    {"role": "assistant", "content": [VERCEL_CALL]},
    {
        "role": "tool",
        "content": [
            {"type": "tool-result", "toolCallId": "c1", "toolName": TOOL, "output": {"type": "text", "value": ANSWER}}
        ],
    },
]
LLAMA_SECOND = [
    {"role": "user", "blocks": [{"block_type": "text", "text": ASKED}]},
    {"role": "assistant", "blocks": [], "additional_kwargs": {"tool_calls": [CALL]}},
    {"role": "tool", "blocks": [{"block_type": "text", "text": ANSWER}], "tool_call_id": "c1"},
]
GENKIT_CALL = {"role": "model", "content": [{"toolRequest": {"name": TOOL, "ref": "c1", "input": ARGUMENTS}}]}
GENKIT_SECOND = [
    {"role": "user", "content": [{"text": ASKED}]},
    GENKIT_CALL,
    {"role": "tool", "content": [{"toolResponse": {"name": TOOL, "ref": "c1", "output": ANSWER}}]},
]


def histories(name: str, second: list[Any], answers: list[Any]) -> tuple[str, list[dict[str, Any]]]:
    """A message format inside Langfuse's generations, which carry whatever the program had."""
    keys = ("langfuse.observation.input", "langfuse.observation.output")
    return name, listed(*keys, [second[:1], second], answers, **{"langfuse.observation.type": "generation"})
