"""The tools that an agent was offered, out of whatever a client sends of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project
from ingest.conversation import read_session
from ingest.dialects.offers import MOST_ARGUMENTS, MOST_TOOLS, offered_in
from ingest.dialects.ours import read_session as read_ours
from ingest.dialects.registry import members
from ingest.digest import digest_waiting
from ingest.importing import import_file
from ingest.receiving import JSON, decode
from ingest.records import SessionRecord
from tests.conftest import SHARED_DATA
from tests.ingest.payloads import export, replay, span
from traces.models import AgentSession, Signal, Transcript
from traces.records import ToolSchema
from traces.settling import settle_quiet

SCHEMA = {"type": "object", "properties": {"order_id": {"type": "string"}, "why": {}}, "required": ["order_id"]}
REFUND = ToolSchema("refund", ("order_id",), ("order_id", "why"))
OPENAI = {"type": "function", "function": {"name": "refund", "description": "…", "parameters": SCHEMA}}
SHAPES: dict[str, Any] = {
    "OpenAI chat": [OPENAI],
    "OpenAI responses": [{"type": "function", "name": "refund", "parameters": SCHEMA, "strict": True}],
    "Anthropic": [{"name": "refund", "description": "…", "input_schema": SCHEMA}],
    "MCP and AI SDK": [{"type": "function", "name": "refund", "inputSchema": SCHEMA}],
    "AI SDK 5": [{"type": "function", "name": "refund", "inputSchema": {"jsonSchema": SCHEMA}}],
    "texts of JSON": [json.dumps(OPENAI)],
    "JSON": json.dumps([OPENAI]),
    "JSON of JSON": json.dumps(json.dumps([OPENAI])),
    "OpenInference": [{"tool": {"json_schema": json.dumps(OPENAI)}}],
    "BeeAI": [{"tool.json_schema": json.dumps(OPENAI)}],
    "Bedrock": {"toolConfig": {"tools": [{"toolSpec": {"name": "refund", "inputSchema": {"json": SCHEMA}}}]}},
    "Gemini": {"config": {"tools": [{"function_declarations": [{"name": "refund", "parameters": SCHEMA}]}]}},
    "Pydantic AI": {"function_tools": [{"name": "refund", "parameters_json_schema": SCHEMA}], "output_tools": []},
    "LangChain": {"invocation_params": {"model": "gpt-4o", "tools": [OPENAI]}},
    "a request": {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], "tools": [OPENAI]},
    "Langfuse": {"temperature": "1", "tools": json.dumps([OPENAI])},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_offered_in_reads_every_shape(shape: str) -> None:
    assert offered_in(SHAPES[shape]) == {"refund": REFUND}


@pytest.mark.parametrize(
    "nothing",
    [
        *(None, "", "refund", 7, {}, [], [None, 7, ""], "not json", "[broken", {"tools": "none"}, {"tools": None}),
        {"temperature": 0.7, "max_tokens": 100, "stop": ["END"]},
        {"messages": [{"role": "user", "name": "Ada", "content": "Which tools have you got?"}]},
        {"config": [{"name": "Ada"}], "data": [{"name": "Bob"}]},
        ["two words", "Ünï"],
    ],
)
def test_offered_in_finds_none_where_there_are_none(nothing: Any) -> None:
    assert offered_in(nothing) == {}


def test_offered_in_keeps_names_without_a_schema() -> None:
    assert offered_in(["refund", "mcp/get-order"]) == {name: ToolSchema(name) for name in ("refund", "mcp/get-order")}


def test_offered_in_is_bounded() -> None:
    schema = {"properties": {f"a{n}": {} for n in range(500)}, "required": [f"a{n}" for n in range(500)]}
    found = offered_in([{"name": f"tool{n}" * 100, "parameters": schema} for n in range(900)])
    assert len(found) == MOST_TOOLS
    assert {(len(tool.required), len(tool.takes)) for tool in found.values()} == {(MOST_ARGUMENTS, MOST_ARGUMENTS)}
    assert max(map(len, found)) <= 200


def test_offered_in_survives_what_nests_without_end() -> None:
    nested: Any = [OPENAI]
    for _ in range(300):
        nested = {"tools": [nested], "config": {"tools": nested}}
    assert offered_in(nested) == {}


ATTRIBUTES = {
    "GenAI": {"gen_ai.tool.definitions": json.dumps([OPENAI])},
    "OpenInference": {"llm.tools.0.tool.json_schema": json.dumps(OPENAI)},
    "OpenInference, parameters only": {"llm.invocation_parameters": json.dumps({"tools": [OPENAI]})},
    "OpenInference, input only": {
        "openinference.span.kind": "LLM",
        "input.value": json.dumps({"messages": [], "tools": [OPENAI]}),
    },
    "OpenLLMetry": {
        "llm.request.functions.0.name": "refund",
        "llm.request.functions.0.parameters": json.dumps(SCHEMA),
    },
    "AI SDK": {"ai.prompt.tools": json.dumps([json.dumps(OPENAI)])},
    "Langfuse": {"langfuse.observation.model.parameters": json.dumps({"tools": [OPENAI]})},
    "Pydantic AI": {"model_request_parameters": json.dumps(SHAPES["Pydantic AI"])},
    "MLflow": {"mlflow.chat.tools": json.dumps([OPENAI])},
    "MLflow, inputs only": {
        "mlflow.spanType": '"CHAT_MODEL"',
        "mlflow.spanInputs": json.dumps({"messages": [], "tools": [OPENAI]}),
    },
    "ADK": {"gcp.vertex.agent.llm_request": json.dumps(SHAPES["Gemini"])},
}


def told(*spans: dict[str, Any]) -> SessionRecord:
    return read_session("s", decode("traces", JSON, export(*spans)).spans, [])


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_span_tells_its_tools_in_every_dialect(name: str) -> None:
    assert told(span(1, attributes=ATTRIBUTES[name])).tools == {"refund": REFUND}


def test_of_two_offers_of_a_tool_the_later_counts_whatever_came_first() -> None:
    spans = [
        span(1, attributes={"gen_ai.tool.definitions": '["refund", "look_up"]'}),
        span(2, attributes=ATTRIBUTES["GenAI"]),
    ]
    expected = {"refund": REFUND, "look_up": ToolSchema("look_up")}
    assert told(*spans).tools == told(*spans[::-1]).tools == expected


def test_our_own_json_may_tell_the_tools() -> None:
    [session] = read_ours({"session": {"id": "s"}, "messages": [], "tools": [OPENAI]})
    assert isinstance(session, SessionRecord)
    assert session.tools == {"refund": REFUND}


def test_a_log_of_a_request_tells_its_tools() -> None:
    [request] = [one for one in members("FORMAT") if one.name == "messages"]
    said = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], "tools": [OPENAI]}
    [session] = request.read(said, 0)
    assert session.tools == {"refund": REFUND}


GET_ORDER = {"get_order": ToolSchema("get_order", ("order_id",), ("order_id",))}
CAPTURED = {
    "10_openai_openinference": GET_ORDER,
    "11_openai_traceloop": GET_ORDER,
    "14_openllmetry_legacy_0.40": {"get_order": ToolSchema("get_order", (), ("order_id",))},
    "15_langgraph_openinference": GET_ORDER,
    "18_vercel_ai_genai_json": GET_ORDER,
    "21_mlflow_otlp": {},
    "03_genai_semconv_gzip": {},
    "01_openinference_gzip": {},
}


@pytest.mark.shared_data
@pytest.mark.parametrize("folder", CAPTURED)
def test_a_real_clients_tools_are_kept(client: Client, project: Project, secret: str, folder: str) -> None:
    assert replay(client, secret, folder, 1).status_code == 200
    digest_waiting()
    assert [one.tools for one in Transcript.objects.all()] == [CAPTURED[folder]] * AgentSession.objects.count()


EXPORTED = {
    "langfuse/csharp-agent-with-gemini-2026-03-09.trace.json": {"final_result", "get_adset_infos", "get_custom_report"},
    "langfuse/microsoft-agent-2025-12-17.trace.json": {"get_weather"},
    "langfuse/google-adk-2025-08-28.trace.json": {"say_hello"},
    "langfuse/openai-agents-2025-09-30.trace.json": {"get_weather"},
    "langfuse/pydantic-ai-with-gemini-2025-12-24.trace.json": set(),
}


@pytest.mark.shared_data
@pytest.mark.parametrize("path", EXPORTED)
def test_an_exports_tools_are_kept(project: Project, path: str) -> None:
    import_file(project, SHARED_DATA / "sessions" / "otel" / path)
    assert {*Transcript.objects.get().tools} == EXPORTED[path]


def test_another_offer_is_a_change_of_the_session_and_the_same_is_none(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "session.json"
    revisions = []
    for tools in ([], [OPENAI], [OPENAI]):
        file.write_text(json.dumps({"session": {"id": "s"}, "steps": [{"kind": "user", "text": "Hi"}], "tools": tools}))
        import_file(project, file)
        revisions.append(AgentSession.objects.get().revision)
    assert (revisions, Transcript.objects.get().tools) == ([1, 2, 2], {"refund": REFUND})


def test_a_call_that_left_out_what_the_offer_requires_is_told_as_a_signal(project: Project, tmp_path: Path) -> None:
    called = {"kind": "tool", "name": "refund", "arguments": {"why": "late"}, "error": "no order", "key": "k2"}
    said = {"session": {"id": "s"}, "steps": [{"kind": "user", "text": "Refund!"}, called], "tools": [OPENAI]}
    (tmp_path / "session.json").write_text(json.dumps(said))
    import_file(project, tmp_path / "session.json")
    settle_quiet(timezone.now())
    signal = Signal.objects.get(kind="invalid_call")
    assert (signal.step_key, signal.sentence) == (
        "k2",
        '“refund” was called without “order_id”, which it needs: it was given “{"why":"late"}”.',
    )
