"""Trajectories and logs of agents."""

from pathlib import Path
from typing import Any

from accounts.models import Project
from tests.ingest.formats.example import AT, imported, spoken
from traces.models import AgentSession


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
