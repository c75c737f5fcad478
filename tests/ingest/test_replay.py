"""Reading again what was read before: sessions are derived anew, judgements and counts stay."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Project, User
from ingest import digest
from ingest.dialects.batches import read_batch
from ingest.digest import digest_waiting
from ingest.models import BatchState, IntakeCount, RawBatch, TracePart
from ingest.storing import telemetry
from ingest.storing.batches import body_of
from tests.builders import make_failure, make_project, make_review
from tests.ingest.payloads import export, post, span
from traces.models import AgentSession

TALK = {"session.id": "s-1", "openinference.span.kind": "AGENT", "input.value": "Refund?", "output.value": "Done!"}


@pytest.fixture
def session(client: Client, secret: str) -> AgentSession:
    """A session that a mapper read badly, before it was fixed."""
    post(client, secret, "/v1/traces", export(span(1, attributes=TALK)))
    digest_waiting()
    session = AgentSession.objects.get()
    AgentSession.objects.update(title="Misread", workflow="Misread")
    session.refresh_from_db()
    return session


def replay(*options: Any) -> None:
    call_command("replay_batches", "--project", "acme", *options)


def test_session_is_derived_anew_and_judgements_stay(session: AgentSession, lead: User, capsys: Any) -> None:
    make_failure(make_review(session, lead), root_step=session.steps.all()[0].key)
    keys = [step.key for step in session.steps.all()]
    replay()
    assert "1 batches read again: 1 sessions changed." in capsys.readouterr().out
    after = AgentSession.objects.get()
    assert (after.pk, after.title, after.revision) == (session.pk, "Refund?", session.revision + 1)
    assert [step.key for step in after.steps.all()] == keys
    assert after.failures.get().root_step in keys


def test_replay_adds_and_counts_nothing_twice(session: AgentSession, capsys: Any) -> None:
    replay()
    before = (TracePart.objects.count(), list(IntakeCount.objects.values_list("batches", "items")))
    replay()
    assert "0 sessions changed" in capsys.readouterr().out.splitlines()[-1]
    assert (TracePart.objects.count(), list(IntakeCount.objects.values_list("batches", "items"))) == before


def test_failed_batches_go_to_the_worker(session: AgentSession, capsys: Any) -> None:
    RawBatch.objects.update(state=BatchState.FAILED, attempts=3)
    replay("--failed")
    batch = RawBatch.objects.get()
    assert (batch.state, batch.attempts) == (BatchState.WAITING, 0)
    assert AgentSession.objects.get().title == "Misread"


def test_only_what_was_asked_for_is_read(session: AgentSession, project: Project) -> None:
    replay("--ids", "999999")
    replay("--since", f"{timezone.now().year + 1}-01-01")
    make_project("other")
    call_command("replay_batches", "--project", "other")
    assert AgentSession.objects.get().title == "Misread"
    replay("--since", "2020-01-01")
    assert AgentSession.objects.get().title == "Refund?"


def test_batch_that_cannot_be_read_stops_no_other(
    session: AgentSession, client: Client, secret: str, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(client, secret, "/api/v1/sessions/", b'{"session": {"id": "s-2"}, "steps": [{"kind": "user", "text": "Hi"}]}')
    bad = RawBatch.objects.latest("pk")
    RawBatch.objects.update(state=BatchState.DONE)

    def broken(door: str, *rest: Any) -> Any:
        if door == bad.door:
            raise ValueError("no")
        return read_batch(door, *rest)

    monkeypatch.setattr(digest, "read_batch", broken)
    with pytest.raises(CommandError, match="1 batches could not be read again"):
        replay()
    assert f"Batch {bad.pk} could not be read." in capsys.readouterr().err
    assert AgentSession.objects.get().title == "Refund?"


def test_without_the_wish_nothing_known_is_read_again(session: AgentSession, project: Project) -> None:
    """Redelivery stays cheap."""
    [batch] = RawBatch.objects.all()
    contents = read_batch(batch.door, batch.content_type, body_of(batch))
    body = (contents.spans, contents.logs, batch.received_at)
    assert telemetry.draw_up(project, [body]).stories == []
    assert len(telemetry.draw_up(project, [body], anew=True).stories) == 1


def test_nonsense_is_named(project: Project) -> None:
    with pytest.raises(CommandError, match="is no date such as"):
        replay("--since", "soon")
    with pytest.raises(CommandError, match="There is no project 'nope'"):
        call_command("replay_batches", "--project", "nope")
