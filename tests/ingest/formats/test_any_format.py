"""What holds of every file format."""

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Project
from ingest.importing import format_names, import_file
from ingest.importing.recognising import Reader, formats
from ingest.records import Refusal, ScoreRecord, SessionRecord, Telemetry
from tests.ingest.formats.example import CHILD, LANGFUSE_TRACE, OBSERVATION, ROW, run


def test_formats_are_known_by_these_names() -> None:
    assert format_names() == tuple(
        sorted(
            (
                *("atif", "autogen", "langfuse", "langsmith", "messages", "misstep"),
                *("mlflow", "otlp", "phoenix", "spans", "tau2", "tau_bench"),
            )
        )
    )


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
