"""A session is over when its sender says so by name: with a trace or without, before the session comes or after."""

import json
from datetime import timedelta
from itertools import permutations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project, Scope
from ingest.conversation import sessions_ended
from ingest.digest import digest_waiting
from ingest.models import EndedSession, RawBatch
from ingest.receiving import JSON, check
from ingest.records import LogRecord
from ingest.retention import delete_session
from ingest.storing.endings import KEPT_FOR
from ingest.tasks import tidy
from tests.builders import make_key, make_project
from tests.ingest.payloads import attribute, export, post, span
from traces.models import AgentSession


def event(name: str, **fields: str) -> bytes:
    """A log event without a trace."""
    said = [attribute(f"session.{key}", value) for key, value in fields.items()]
    record = {"eventName": name, "timeUnixNano": "1795000000000000000", "attributes": said}
    return json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}).encode()


# A span whose parent has not come: nothing in it says that the session is over.
OPEN = export(span(2, parent=1, attributes={"session.id": "s-1"}))
END = event("session.end", id="s-1")
NEXT = event("session.start", id="s-2", previous_id="s-1")


def order(bodies: tuple[bytes, ...]) -> str:
    return ", ".join("spans" if body is OPEN else "event" for body in bodies)


def take(client: Client, secret: str, body: bytes) -> None:
    path = "/v1/logs" if b"resourceLogs" in body else "/v1/traces"
    assert post(client, secret, path, body).status_code == 200
    digest_waiting()


def closed() -> dict[str, bool]:
    return dict(AgentSession.objects.values_list("external_id", "closed"))


def test_without_such_news_the_session_is_open(client: Client, secret: str) -> None:
    take(client, secret, OPEN)
    take(client, secret, event("session.start", id="s-1"))
    assert closed() == {"s-1": False}


@pytest.mark.parametrize("bodies", list(permutations([OPEN, END, END])), ids=order)
def test_an_end_closes_the_session_in_any_order(client: Client, secret: str, bodies: tuple[bytes, ...]) -> None:
    for body in bodies:
        take(client, secret, body)
    assert closed() == {"s-1": True}


@pytest.mark.parametrize("bodies", list(permutations([OPEN, NEXT])), ids=order)
def test_the_start_of_the_next_session_closes_the_one_before(
    client: Client, secret: str, bodies: tuple[bytes, ...]
) -> None:
    for body in bodies:
        take(client, secret, body)
    assert closed() == {"s-1": True}


def test_one_body_may_hold_the_news_of_a_trace_and_of_another_session(client: Client, secret: str) -> None:
    with_trace = json.loads(NEXT)
    record = with_trace["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    record |= {"traceId": "b" * 32, "spanId": "2" * 16}
    take(client, secret, OPEN)
    take(client, secret, json.dumps(with_trace).encode())
    assert closed() == {"s-1": True}


def test_the_session_of_plain_json_is_closed_too(client: Client, secret: str) -> None:
    said = {"session": {"id": "s-1"}, "steps": [{"kind": "user", "text": "Hi"}]}
    for body in (END, json.dumps(said).encode()):
        path = "/v1/logs" if body is END else "/api/v1/sessions/"
        assert post(client, secret, path, body).status_code in {200, 202}
        digest_waiting()
    assert closed() == {"s-1": True}


def test_news_changes_no_content(client: Client, secret: str) -> None:
    take(client, secret, OPEN)
    take(client, secret, END)
    assert AgentSession.objects.get().revision == 1


def test_another_projects_session_of_the_same_name_goes_on(client: Client, secret: str) -> None:
    take(client, secret, OPEN)
    take(client, make_key(make_project("other"), Scope.INGEST), END)
    assert closed() == {"s-1": False}


def test_an_event_that_names_no_session_is_not_kept() -> None:
    for body in (event("session.end"), event("session.start", id="s-2"), event("session.other", id="s-1")):
        assert check("logs", JSON, body).items == 0
    assert check("logs", JSON, END).items == check("logs", JSON, NEXT).items == 1


def test_names_are_words_of_a_bounded_length() -> None:
    logs = [LogRecord("", "", "session.end", 0, {"session.id": value}) for value in ("x" * 500, " a  b ", "", None, 7)]
    assert sessions_ended(logs) == {"x" * 200, "a b", "7"}


def test_old_news_is_forgotten(client: Client, secret: str) -> None:
    take(client, secret, END)
    EndedSession.objects.update(noted_at=timezone.now() - KEPT_FOR + timedelta(minutes=5))
    tidy()
    assert EndedSession.objects.exists()
    EndedSession.objects.update(noted_at=timezone.now() - KEPT_FOR - timedelta(minutes=5))
    tidy()
    assert not EndedSession.objects.exists()


def test_nothing_of_a_deleted_session_is_left(client: Client, project: Project, secret: str) -> None:
    take(client, secret, OPEN)
    take(client, secret, END)
    delete_session(AgentSession.objects.get())
    assert (EndedSession.objects.count(), RawBatch.objects.count()) == (0, 0)
