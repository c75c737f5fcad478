"""Langfuse's traces, observations and scores as files."""

from pathlib import Path

import pytest

from accounts.models import Project
from ingest.dialects.langfuse_export import span_of_observation
from ingest.storing import store_telemetry
from tests.ingest.formats.example import AT, LANGFUSE_TRACE, OBSERVATION, OLD_TRACE, TRACE, imported, spoken
from traces.models import AgentSession, Score, Step


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
