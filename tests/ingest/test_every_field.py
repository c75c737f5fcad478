"""What a span tells beside its words, in every dialect: a line for each key, and for odd or hostile writing."""

import json
from typing import Any

import pytest

from ingest.conversation import read_session, session_of_trace
from ingest.dialects.batches import read_batch
from ingest.dialects.fields import unread_keys
from ingest.receiving import JSON, decode
from ingest.records import SessionRecord, SpanRecord, StepRecord
from tests.ingest.talk import ANSWERED, CALL, CALLING, SPOKEN, USER, openinference, pairs, span, traces

LLM = {"openinference.span.kind": "LLM"}


def spans_of(*spans: dict[str, Any]) -> tuple[SpanRecord, ...]:
    return decode("traces", JSON, traces(list(spans))).spans


def read(*spans: dict[str, Any]) -> SessionRecord:
    return read_session("s", spans_of(*spans), [])


def step(attributes: dict[str, Any]) -> StepRecord:
    """The step of a single span."""
    return next(one for one in read(span(2, "x", attributes)).steps if one.kind != "user")


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"langfuse.observation.type": "generation"}, "llm"),
        ({"langfuse.observation.type": "GENERATION"}, "llm"),
        ({"langfuse.observation.type": "span", "openinference.span.kind": "TOOL"}, "tool"),
        ({"openinference.span.kind": "PROMPT"}, "chain"),
        ({"gen_ai.operation.name": "search_memory"}, "retriever"),
        ({"gen_ai.operation.name": "upsert_memory"}, "tool"),
        ({"gen_ai.operation.name": "chain", "langsmith.span.kind": "parser"}, "chain"),
        ({"traceloop.span.kind": "task"}, "chain"),
        ({"mlflow.spanType": '"CHAT_MODEL"'}, "llm"),
        ({"llm.request.type": "rerank"}, "reranker"),
        ({"ai.operationId": "ai.streamObject.doStream"}, "llm"),
        ({"ai.operationId": "ai.futureThing.doGenerate"}, "llm"),
        ({"ai.operationId": "ai.embedMany"}, "embedding"),
        ({"operation.name": "ai.toolCall my-function"}, "tool"),
        ({"gen_ai.tool.name": "search"}, "tool"),
        ({"genkit:metadata:subtype": "retriever"}, "retriever"),
        ({"gen_ai.request.model": "gpt"}, "llm"),
        ({"llm.model_name": "gpt"}, "llm"),
        ({"http.request.method": "GET"}, "other"),
    ],
)
def test_the_kind_is_read(attributes: dict[str, Any], kind: str) -> None:
    assert step(attributes).kind == kind


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"gen_ai.usage.input_tokens": 7, "gen_ai.usage.prompt_tokens": 9}, {"tokens_in": 7}),
        ({"gen_ai.usage.cache_read.input_tokens": 5}, {"tokens_cache_read": 5}),
        ({"gen_ai.usage.cache_write.input_tokens": 5}, {"tokens_cache_write": 5}),
        ({"gen_ai.usage.cache_creation.input_tokens": 5}, {"tokens_cache_write": 5}),
        ({"gen_ai.usage.reasoning.output_tokens": 5}, {"tokens_reasoning": 5}),
        ({"gen_ai.usage.reasoning_tokens": 5}, {"tokens_reasoning": 5}),
        ({"llm.token_count.prompt_details.cache_read": 5}, {"tokens_cache_read": 5}),
        ({"llm.token_count.completion_details.reasoning": 5}, {"tokens_reasoning": 5}),
        ({"langfuse.observation.usage_details": '{"input": 3, "output": 4}'}, {"tokens_in": 3, "tokens_out": 4}),
        ({"langfuse.observation.usage_details": {"input": 3}}, {"tokens_in": 3}),
        ({"langfuse.observation.usage_details.input": 3}, {"tokens_in": 3}),
        ({"mlflow.chat.tokenUsage": '"{\\"input_tokens\\": 3}"'}, {"tokens_in": 3}),
        ({"ai.usage.promptTokens": 3, "ai.usage.completionTokens": "4"}, {"tokens_in": 3, "tokens_out": 4}),
        (
            {"gen_ai.usage.input_tokens": -3, "gen_ai.usage.output_tokens": "many"},
            {"tokens_in": None, "tokens_out": None},
        ),
        ({"langfuse.observation.cost_details": '{"input": 0.1, "output": 0.2}'}, {"cost_usd": pytest.approx(0.3)}),
        ({"langfuse.observation.cost_details": '{"input": 0.1, "total": 0.5}'}, {"cost_usd": 0.5}),
        ({"llm.cost.prompt": 0.1, "llm.cost.completion": 0.2}, {"cost_usd": pytest.approx(0.3)}),
        ({"gen_ai.usage.cost": 0.5}, {"cost_usd": 0.5}),
        ({"gen_ai.response.model": "a", "gen_ai.request.model": "b"}, {"model": "a"}),
        ({"langfuse.observation.model.name": "a"}, {"model": "a"}),
        ({"ai.model.id": "a", "ai.model.provider": "openai.chat"}, {"model": "a", "provider": "openai.chat"}),
        ({"gen_ai.provider.name": "openai", "gen_ai.system": "x"}, {"provider": "openai"}),
        ({"gen_ai.response.id": "chatcmpl-1"}, {"response_id": "chatcmpl-1"}),
        ({"gen_ai.response.time_to_first_chunk": 0.25}, {"ttft_ms": 250}),
        ({"ai.response.msToFirstChunk": 250.4}, {"ttft_ms": 250}),
        ({"langfuse.observation.completion_start_time": '"\\"2026-11-18T11:06:42.500Z\\""'}, {"ttft_ms": 500}),
    ],
)
def test_what_a_model_call_used_is_read(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    found = step({**LLM, **attributes})
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"langfuse.session.id": "a", "session.id": "b"}, {"external_id": "a"}),
        ({"traceloop.association.properties.thread_id": "a"}, {"external_id": "a"}),
        ({"traceloop.association.properties": {"session_id": "a"}}, {"external_id": "a"}),
        ({"langsmith.metadata.conversation_id": "a"}, {"external_id": "a"}),
        ({"ai.telemetry.metadata.sessionId": "a"}, {"external_id": "a"}),
        ({"gcp.vertex.agent.session_id": "a"}, {"external_id": "a"}),
        ({"mlflow.trace.session": '"a"'}, {"external_id": "a"}),
        ({"voltagent.conversation_id": "a"}, {"external_id": "a"}),
        ({"metadata": '{"thread_id": "a"}'}, {"external_id": "a"}),
        ({"langfuse.trace.metadata.langfuse_session_id": "a"}, {"external_id": "a"}),
        ({"enduser.id": "u"}, {"user_ref": "u"}),
        ({"metadata": '{"user_id": "u"}'}, {"user_ref": "u"}),
        ({"gen_ai.agent.version": "2"}, {"release": "2"}),
        ({"langfuse.environment": "prod", "deployment.environment": "x"}, {"environment": "prod"}),
        ({"gen_ai.agent.name": "Trip", "agent.name": "x"}, {"workflow": "Trip"}),
        ({"langfuse.trace.name": "Trip"}, {"workflow": "Trip"}),
        ({"ai.telemetry.functionId": "trip"}, {"workflow": "trip"}),
        ({"langsmith.span.tags": "a, b"}, {"tags": ("a", "b")}),
        ({"langfuse.trace.tags": ["a", "b"]}, {"tags": ("a", "b")}),
        ({"langfuse.trace.metadata.channel": '"web"'}, {"metadata": {"channel": "web"}}),
        ({"langfuse.trace.metadata": '{"channel": "web"}'}, {"metadata": {"channel": "web"}}),
        ({"langsmith.metadata.LANGSMITH_API_KEY": "s", "langsmith.metadata.a": "b"}, {"metadata": {"a": "b"}}),
    ],
)
def test_what_a_session_is_called_is_read(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    spans = spans_of(span(1, "root", attributes))
    found = read_session(session_of_trace(spans, ()), spans, [])
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_span_of_another_session_in_the_trace_is_flagged() -> None:
    spans = spans_of(span(1, "root", {"session.id": "a"}), span(2, "x", {"session.id": "b"}, parent=1))
    assert session_of_trace(spans, ()) == "a"
    assert [one.flags for one in read_session("a", spans, []).steps] == [(), ("other_session",)]


def test_an_index_of_a_thousand_million_is_one_message() -> None:
    told = {"llm.input_messages.999999999.message.role": "user", "llm.input_messages.999999999.message.content": "Hi"}
    assert [one.text for one in read(span(1, "x", {**LLM, **told})).steps if one.role == "user"] == ["Hi"]


def test_messages_nested_a_thousand_deep_are_no_words() -> None:
    deep = '{"message":' * 900 + "{}" + "}" * 900
    keys = ("input.value", "output.value", "gen_ai.input.messages", "langfuse.observation.output")
    assert len(read(span(1, "x", {**LLM, **dict.fromkeys(keys, deep)})).steps) == 1


def test_what_was_said_before_tracing_began_is_told_once() -> None:
    history = [USER, CALLING, ANSWERED, SPOKEN, {"role": "user", "content": "And now?"}]
    first = span(2, "chat", {**LLM, **openinference("llm.input_messages", history)})
    again = [*history, {"role": "assistant", "content": "Sun."}, {"role": "user", "content": "Thanks"}]
    second = {**span(4, "chat", {**LLM, **openinference("llm.input_messages", again)}), "traceId": "b" * 32}
    shown = [(one.role, one.name or one.text) for one in read(first, second).steps if one.role != "internal"]
    assert shown == [
        ("user", USER["content"]),
        ("tool", "get_weather"),
        ("agent", SPOKEN["content"]),
        ("user", "And now?"),
        ("agent", "Sun."),
        ("user", "Thanks"),
    ]


def test_parallel_calls_find_each_its_answer_and_failure() -> None:
    calls = [{**CALL, "id": f"c{n}"} for n in (1, 2)]
    asked = {"role": "assistant", "content": "", "tool_calls": calls}
    answers = [
        {"role": "tool", "tool_call_id": "c2", "content": "no such city", "status": "error"},
        {"role": "tool", "tool_call_id": "c1", "content": "rain"},
    ]
    keys = ("langfuse.observation.input", "langfuse.observation.output")
    generation = {"langfuse.observation.type": "generation"}
    one = span(2, "chat", {**generation, keys[0]: json.dumps([USER]), keys[1]: json.dumps(asked)})
    two = span(4, "chat", {**generation, keys[0]: json.dumps([USER, asked, *answers]), keys[1]: "Sorry."})
    tools = [
        (t.result, t.is_error, t.error_message) for t in read(span(1, "r", {}), one, two).steps if t.kind == "tool"
    ]
    assert tools == [("rain", False, ""), ("no such city", True, "no such city")]


def test_a_tools_span_without_content_is_completed_by_the_messages_around_it() -> None:
    tool = span(3, "tool", {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "get_weather"}, parent=1)
    asked = {**LLM, **openinference("llm.input_messages", [USER]), **openinference("llm.output_messages", [CALLING])}
    later = {**LLM, **openinference("llm.input_messages", [USER, CALLING, ANSWERED])}
    spans = (span(1, "r", {}), span(2, "chat", asked, parent=1), tool, span(4, "chat", later, parent=1))
    tools = [(one.arguments, one.result) for one in read(*spans).steps if one.kind == "tool"]
    assert tools == [('{"city": "Oslo"}', "rain")]


def test_pictures_are_named_and_not_shown() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 5000}}
    said = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, picture]}]
    found = read(
        span(2, "x", {"langfuse.observation.type": "generation", "langfuse.observation.input": json.dumps(said)})
    )
    assert [one.text for one in found.steps if one.role == "user"] == ["What is it?\n[image]"]
    tool = step({"gen_ai.tool.name": "draw", "gen_ai.tool.call.result": json.dumps({"picture": "A" * 5000})})
    assert tool.result == '{"picture": "[base64, 5000 characters]"}'


