"""What is kept no longer goes, what people judged stays, and the dry run says exactly what will happen."""

import uuid
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Project, Role, Scope
from annotate.actions.comments import add_comment
from annotate.models import QueueItem, Review
from common.errors import Refused
from ingest.digest import digest_waiting
from ingest.models import BatchState, Intake, RawBatch, Removal, Trace, TracePart
from ingest.retention import SLICE, Removed, apply, delete_session, plan
from ingest.tasks import retain
from tests.builders import (
    make_failure,
    make_key,
    make_member,
    make_project,
    make_queue,
    make_review,
    make_session,
    make_slot,
    make_talk,
)
from tests.ingest.payloads import TRACE, export, post, span
from traces.models import AgentSession, Score, Signal, Step, Transcript

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def month(project: Project) -> Intake:
    return Intake.objects.create(project=project, keep_sessions_days=30, keep_raw_days=7)


def aged(project: Project, name: str, days: int, **fields: Any) -> AgentSession:
    return make_session(project, name, last_received_at=NOW - timedelta(days=days), **fields)


def batch(project: Project, days: int, state: BatchState = BatchState.DONE) -> RawBatch:
    when = NOW - timedelta(days=days)
    return RawBatch.objects.create(
        project=project, door="traces", body=b"", sha256=str(days), received_at=when, state=state
    )


def names(project: Project) -> list[str]:
    return list(
        AgentSession.objects.filter(project=project).order_by("external_id").values_list("external_id", flat=True)
    )


def test_projects_know_from_when_on_they_are_whole(project: Project) -> None:
    def since() -> datetime | None:
        return Project.objects.get(pk=project.pk).whole_since

    apply(project, NOW)
    assert since() is None
    intake = Intake.objects.create(project=project, keep_sessions_days=30)
    apply(project, NOW)
    assert since() == NOW - timedelta(days=30)
    apply(project, NOW + timedelta(days=1))
    assert since() == NOW - timedelta(days=29)
    # What is gone does not come again.
    for days in (90, None):
        intake.keep_sessions_days = days
        intake.save()
        apply(project, NOW + timedelta(days=2))
        assert since() == NOW - timedelta(days=29)


def test_old_session_goes_with_all_its_rows(project: Project, month: Intake) -> None:
    old, new = aged(project, "old", 31), aged(project, "new", 29)
    make_talk(old), make_talk(new)
    Signal.objects.create(session=old, kind="x", strength=1, sentence="x")
    Score.objects.create(project=project, session=old, identity="1", name="thumb")
    assert apply(project, NOW) == Removed(sessions=1)
    assert names(project) == ["new"]
    assert set(Step.objects.values_list("session__external_id", flat=True)) == {"new"}
    assert Transcript.objects.count() == 1
    assert not Score.objects.exists()


def test_session_that_people_judged_stays(project: Project, month: Intake) -> None:
    reviewer = make_member(project, Role.REVIEWER)
    judged = aged(project, "judged", 90)
    make_failure(make_review(judged, reviewer))
    assert not apply(project, NOW)
    assert names(project) == ["judged"]
    assert Review.objects.count() == 1


def test_session_that_somebody_commented_on_stays(project: Project, month: Intake) -> None:
    reviewer = make_member(project, Role.REVIEWER)
    talked = aged(project, "talked", 90)
    comment = add_comment(session=talked, author=reviewer, client_id=uuid.uuid4(), text="Is it so?", for_lead=True)
    assert not apply(project, NOW)
    with pytest.raises(Refused, match="commented on"):
        delete_session(comment.session)


def test_session_that_only_waits_in_a_queue_goes(project: Project, month: Intake) -> None:
    make_slot(make_queue(project), aged(project, "queued", 31))
    assert apply(project, NOW).sessions == 1
    assert not QueueItem.objects.exists()


def test_without_a_time_sessions_are_kept_for_ever(project: Project) -> None:
    aged(project, "old", 5_000)
    batch(project, 15)
    assert apply(project, NOW) == Removed(batches=1)
    assert names(project) == ["old"]


