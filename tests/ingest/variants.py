"""One short talk in every dialect and generation of which no capture exists, as their makers document them.

The talk is always the same: the user asks for the weather in Oslo, the model calls `get_weather`, the tool answers
"rain", the agent says "It rains in Oslo." So one expectation serves all, and a variant says only how it is written.
"""

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


def _events_on_spans() -> list[dict[str, Any]]:
    return [
        span(2, "chat", CHAT, *message_events(FIRST), (CHOICE, {"index": 0, "message": json.dumps(CALLING)})),
        span(4, "chat", CHAT, *message_events(SECOND), (CHOICE, {"index": 0, "message": json.dumps(SPOKEN)})),
    ]


def _adk() -> list[dict[str, Any]]:
    scope = "gcp.vertex.agent"
    request, response = "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response"
    said = {"role": "model", "parts": [{"text": SAID}]}
    return [
        span(1, "invocation", {}, scope=scope),
        span(
            2,
            "call_llm",
            {
                request: json.dumps({"model": "gemini", "contents": ADK_SECOND[:1]}),
                response: json.dumps({"content": ADK_CALL, "usage_metadata": {"prompt_token_count": 5}}),
            },
            parent=1,
            scope=scope,
        ),
        span(
            3,
            f"execute_tool {TOOL}",
            {
                "gen_ai.tool.name": TOOL,
                request: "{}",
                "gcp.vertex.agent.tool_call_args": WRITTEN,
                "gcp.vertex.agent.tool_response": ANSWER,
            },
            parent=1,
            scope=scope,
        ),
        span(
            4,
            "call_llm",
            {request: json.dumps({"contents": ADK_SECOND}), response: json.dumps({"content": said})},
            parent=1,
            scope=scope,
        ),
    ]


def _strands() -> list[dict[str, Any]]:
    blocks = [{"text": SAID}]
    tool = {**CHAT, "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": TOOL, "gen_ai.tool.call.id": "c1"}
    asked = ("gen_ai.user.message", {"content": json.dumps([{"text": ASKED}])})
    return [
        span(1, "invoke_agent", {"gen_ai.operation.name": "invoke_agent"}, asked, (CHOICE, {"message": SAID})),
        span(2, "chat", CHAT, asked, (CHOICE, {"message": json.dumps(BEDROCK_CALL["content"])}), parent=1),
        span(
            3,
            f"execute_tool {TOOL}",
            tool,
            ("gen_ai.tool.message", {"role": "tool", "content": WRITTEN, "id": "c1"}),
            (CHOICE, {"message": json.dumps([{"text": ANSWER}]), "id": "c1"}),
            parent=1,
        ),
        span(4, "chat", CHAT, asked, (CHOICE, {"message": json.dumps(blocks)}), parent=1),
    ]


def _pydantic() -> list[dict[str, Any]]:
    whole = [PARTS_FIRST[0], PARTS_CALL, parts_second("result")[-1], PARTS_SAID]
    return [
        span(
            1,
            "agent run",
            {"agent_name": "weather", "pydantic_ai.all_messages": json.dumps(whole), "final_result": SAID},
        ),
        span(
            3,
            "running tool",
            {"gen_ai.tool.name": TOOL, "gen_ai.tool.call.id": "c1", "tool_arguments": WRITTEN, "tool_response": ANSWER},
            parent=1,
        ),
    ]


def _pydantic_events() -> list[dict[str, Any]]:
    history = [{"event.name": name, **said} for name, said in message_events(SECOND)]
    closing = {"event.name": CHOICE, "index": 0, "message": SPOKEN}
    return [span(1, "chat", {**CHAT, "events": json.dumps([*history, closing])})]


def _agents_by_logfire() -> list[dict[str, Any]]:
    model = {"logfire.msg_template": "Responses API with {gen_ai.request.model!r}", "gen_ai.request.model": "gpt"}
    first = [{"event.name": "gen_ai.user.message", **USER}, {"event.name": CHOICE, "message": CALLING}]
    second = [{"event.name": n, **m} for n, m in message_events(SECOND)] + [{"event.name": CHOICE, "message": SPOKEN}]
    return [
        span(1, "OpenAI Agents trace", {"logfire.msg_template": "OpenAI Agents trace: {name}", "name": "flow"}),
        span(2, "Responses API", {**model, "events": json.dumps(first)}, parent=1),
        span(
            3,
            f"Function: {TOOL}",
            {"logfire.msg_template": "Function: {name}", "name": TOOL, "input": WRITTEN, "output": ANSWER},
            parent=1,
        ),
        span(4, "Responses API", {**model, "events": json.dumps(second)}, parent=1),
    ]


