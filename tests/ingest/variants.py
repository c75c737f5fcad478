"""One short talk in every dialect and generation of which no capture exists, as their makers document them.

The talk is always the same: the user asks for the weather in Oslo, the model calls `get_weather`, the tool answers
"rain", the agent says "It rains in Oslo." So one expectation serves all, and a variant says only how it is written.
"""

import json
from typing import Any

from tests.ingest.talk import (
    ADK_CALL,
    ADK_SECOND,
    ANSWER,
    ANTHROPIC_CALL,
    ANTHROPIC_SECOND,
    ARGUMENTS,
    ASKED,
    AUTOGEN_SECOND,
    BEDROCK_CALL,
    BEDROCK_SECOND,
    CALLING,
    CHAT,
    CHOICE,
    COHERE_CALL,
    DATA,
    FIRST,
    GEMINI_CALL,
    GEMINI_SECOND,
    GENKIT_CALL,
    GENKIT_SECOND,
    LC,
    LLAMA_SECOND,
    PARTS_CALL,
    PARTS_FIRST,
    PARTS_SAID,
    PLAIN,
    PYDANTIC_SECOND,
    RESPONSES_CALL,
    RESPONSES_SAID,
    RESPONSES_SECOND,
    SAID,
    SECOND,
    SPOKEN,
    TOOL,
    USER,
    VERCEL_SECOND,
    WRITTEN,
    Attributes,
    histories,
    listed,
    message_events,
    numbered,
    openinference,
    parts_second,
    span,
    spread,
    two_calls,
)


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
