"""Every file format by an example of its own: what it is read into."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Project
from ingest.dialects.langfuse_export import span_of_observation
from ingest.importing import format_names, import_file
from ingest.importing.recognising import Reader, formats
from ingest.records import Refusal, ScoreRecord, SessionRecord, Telemetry
from ingest.storing import store_telemetry
from traces.models import AgentSession, Score, Step

TRACE = "0af7651916cd43dd8448eb211c80319c"
OLD_TRACE = "5f1c3ad1-3a0f-4b4e-9d3e-111111111111"
RUN, CHILD = "01a1fb67-10a5-7226-984d-66d04e55c4d4", "01a1fb67-10a5-7226-984d-66d11b31263e"
AT = "2026-11-20T23:59:58.109029"


def imported(project: Project, folder: Path, *values: Any, name: str = "a.jsonl") -> list[tuple[str, str, str]]:
    """Kind, role and words of all steps after a file with these lines is imported without refusals."""
    path = folder / name
    path.write_text("\n".join(json.dumps(value) for value in values))
    report = import_file(project, path)
    assert report.refused == []
    return told()


def told() -> list[tuple[str, str, str]]:
    steps = Step.objects.select_related("session__transcript").order_by("session_id", "position")
    return [(step.kind, step.role, step.text or step.result) for step in steps]


def spoken(steps: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(role, words) for _, role, words in steps if role in {"user", "agent"}]


def test_formats_are_known_by_these_names() -> None:
    assert format_names() == tuple(
        sorted(
            (
                *("atif", "autogen", "langfuse", "langsmith", "messages", "misstep"),
                *("mlflow", "otlp", "phoenix", "spans", "tau2", "tau_bench"),
            )
        )
    )


# --- lists of messages ----------------------------------------------------------------------------


def test_a_line_for_fine_tuning_is_a_session(project: Project, tmp_path: Path) -> None:
    talk = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}]
    answers = [[*talk, {"role": "assistant", "content": words}] for words in ("Ho", "Hu")]
    steps = imported(project, tmp_path, *({"messages": messages} for messages in answers))
    assert spoken(steps) == [("user", "Hi"), ("agent", "Ho"), ("user", "Hi"), ("agent", "Hu")]
    assert AgentSession.objects.count() == 2


def test_a_line_of_sharegpt_is_a_session(project: Project, tmp_path: Path) -> None:
    talk = [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Ho"}]
    assert spoken(imported(project, tmp_path, {"id": "c-1", "conversations": talk})) == [
        ("user", "Hi"),
        ("agent", "Ho"),
    ]
    assert AgentSession.objects.get().external_id == "c-1"


def test_a_log_of_a_call_to_anthropic_has_the_system_and_the_answer(project: Project, tmp_path: Path) -> None:
    value = {
        "model": "claude-x",
        "system": "Be kind.",
        "messages": [{"role": "user", "content": "Weather?"}],
        "response": {"role": "assistant", "content": [{"type": "text", "text": "Sunny."}]},
    }
    steps = imported(project, tmp_path, value)
    assert spoken(steps) == [("user", "Weather?"), ("agent", "Sunny.")]
    assert steps[0] == ("other", "internal", "Be kind.")
    assert AgentSession.objects.get().model == "claude-x"


def test_a_log_of_a_call_to_openai_has_the_chosen_answer(project: Project, tmp_path: Path) -> None:
    choices = [{"message": {"role": "assistant", "content": "Sunny."}}]
    value = {"messages": [{"role": "user", "content": "Weather?"}], "choices": choices}
    assert spoken(imported(project, tmp_path, value)) == [("user", "Weather?"), ("agent", "Sunny.")]


def test_a_stored_response_of_openai_is_its_input_and_its_output(project: Project, tmp_path: Path) -> None:
    value = {
        "input": [{"role": "user", "content": "Weather?"}],
        "output": [
            {"type": "function_call", "call_id": "c1", "id": "f1", "name": "look", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "sun"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Sunny."}]},
        ],
    }
    steps = imported(project, tmp_path, value)
    assert steps == [("user", "user", "Weather?"), ("tool", "tool", "sun"), ("agent", "agent", "Sunny.")]


def test_lists_of_langchain_in_three_wrappings_are_the_same(project: Project, tmp_path: Path) -> None:
    plain = [{"type": "human", "content": "Hi"}, {"type": "ai", "content": "Ho"}]
    wrapped = [{"type": item["type"], "data": item} for item in plain]
    kinds = {"human": "HumanMessage", "ai": "AIMessage"}
    built = [
        {"lc": 1, "type": "constructor", "id": ["langchain", kinds[item["type"]]], "kwargs": item} for item in plain
    ]
    assert spoken(imported(project, tmp_path, plain, wrapped, built)) == [("user", "Hi"), ("agent", "Ho")] * 3


# --- LangSmith ------------------------------------------------------------------------------------


def run(**more: Any) -> dict[str, Any]:
    """The root of a run in the thread t-1."""
    return {
        "id": RUN,
        "trace_id": RUN,
        "name": "order agent",
        "run_type": "chain",
        "session_id": "a-project-of-langsmith",
        "start_time": AT,
        "end_time": "2026-11-20T23:59:59.109029",
        "status": "success",
        "inputs": {"messages": [{"role": "user", "content": "Where is it?"}]},
        "outputs": {"output": "On its way."},
        "extra": {"metadata": {"thread_id": "t-1"}},
        **more,
    }


def test_runs_are_one_session_per_thread(project: Project, tmp_path: Path) -> None:
    model = run(
        id=CHILD,
        parent_run_id=RUN,
        run_type="llm",
        inputs={
            "messages": [[{"lc": 1, "id": ["HumanMessage"], "kwargs": {"type": "human", "content": "Where is it?"}}]]
        },
        outputs={
            "generations": [
                [{"text": "On its way.", "message": {"kwargs": {"type": "ai", "content": "On its way."}, "lc": 1}}]
            ]
        },
        prompt_tokens=12,
        completion_tokens=3,
    )
    steps = imported(project, tmp_path, [run(), model], name="runs.json")
    session = AgentSession.objects.get()
    assert (session.external_id, session.tokens_in, session.tokens_out, session.closed) == ("t-1", 12, 3, True)
    assert spoken(steps) == [("user", "Where is it?"), ("agent", "On its way.")]


def test_nested_child_runs_and_json_in_strings_read_the_same(project: Project, tmp_path: Path) -> None:
    tool = {
        "id": CHILD,
        "name": "look up",
        "run_type": "tool",
        "start_time": AT,
        "inputs": {"id": 1},
        "outputs": {"output": "found"},
    }
    bulk = {key: json.dumps(value) if isinstance(value, dict) else value for key, value in run().items()}
    steps = imported(project, tmp_path, {**bulk, "child_runs": [tool]})
    assert AgentSession.objects.get().external_id == "t-1"
    assert [kind for kind, _, _ in steps if kind == "tool"] == ["tool"]


def test_feedback_comes_with_a_run_as_averages_or_one_by_one(project: Project, tmp_path: Path) -> None:
    single = {"id": "f-1", "key": "thumb", "score": 1, "feedback_source": {"type": "app"}, "comment": "Nice"}
    stats = {"correct": {"n": 2, "avg": 0.5}, "none": {"n": 0, "avg": None}}
    imported(project, tmp_path, run(feedback=[single]), run(feedback_stats=stats))
    found = Score.objects.order_by("name").values_list("name", "value", "annotator_kind", "session__external_id")
    assert list(found) == [("correct", 0.5, "code", "t-1"), ("thumb", 1.0, "human", "t-1")]


# --- Langfuse -------------------------------------------------------------------------------------

OBSERVATION = {
    "id": "e5a76f27f51ad40e",
    "traceId": TRACE,
    "type": "GENERATION",
    "name": "chat",
    "startTime": f"{AT}Z",
    "endTime": "2026-11-20T23:59:59.000Z",
    "input": json.dumps([{"role": "user", "content": "Hi"}]),
    "output": json.dumps({"role": "assistant", "content": "Ho"}),
    "model": "m-1",
    "usageDetails": {"input": 5, "output": 6},
}
LANGFUSE_TRACE = {
    "id": TRACE,
    "timestamp": f"{AT}Z",
    "name": "a trace",
    "sessionId": "s-1",
    "userId": "u-1",
    "input": "Hi",
    "output": "Ho",
}


def test_traces_observations_and_scores_may_come_in_three_files_in_any_order(project: Project, tmp_path: Path) -> None:
    score = {"id": "sc-1", "traceId": TRACE, "name": "thumb", "value": 1, "dataType": "BOOLEAN", "source": "ANNOTATION"}
    exported = {"id": "e5a76f27f51ad40e", "trace_id": TRACE, "start_time": f"{AT}Z", **OBSERVATION}
    del exported["traceId"], exported["startTime"]
    imported(project, tmp_path, score, name="scores.jsonl")
    alone = imported(project, tmp_path, LANGFUSE_TRACE, name="traces.jsonl")
    assert spoken(alone) == [("user", "Hi"), ("agent", "Ho")], "a trace alone speaks for itself"
    both = imported(project, tmp_path, exported, name="observations.jsonl")
    assert spoken(both) == [("user", "Hi"), ("agent", "Ho")], "and is silent when its spans are here"
    session = AgentSession.objects.get()
    assert (session.external_id, session.tokens_in) == ("s-1", 5)
    assert list(Score.objects.values_list("name", "session")) == [("thumb", session.pk)]


def test_an_answer_of_the_api_is_a_list_under_data(project: Project, tmp_path: Path) -> None:
    steps = imported(project, tmp_path, {"data": [{**LANGFUSE_TRACE, "observations": [OBSERVATION]}], "meta": {}})
    assert spoken(steps) == [("user", "Hi"), ("agent", "Ho")]


def test_a_trace_of_the_old_sdk_is_the_root_of_its_observations(project: Project, tmp_path: Path) -> None:
    tool = {"id": "o-1", "traceId": OLD_TRACE, "type": "TOOL", "name": "look", "startTime": f"{AT}Z", "output": "found"}
    trace = {**LANGFUSE_TRACE, "id": OLD_TRACE, "observations": [tool, {**OBSERVATION, "traceId": OLD_TRACE}]}
    steps = imported(project, tmp_path, trace)
    assert spoken(steps) == [("user", "Hi"), ("agent", "Ho")]
    assert ("tool", "tool", "found") in steps


@pytest.mark.django_db
def test_a_file_and_a_door_make_the_same_step(project: Project, tmp_path: Path) -> None:
    from django.utils import timezone  # noqa: PLC0415 # beside the one call that wants it

    imported(project, tmp_path, OBSERVATION)
    keys = set(Step.objects.values_list("key", flat=True))
    assert store_telemetry(project, [span_of_observation(OBSERVATION)], [], timezone.now()) == []
    assert set(Step.objects.values_list("key", flat=True)) == keys


# --- MLflow ---------------------------------------------------------------------------------------


def test_assessments_of_mlflow_are_scores_of_people_judges_and_code(project: Project, tmp_path: Path) -> None:
    def assessment(kind: str, name: str, **more: Any) -> dict[str, Any]:
        return {
            "assessment_id": f"a-{name}",
            "assessment_name": name,
            "source": {"source_type": kind, "source_id": "x"},
            **more,
        }

    value = {
        "info": {
            "trace_id": f"tr-{TRACE}",
            "trace_metadata": {"mlflow.trace.session": "s-1", "mlflow.trace.user": "u-1"},
            "assessments": [
                assessment("HUMAN", "thumb", feedback={"value": True}),
                assessment("LLM_JUDGE", "grade", feedback={"value": "good"}, rationale="because"),
                assessment("CODE", "length", feedback={"value": 7}, span_id="t3qcK/KVeOE="),
            ],
        },
        "data": {
            "spans": [
                {
                    "span_id": "t3qcK/KVeOE=",
                    "name": "agent",
                    "start_time_unix_nano": 1795219416162133729,
                    "end_time_unix_nano": 1795219416299116599,
                    "attributes": {
                        "mlflow.spanType": '"AGENT"',
                        "mlflow.spanInputs": '{"q": "Hi"}',
                        "mlflow.spanOutputs": '"Ho"',
                    },
                }
            ]
        },
    }
    assert spoken(imported(project, tmp_path, value)) == [("user", "Hi"), ("agent", "Ho")]
    session = AgentSession.objects.get()
    assert (session.external_id, session.user_ref) == ("s-1", "u-1")
    found = Score.objects.order_by("name").values_list("name", "value", "label", "annotator_kind", "span_id", "session")
    assert list(found) == [
        ("grade", None, "good", "llm", "", session.pk),
        ("length", 7.0, "", "code", "b77a9c2bf29578e1", session.pk),
        ("thumb", 1.0, "true", "human", "", session.pk),
    ]


# --- Phoenix --------------------------------------------------------------------------------------

ROW = {
    "context.trace_id": TRACE,
    "context.span_id": "b77a9c2bf29578e1",
    "parent_id": None,
    "name": "chat",
    "span_kind": "LLM",
    "start_time": "2026-11-20T23:59:58.109029+00:00",
    "end_time": "2026-11-20T23:59:59.109029+00:00",
    "status_code": "OK",
    "events": [],
    "attributes.session": {"id": "s-1"},
    "attributes.llm.input_messages": [{"message.role": "user", "message.content": "Hi"}],
    "attributes.llm.output_messages": [{"message": {"role": "assistant", "content": "Ho"}}],
    "attributes.llm.token_count.prompt": 12.0,
}


def orientations() -> dict[str, Any]:
    span_id = ROW["context.span_id"]
    rest = {key: value for key, value in ROW.items() if key != "context.span_id"}
    return {
        "records": [ROW],
        "columns": {key: {span_id: value} for key, value in rest.items()},
        "split": {"columns": list(rest), "index": [span_id], "data": [list(rest.values())]},
        "table": {"schema": {"fields": []}, "data": [ROW]},
    }


@pytest.mark.parametrize("orientation", orientations())
def test_a_data_frame_in_any_orientation_is_its_spans(project: Project, tmp_path: Path, orientation: str) -> None:
    path = tmp_path / "frame.json"
    path.write_text(json.dumps(orientations()[orientation]))
    assert import_file(project, path).refused == []
    assert spoken(told()) == [("user", "Hi"), ("agent", "Ho")]
    session = AgentSession.objects.get()
    assert (session.external_id, session.tokens_in) == ("s-1", 12)


def test_a_data_frame_as_csv_has_cells_in_pythons_notation(project: Project, tmp_path: Path) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROW))
    writer.writeheader()
    writer.writerow(ROW)  # as pandas does: str() of each cell
    path = tmp_path / "frame.csv"
    path.write_text(text.getvalue())
    assert import_file(project, path).refused == []
    assert spoken(told()) == [("user", "Hi"), ("agent", "Ho")]


def test_spans_of_phoenixs_api_are_read(project: Project, tmp_path: Path) -> None:
    span: dict[str, Any] = {
        "name": "agent",
        "context": {"trace_id": TRACE, "span_id": "b77a9c2bf29578e1"},
        "span_kind": "AGENT",
        "parent_id": None,
        "start_time": AT,
        "end_time": AT,
        "status_code": "ERROR",
        "status_message": "it broke",
        "attributes": {"input.value": "Hi", "output.value": "Ho", "session.id": "s-1"},
        "events": [],
    }
    assert spoken(imported(project, tmp_path, {"data": [span], "next_cursor": None})) == [
        ("user", "Hi"),
        ("agent", "Ho"),
    ]
    step = Step.objects.get(kind="agent")
    assert (step.is_error, step.error_message, AgentSession.objects.get().status) == (True, "it broke", "error")


# --- spans as programs print them -----------------------------------------------------------------


@pytest.mark.parametrize(
    "span",
    [
        {  # Python's console
            "name": "agent",
            "context": {"trace_id": f"0x{TRACE}", "span_id": "0xb77a9c2bf29578e1", "trace_state": "[]"},
            "kind": "SpanKind.INTERNAL",
            "parent_id": None,
            "start_time": f"{AT}Z",
            "end_time": f"{AT}Z",
            "status": {"status_code": "ERROR", "description": "it broke"},
            "resource": {"attributes": {"service.name": "shop"}, "schema_url": ""},
        },
        {  # JavaScript's console
            "traceId": TRACE,
            "id": "b77a9c2bf29578e1",
            "name": "agent",
            "timestamp": 1795219198109029,
            "duration": 1500,
            "status": {"code": 2, "message": "it broke"},
            "resource": {"attributes": {"service.name": "shop"}},
        },
        {  # any-agent: numbers over 64 bits
            "name": "agent",
            "context": {"trace_id": int(TRACE, 16), "span_id": int("b77a9c2bf29578e1", 16)},
            "parent": None,
            "start_time": 1795219198109029000,
            "end_time": 1795219198110529000,
            "status": {"status_code": "error", "description": "it broke"},
            "resource": {"attributes": {"service.name": "shop"}},
        },
    ],
)
def test_printed_spans_are_read(project: Project, tmp_path: Path, span: dict[str, Any]) -> None:
    attributes = {"gen_ai.operation.name": "invoke_agent", "input.value": "Hi", "output.value": "Ho"}
    steps = imported(project, tmp_path, [{**span, "attributes": attributes}])
    assert spoken(steps) == [("user", "Hi"), ("agent", "Ho")]
    step = Step.objects.get(kind="agent")
    assert (step.trace_id, step.span_id, step.error_message) == (TRACE, "b77a9c2bf29578e1", "it broke")
    assert str(AgentSession.objects.get().started_at) == "2026-11-20 23:59:58.109029+00:00"


def test_collectors_lines_of_spans_and_logs_may_be_mixed(project: Project, tmp_path: Path) -> None:
    ids = {"traceId": TRACE, "spanId": "b77a9c2bf29578e1"}
    span = {**ids, "name": "chat", "startTimeUnixNano": "1795219198109029000", "endTimeUnixNano": "1795219198209029000"}
    kind = {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}
    said = {"key": "content", "value": {"stringValue": "Hi"}}
    log = {
        **ids,
        "eventName": "gen_ai.user.message",
        "timeUnixNano": "1795219198109029000",
        "body": {"kvlistValue": {"values": [said]}},
    }
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [log]}]}]}
    spans = {"resourceSpans": [{"scopeSpans": [{"spans": [{**span, "attributes": [kind]}]}]}]}
    tempo = {"batches": spans["resourceSpans"]}
    assert spoken(imported(project, tmp_path, logs, spans, tempo))[:1] == [("user", "Hi")]


# --- trajectories and logs ------------------------------------------------------------------------


def test_an_atif_trajectory_joins_calls_with_what_was_observed(project: Project, tmp_path: Path) -> None:
    call = {"tool_call_id": "c-1", "function_name": "look", "arguments": {"id": 1}}
    metrics = {"prompt_tokens": 10, "completion_tokens": 2, "cost_usd": 0.5}
    value = {
        "schema_version": "ATIF-v1.4",
        "session_id": "t-1",
        "agent": {"name": "shopper", "version": "2.0", "model_name": "m-1"},
        "steps": [
            {"step_id": 1, "timestamp": f"{AT}Z", "source": "user", "message": "Where is it?"},
            {
                "step_id": 2,
                "source": "agent",
                "message": "",
                "tool_calls": [call],
                "observation": {"results": [{"source_call_id": "c-1", "content": "on its way"}]},
                "metrics": metrics,
            },
            {"step_id": 3, "source": "agent", "message": "On its way.", "is_copied_context": False},
        ],
    }
    steps = imported(project, tmp_path, value)
    assert [step for step in steps if step[0] != "llm"] == [
        ("user", "user", "Where is it?"),
        ("tool", "tool", "on its way"),
        ("agent", "agent", "On its way."),
    ]
    session = AgentSession.objects.get()
    assert (session.external_id, session.workflow, session.release, session.model) == ("t-1", "shopper", "2.0", "m-1")
    assert (session.tokens_in, session.cost_usd) == (10, 0.5)


def test_autogens_log_is_one_session_without_repetitions(project: Project, tmp_path: Path) -> None:
    asked = {"role": "user", "content": "Yes"}
    call = {
        "role": "assistant",
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}],
    }
    answer = {"role": "tool", "tool_call_id": "c1", "content": "found"}

    def event(messages: list[Any], said: dict[str, Any]) -> dict[str, Any]:
        response = {"choices": [{"message": said}], "created": 1795219198}
        return {
            "type": "LLMCall",
            "messages": messages,
            "response": response,
            "prompt_tokens": 5,
            "completion_tokens": 1,
            "agent_id": "helper/run-7",
        }

    done = {"role": "assistant", "content": "Done."}
    steps = imported(
        project,
        tmp_path,
        event([asked], call),
        {"type": "ToolCall", "tool_name": "look", "arguments": {}, "result": "found", "agent_id": "helper/run-7"},
        event([asked, call, answer], done),
        event([asked, call, answer, done, asked], {"role": "assistant", "content": "Still done."}),
    )
    assert spoken(steps) == [("user", "Yes"), ("agent", "Done."), ("user", "Yes"), ("agent", "Still done.")]
    assert [words for kind, _, words in steps if kind == "tool"] == ["found"]
    session = AgentSession.objects.get()
    assert (session.external_id, session.tokens_in) == ("run-7", 15)


def test_simulations_without_ids_are_sessions_of_their_own(project: Project, tmp_path: Path) -> None:
    simulations = [{"task_id": "1", "messages": [{"role": "user", "content": words}]} for words in ("Hi", "Ho", "Hi")]
    assert len(imported(project, tmp_path, {"info": {}, "simulations": simulations})) == 2
    assert AgentSession.objects.count() == 2


# --- any format -----------------------------------------------------------------------------------


def test_only_the_format_that_was_asked_for_is_read(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(run()))
    assert str(import_file(project, path, file_format="langfuse").refused[0]) == "is not in the format langfuse"
    assert import_file(project, path, file_format="langsmith").sessions_added == 1


STRANGE: list[Any] = [None, 0, -1, 1.5, True, "", "x", [], [None], {}, {"a": None}, [[]], {"id": {}}, "\x00", "[" * 50]


@pytest.mark.parametrize("strange", STRANGE, ids=repr)
def test_nothing_strange_in_any_field_breaks_a_format(strange: Any) -> None:
    """Each member of each example, and of what is in it, is replaced in turn: read or refused, never an exception."""
    examples: list[dict[str, Any]] = [
        run(feedback=[{"key": "k", "score": 1}], child_runs=[run(id=CHILD)]),
        {"trace": {**LANGFUSE_TRACE, "scores": [{"name": "n", "value": 1}]}, "observations": [OBSERVATION]},
        {
            "info": {"trace_id": "tr-1", "assessments": [{"assessment_name": "n"}]},
            "data": {"spans": [{"span_id": "a", "attributes": {}}]},
        },
        ROW,
        {
            "schema_version": "ATIF-v1",
            "agent": {},
            "steps": [{"source": "agent", "tool_calls": [{}], "observation": {"results": [{}]}}],
        },
        {
            "name": "n",
            "context": {"trace_id": 1, "span_id": 2},
            "start_time": 1,
            "attributes": {},
            "events": [{}],
            "links": [{}],
            "status": {},
        },
        {"type": "LLMCall", "messages": [{}], "response": {"choices": [{"message": {}}]}, "agent_id": "a/b"},
        {"info": {"agent_info": {}}, "simulations": [{"id": "1", "messages": [{}], "reward_info": {"reward": 1}}]},
        {"task_id": 1, "traj": [{"role": "user", "content": "x"}], "reward": 1},
        {"model": "m", "system": "s", "messages": [{"role": "user", "content": "x"}], "response": {}},
    ]
    entries = list(Reader().entries((value, 1) for example in examples for value in _variants(example, strange)))
    assert len(entries) >= len(examples)
    assert all(isinstance(entry, SessionRecord | Telemetry | ScoreRecord | Refusal) for entry in entries)
    assert [str(entry) for entry in entries if "cannot be read" in str(entry)] == []


def _variants(value: Any, strange: Any) -> Any:
    """The value with each of its members, at any depth, replaced by `strange` in turn."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield {**value, key: strange}
            yield from ({**value, key: other} for other in _variants(inner, strange))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in _variants(inner, strange))


def test_every_format_has_a_rank_of_its_own() -> None:
    assert len({known.rank for known in formats()}) == len(formats())
