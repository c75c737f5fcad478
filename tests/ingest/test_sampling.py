"""A sample of sessions: always the same ones, whole or not at all, and never without what somebody scored."""

import orjson
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Project
from ingest.digest import digest_waiting
from ingest.models import Intake, RawBatch, Trace, TracePart
from ingest.sampling import is_in_sample
from tests.ingest.payloads import export, post, span
from traces.models import AgentSession, Score

NAMES = [f"session-{number}" for number in range(2_000)]


def test_share_of_the_sessions_is_kept() -> None:
    kept = sum(is_in_sample("1", name, 0.25) for name in NAMES)
    assert 400 < kept < 600


def test_projects_have_samples_of_their_own() -> None:
    assert [is_in_sample("1", n, 0.5) for n in NAMES] != [is_in_sample("2", n, 0.5) for n in NAMES]


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_larger_share_holds_the_smaller(name: str, one: float, other: float) -> None:
    small, large = sorted([one, other])
    assert is_in_sample("1", name, large) or not is_in_sample("1", name, small)


def test_whole_share_is_everything() -> None:
    assert all(is_in_sample("1", name, 1.0) for name in NAMES)


@pytest.fixture
def sampled(project: Project) -> Intake:
    return Intake.objects.create(project=project, sample_share=0.5)


def trace_outside(project: Project, number: int = 0) -> str:
    outside = (f"{index:032x}" for index in range(1, 500) if not is_in_sample(str(project.pk), f"{index:032x}", 0.5))
    return [next(outside) for _ in range(number + 1)][-1]


def trace_inside(project: Project) -> str:
    return next(f"{index:032x}" for index in range(1, 500) if is_in_sample(str(project.pk), f"{index:032x}", 0.5))


def send(client: Client, secret: str, trace: str, number: int = 1, **attributes: str) -> None:
    body = export(span(number, trace=trace, attributes={"openinference.span.kind": "AGENT", **attributes}))
    assert post(client, secret, "/v1/traces", body).status_code == 200
    digest_waiting()


def test_trace_outside_of_the_sample_leaves_no_content(client: Client, secret: str, sampled: Intake) -> None:
    send(client, secret, trace_outside(sampled.project))
    assert not AgentSession.objects.exists()
    assert not TracePart.objects.exists()
    assert not RawBatch.objects.exists()
    assert Trace.objects.get().sampled_out


def test_trace_inside_is_kept_with_its_bytes(client: Client, secret: str, sampled: Intake) -> None:
    send(client, secret, trace_inside(sampled.project))
    assert (AgentSession.objects.count(), RawBatch.objects.count()) == (1, 1)


def test_late_span_of_a_trace_that_was_left_out_is_left_out_too(client: Client, secret: str, sampled: Intake) -> None:
    trace = trace_outside(sampled.project)
    send(client, secret, trace)
    send(client, secret, trace, 2, **{"session.id": trace_inside(sampled.project)})
    assert not AgentSession.objects.exists()


def test_session_id_decides_where_there_is_one(client: Client, secret: str, sampled: Intake) -> None:
    inside = trace_inside(sampled.project)
    for number in (0, 1):
        send(client, secret, trace_outside(sampled.project, number), number + 1, **{"session.id": inside})
    assert AgentSession.objects.get().external_id == inside
    assert Trace.objects.filter(session__external_id=inside).count() == 2


def test_session_that_was_scored_first_is_kept(client: Client, secret: str, sampled: Intake) -> None:
    trace = trace_outside(sampled.project)
    post(client, secret, "/api/v1/scores/", orjson.dumps({"name": "thumb", "value": 0, "trace_id": trace}))
    digest_waiting()
    send(client, secret, trace)
    assert AgentSession.objects.get() == Score.objects.get().session


def test_result_without_a_trace_keeps_its_bytes(client: Client, secret: str, sampled: Intake) -> None:
    said = {"gen_ai.evaluation.name": "Relevance", "gen_ai.response.id": "r-1", "gen_ai.evaluation.score.value": "1"}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in said.items()]
    record = {"timeUnixNano": "1795000000000000000", "eventName": "gen_ai.evaluation.result", "attributes": attributes}
    post(client, secret, "/v1/logs", orjson.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}))
    digest_waiting()
    assert Score.objects.get().response_id == "r-1"
    assert RawBatch.objects.count() == 1


@pytest.mark.parametrize(("keep", "kept"), [(True, 1), (False, 0)])
def test_posted_session_can_ask_to_be_kept(
    client: Client, secret: str, sampled: Intake, *, keep: bool, kept: int
) -> None:
    head = {"id": trace_outside(sampled.project), "metadata": {"keep": keep}}
    body = orjson.dumps({"session": head, "steps": [{"kind": "user", "text": "hi"}]})
    assert post(client, secret, "/api/v1/sessions/", body).status_code == 202
    digest_waiting()
    assert AgentSession.objects.count() == kept


def test_stored_session_stays_when_the_share_becomes_smaller(client: Client, secret: str, project: Project) -> None:
    trace = trace_outside(project)
    send(client, secret, trace)
    Intake.objects.create(project=project, sample_share=0.5)
    send(client, secret, trace, 2)
    assert AgentSession.objects.get().step_count == 2