def _old_vercel() -> list[dict[str, Any]]:
    prompt = json.dumps({"prompt": ASKED})
    model = {"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "gpt", "ai.usage.promptTokens": 5}
    calls = json.dumps([{"toolCallType": "function", "toolCallId": "c1", "toolName": TOOL, "args": WRITTEN}])
    return [
        span(
            1, "ai.generateText", {"ai.operationId": "ai.generateText", "ai.prompt": prompt, "ai.response.text": SAID}
        ),
        span(
            2,
            "ai.generateText.doGenerate",
            {**model, "ai.prompt.messages": json.dumps(VERCEL_SECOND[:1]), "ai.response.toolCalls": calls},
            parent=1,
        ),
        span(
            3,
            "ai.toolCall",
            {
                "ai.operationId": "ai.toolCall",
                "ai.toolCall.name": TOOL,
                "ai.toolCall.id": "c1",
                "ai.toolCall.args": WRITTEN,
                "ai.toolCall.result": ANSWER,
            },
            parent=1,
        ),
        span(
            4,
            "ai.generateText.doGenerate",
            {**model, "ai.prompt.messages": json.dumps(VERCEL_SECOND), "ai.result.text": SAID},
            parent=1,
        ),
    ]


def _livekit() -> list[dict[str, Any]]:
    scope = "livekit-agents"
    return [
        span(1, "agent_turn", {"lk.user_input": ASKED, "lk.response.text": SAID}, scope=scope),
        span(
            3,
            "function_tool",
            {"lk.function_tool.name": TOOL, "lk.function_tool.arguments": WRITTEN, "lk.function_tool.output": ANSWER},
            parent=1,
            scope=scope,
        ),
    ]


def _genkit() -> list[dict[str, Any]]:
    def made(subtype: str, given: Any, said: Any) -> Attributes:
        return {
            "genkit:metadata:subtype": subtype,
            "genkit:name": TOOL if subtype == "tool" else "gemini",
            "genkit:input": json.dumps(given),
            "genkit:output": json.dumps(said),
        }

    spoken = {"message": {"role": "model", "content": [{"text": SAID}]}, "usage": {"inputTokens": 5}}
    return [
        span(1, "chat", made("flow", ASKED, SAID)),
        span(2, "gemini", made("model", {"messages": GENKIT_SECOND[:1]}, {"message": GENKIT_CALL}), parent=1),
        span(3, TOOL, made("tool", ARGUMENTS, ANSWER), parent=1),
        span(4, "gemini", made("model", {"messages": GENKIT_SECOND}, spoken), parent=1),
    ]


def _langsmith() -> list[dict[str, Any]]:
    model = {"langsmith.span.kind": "llm", "gen_ai.operation.name": "unknown"}
    return [
        span(1, "chain", {"langsmith.span.kind": "chain"}),
        *listed(
            "gen_ai.prompt",
            "gen_ai.completion",
            [{"messages": [PLAIN[:1]]}, {"messages": [PLAIN[:3]]}],
            [
                {"generations": [[{"text": "", "message": LC[1]}]]},
                {"generations": [[{"text": SAID, "message": LC[3]}]]},
            ],
            **model,
        )[1:],
    ]


def _split_telemetry() -> list[dict[str, Any]]:
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": TOOL, "gen_ai.tool.call.id": "c1"}
    return [
        span(1, "POST /chat", {}),
        *(span(n, "chat", CHAT, parent=1) for n in (2, 4)),
        span(3, TOOL, tool, parent=1),
    ]


VARIANTS: dict[str, list[dict[str, Any]]] = {
    "GenAI to 1.27, one string": listed(
        "gen_ai.prompt", "gen_ai.completion", [FIRST, SECOND], [[CALLING], [SPOKEN]], **CHAT
    ),
    "GenAI 1.28, events on spans": _events_on_spans(),
    "GenAI 1.37, JSON": listed(
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        [PARTS_FIRST, parts_second("response")],
        [[PARTS_CALL], [PARTS_SAID]],
        **CHAT,
    ),
    "GenAI 1.37, structured": two_calls(
        [{"gen_ai.input.messages": PARTS_FIRST}, {"gen_ai.input.messages": parts_second("result")}],
        [{"gen_ai.output.messages": [PARTS_CALL]}, {"gen_ai.output.messages": [PARTS_SAID]}],
        **CHAT,
    ),
    "GenAI 1.37, spread": two_calls(
        [spread("gen_ai.input.messages", PARTS_FIRST), spread("gen_ai.input.messages", parts_second("response"))],
        [spread("gen_ai.output.messages", [PARTS_CALL]), spread("gen_ai.output.messages", [PARTS_SAID])],
        **CHAT,
    ),
    "OpenInference, spread": two_calls(
        [openinference("llm.input_messages", FIRST), openinference("llm.input_messages", SECOND)],
        [openinference("llm.output_messages", [CALLING]), openinference("llm.output_messages", [SPOKEN])],
        **{"openinference.span.kind": "LLM"},
    ),
    "OpenInference, whole": listed(
        "llm.input_messages",
        "llm.output_messages",
        [[{f"message.{k}": v for k, v in m.items()} for m in history] for history in (FIRST, SECOND)],
        [[{f"message.{k}": v for k, v in m.items()}] for m in (CALLING, SPOKEN)],
        **{"openinference.span.kind": "LLM"},
    ),
    "OpenLLMetry, numbered": two_calls(
        [numbered("gen_ai.prompt", FIRST), numbered("gen_ai.prompt", SECOND)],
        [numbered("gen_ai.completion", [CALLING]), numbered("gen_ai.completion", [SPOKEN])],
        **{"llm.request.type": "chat"},
    ),
    "MLflow": listed(
        "mlflow.spanInputs",
        "mlflow.spanOutputs",
        [{"messages": FIRST}, {"messages": SECOND}],
        [{"choices": [{"message": CALLING}]}, {"choices": [{"message": SPOKEN}]}],
        **{"mlflow.spanType": '"CHAT_MODEL"'},
    ),
    "ADK": _adk(),
    "Strands": _strands(),
    "Pydantic AI": _pydantic(),
    "Pydantic AI, events": _pydantic_events(),
    "OpenAI Agents by Logfire": _agents_by_logfire(),
    "Vercel to 6": _old_vercel(),
    "LiveKit": _livekit(),
    "Genkit": _genkit(),
    "LangSmith": _langsmith(),
    **dict(
        [
            histories("OpenAI chat", SECOND[1:], [CALLING, SPOKEN]),
            histories(
                "OpenAI responses", RESPONSES_SECOND, [{"output": [RESPONSES_CALL]}, {"output": [RESPONSES_SAID]}]
            ),
            histories(
                "Anthropic",
                ANTHROPIC_SECOND,
                [
                    {"role": "assistant", "content": ANTHROPIC_CALL},
                    {"role": "assistant", "content": [{"type": "text", "text": SAID}]},
                ],
            ),
            histories("LangChain, plain", PLAIN[:3], [PLAIN[1], PLAIN[3]]),
            histories("LangChain, data", DATA[:3], [DATA[1], DATA[3]]),
            histories("LangChain, constructors", LC[:3], [LC[1], LC[3]]),
            histories(
                "Gemini",
                GEMINI_SECOND,
                [{"candidates": [{"content": c}]} for c in (GEMINI_CALL, {"role": "model", "parts": [{"text": SAID}]})],
            ),
            histories(
                "Bedrock Converse",
                BEDROCK_SECOND,
                [
                    {"output": {"message": m}}
                    for m in (BEDROCK_CALL, {"role": "assistant", "content": [{"text": SAID}]})
                ],
            ),
            histories(
                "Cohere",
                [{"role": "USER", "message": ASKED}, COHERE_CALL, {"role": "TOOL", "content": ANSWER}],
                [COHERE_CALL, {"role": "CHATBOT", "message": SAID}],
            ),
            histories(
                "AutoGen",
                AUTOGEN_SECOND,
                [[AUTOGEN_SECOND[1]], [{"type": "TextMessage", "source": "agent", "content": SAID}]],
            ),
            histories(
                "Pydantic AI's messages",
                PYDANTIC_SECOND,
                [[PYDANTIC_SECOND[1]], [{"kind": "response", "parts": [{"part_kind": "text", "content": SAID}]}]],
            ),
            histories("AI SDK", VERCEL_SECOND, [VERCEL_SECOND[1], {"role": "assistant", "content": SAID}]),
            histories(
                "LlamaIndex",
                LLAMA_SECOND,
                [
                    {"message": LLAMA_SECOND[1]},
                    {"message": {"role": "assistant", "blocks": [{"block_type": "text", "text": SAID}]}},
                ],
            ),
            histories(
                "OpenAI, streamed",
                SECOND[1:],
                [CALLING, [{"choices": [{"delta": {"content": word}}]} for word in ("It rains", " in Oslo.")]],
            ),
        ]
    ),
}

LOGGED: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "GenAI 1.28, bodies": (
        _split_telemetry(),
        [
            *(log(2, name, said, place) for place, (name, said) in enumerate(message_events(FIRST))),
            log(2, CHOICE, {"index": 0, "message": {"role": "assistant", "tool_calls": [CALL]}}, 5),
            *(log(4, name, said, place) for place, (name, said) in enumerate(message_events(SECOND))),
            log(4, CHOICE, {"index": 0, "finish_reason": "stop", "message": {"content": SAID}}, 5),
        ],
    ),
    "GenAI 1.28, attributes": (
        _split_telemetry(),
        [
            log(2, "gen_ai.user.message", None, 0, **{"gen_ai.event.content": json.dumps(USER)}),
            log(2, CHOICE, None, 5, **{"gen_ai.event.content": json.dumps({"message": CALLING})}),
            *(
                log(4, n, None, p, **{"gen_ai.event.content": json.dumps(m)})
                for p, (n, m) in enumerate(message_events(SECOND))
            ),
            log(4, CHOICE, None, 5, **{"gen_ai.event.content": json.dumps({"message": SPOKEN})}),
        ],
    ),
    "GenAI 1.37, details": (
        _split_telemetry(),
        [
            log(
                n,
                "gen_ai.client.inference.operation.details",
                None,
                0,
                **{"gen_ai.input.messages": given, "gen_ai.output.messages": said},
            )
            for n, given, said in ((2, PARTS_FIRST, [PARTS_CALL]), (4, parts_second("response"), [PARTS_SAID]))
        ],
    ),
}
