"""LangSmith's runs as files."""

import json
from pathlib import Path

from accounts.models import Project
from tests.ingest.formats.example import AT, CHILD, RUN, imported, run, spoken
from traces.models import AgentSession, Score


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