def test_waiting_and_failed_batches_are_not_lost(project: Project, month: Intake) -> None:
    batch(project, 8), batch(project, 400, BatchState.WAITING), batch(project, 29, BatchState.FAILED)
    batch(project, 31, BatchState.FAILED), batch(project, 6)
    assert apply(project, NOW).batches == 2
    assert RawBatch.objects.count() == 3


def test_session_of_which_something_comes_meanwhile_stays(
    project: Project, month: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    aged(project, "old", 31), aged(project, "woken", 31)

    def step_in(_: Project) -> None:
        AgentSession.objects.filter(external_id="woken").update(last_received_at=NOW)

    monkeypatch.setattr("ingest.storing.fence.step_in", step_in)
    assert apply(project, NOW).sessions == 1
    assert names(project) == ["woken"]


def test_stray_score_goes_and_another_stays(project: Project, month: Intake) -> None:
    for identity, days, session in (("a", 31, None), ("b", 29, None), ("c", 31, aged(project, "new", 1))):
        Score.objects.create(project=project, identity=identity, name="x", session=session)
        Score.objects.filter(identity=identity).update(created_at=NOW - timedelta(days=days))
    assert apply(project, NOW).scores == 1
    assert set(Score.objects.values_list("identity", flat=True)) == {"b", "c"}


def test_plan_says_exactly_what_goes(project: Project, month: Intake) -> None:
    reviewer = make_member(project, Role.REVIEWER)
    make_review(aged(project, "judged", 90), reviewer)
    for number in range(7):
        aged(project, f"old-{number}", 40 + number)
    batch(project, 8)
    found = plan(project, month, NOW)
    assert (found.sessions, found.held, found.batches, found.scores) == (7, 1, 1, 0)
    assert found.oldest == NOW - timedelta(days=46)
    assert [session.external_id for session in found.examples] == [f"old-{n}" for n in (6, 5, 4, 3, 2)]
    removed = apply(project, NOW)
    assert (removed.sessions, removed.batches) == (found.sessions, found.batches)
    assert not plan(project, month, NOW)


def test_run_that_was_stopped_goes_on(project: Project, month: Intake) -> None:
    AgentSession.objects.bulk_create(
        AgentSession(project=project, external_id=str(n), last_received_at=NOW - timedelta(days=31))
        for n in range(SLICE + 1)
    )
    heard: list[int] = []
    assert apply(project, NOW, slices=1, hear=lambda so_far: heard.append(so_far.sessions)).sessions == SLICE
    assert heard == [SLICE]
    assert apply(project, NOW).sessions == 1
    assert list(Removal.objects.order_by("pk").values_list("sessions", flat=True)) == [SLICE, 1]


def test_other_projects_are_left_alone(project: Project, month: Intake) -> None:
    other = make_project("other")
    aged(other, "old", 400)
    apply(project, NOW)
    assert names(other) == ["old"]


def test_sweep_applies_every_project_s_rule(project: Project, month: Intake) -> None:
    make_session(project, "old", last_received_at=datetime(2020, 1, 1, tzinfo=UTC))
    retain()
    assert names(project) == []
    assert Removal.objects.get().actor is None


def test_command_tells_first_and_then_removes(project: Project, month: Intake) -> None:
    make_session(project, "old", last_received_at=datetime(2020, 1, 1, tzinfo=UTC))
    out, err = StringIO(), StringIO()
    call_command("apply_retention", "--project", project.slug, "--dry-run", stdout=out)
    assert (
        "1 sessions, 0 raw batches and 0 stray scores would go, the oldest last heard of on 2020-01-01"
        in out.getvalue()
    )
    assert names(project) == ["old"]
    call_command("apply_retention", "--all", stdout=out, stderr=err)
    assert "1 sessions, 0 raw batches and 0 stray scores removed" in out.getvalue()
    with pytest.raises(CommandError, match="no project"):
        call_command("apply_retention", "--project", "nobody")


# --- on request -------------------------------------------------------------------------------------


@pytest.fixture
def sent(client: Client, secret: str, project: Project) -> AgentSession:
    said = {"openinference.span.kind": "AGENT", "output.value": "hi", "session.id": "s-1"}
    post(client, secret, "/v1/traces", export(span(1, attributes=said)))
    post(client, secret, "/v1/traces", export(span(1, trace="b" * 32, attributes={**said, "session.id": "s-2"})))
    post(client, secret, "/api/v1/scores/", orjson.dumps({"name": "thumb", "value": 1, "session_id": "s-1"}))
    digest_waiting()
    return AgentSession.objects.get(external_id="s-1")


def test_deleted_session_leaves_no_bytes(sent: AgentSession, project: Project) -> None:
    assert delete_session(sent) == Removed(sessions=1, batches=2, scores=1)
    assert names(project) == ["s-2"]
    assert RawBatch.objects.count() == 1
    assert not TracePart.objects.filter(trace__trace_id=TRACE).exists()
    assert not Score.objects.exists()
    assert Removal.objects.get().reason == "On request"


def test_deleted_session_does_not_come_back(client: Client, secret: str, sent: AgentSession, project: Project) -> None:
    delete_session(sent)
    post(client, secret, "/v1/traces", export(span(2, attributes={"session.id": "s-1"})))
    digest_waiting()
    assert names(project) == ["s-2"]
    assert Trace.objects.get(trace_id=TRACE).sampled_out


def test_judged_session_cannot_be_deleted(sent: AgentSession, project: Project) -> None:
    make_review(sent, make_member(project, Role.REVIEWER))
    with pytest.raises(Refused, match="judged"):
        delete_session(sent)
    assert RawBatch.objects.count() == 3


def test_session_that_is_still_being_read_cannot_be_deleted(client: Client, secret: str, sent: AgentSession) -> None:
    post(client, secret, "/v1/traces", export(span(2, attributes={"session.id": "s-1"})))
    with pytest.raises(Refused, match="still being read"):
        delete_session(sent)


def test_unread_batch_is_not_deleted_with_a_session(sent: AgentSession) -> None:
    failed = RawBatch.objects.filter(door="traces").order_by("pk")[:1].get()
    RawBatch.objects.filter(pk=failed.pk).update(state=BatchState.FAILED)
    with pytest.raises(Refused, match="health page"):
        delete_session(sent)
    assert RawBatch.objects.count() == 3
    RawBatch.objects.filter(pk=failed.pk).delete()
    assert delete_session(sent).sessions == 1


def test_short_name_is_not_looked_for_inside_of_others(client: Client, secret: str, project: Project) -> None:
    for name in ("a", "ab"):
        body = {"session": {"id": name}, "steps": [{"kind": "user", "text": "a banana"}]}
        post(client, secret, "/api/v1/sessions/", orjson.dumps(body))
    digest_waiting()
    assert delete_session(AgentSession.objects.get(external_id="a")).batches == 1
    assert names(project) == ["ab"]


def test_session_is_deleted_over_the_api(client: Client, project: Project) -> None:
    session = make_session(project)
    key = {"Authorization": f"Bearer {make_key(project, Scope.WRITE)}"}
    path = f"/api/v1/sessions/{session.pk}/"
    assert client.delete(path, headers={"Authorization": f"Bearer {make_key(project, Scope.READ)}"}).status_code == 403
    assert client.delete(path, headers=key).status_code == 204
    assert client.delete(path, headers=key).status_code == 404
    removal = Removal.objects.get()
    assert removal.api_key is not None


def test_judged_session_is_refused_over_the_api(client: Client, project: Project) -> None:
    session = make_session(project)
    make_review(session, make_member(project, Role.REVIEWER))
    key = {"Authorization": f"Bearer {make_key(project, Scope.WRITE)}"}
    response = client.delete(f"/api/v1/sessions/{session.pk}/", headers=key)
    assert response.status_code == 400
    assert "People have judged" in response.json()["errors"][0]["message"]