def test_keys_that_nothing_reads_are_named_without_their_indexes() -> None:
    told = {"gen_ai.request.model": "gpt", "gen_ai.future.3.thing": "x", "acme.flag": True, "input.value": "Hi"}
    assert unread_keys(spans_of(span(1, "x", told))[0]) == {"gen_ai.future.N.thing", "acme.flag"}


def test_an_agent_at_the_command_line_is_read_from_logs_alone() -> None:
    def record(event: str, second: int, **said: Any) -> dict[str, Any]:
        return {
            "timeUnixNano": f"{1_795_000_000 + second}000000000",
            "body": {"stringValue": f"claude_code.{event}"},
            "attributes": pairs({"session.id": "cc", "event.name": event, **said}),
        }

    records = [
        record("user_prompt", 1, prompt="Fix it"),
        record("api_request", 2, model="claude", input_tokens="10", output_tokens="4", cost_usd="0.01"),
        record(
            "tool_result", 3, tool_name="Bash", success="false", error="exit 1", tool_parameters='{"command": "ls"}'
        ),
    ]
    body = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}).encode()
    found = read_batch("logs", JSON, body)
    assert session_of_trace(found.spans, ()) == "cc"
    told = read_session("cc", found.spans, found.logs)
    shown = [(one.role, one.name or one.text, one.is_error, one.tokens_in, one.cost_usd) for one in told.steps]
    assert [one for one in shown if one[0] != "internal" or one[3]] == [
        ("user", "Fix it", False, None, None),
        ("internal", "claude_code.api_request", False, 10, 0.01),
        ("tool", "Bash", True, None, None),
    ]


@pytest.mark.parametrize(
    ("entered", "arguments"),
    [
        ('{"args": [], "kwargs": {"order": "A-1"}}', '{"order":"A-1"}'),
        ('{"args": ["A-1"], "kwargs": {}}', '["A-1"]'),
        ('{"args": ["A-1"], "kwargs": {"loud": true}}', '{"args": ["A-1"], "kwargs": {"loud": true}}'),
    ],
)
def test_a_decorated_tool_shows_what_it_was_called_with(entered: str, arguments: str) -> None:
    assert step({"traceloop.span.kind": "tool", "traceloop.entity.input": entered}).arguments == arguments
