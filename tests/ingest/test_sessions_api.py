"""Sessions as plain JSON: one, many, in steps or in messages; what is wrong is named by line and field."""

import json
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.models import Project, Scope
from ingest.digest import digest_waiting
from ingest.models import RawBatch
from tests.builders import make_key
from tests.ingest.payloads import post
from traces.models import AgentSession, Score

NDJSON = "application/x-ndjson"
URL = "/api/v1/sessions/"
REFUND: dict[str, Any] = {
    "session": {"id": "chat-17", "workflow": "refunds", "release": "2.4.1", "closed": True},
    "steps": [
        {"kind": "user", "text": "Please refund order A-1.", "started_at": "2026-11-21T09:30:00Z"},
        {"kind": "llm", "tokens_in": 10, "tokens_out": 2, "cost_usd": 0.01, "model": "m-1"},
        {
            "kind": "tool",
            "name": "refund",
            "arguments": {"order": "A-1"},
            "error": {"type": "Auth", "message": "expired"},
        },
        {"kind": "agent", "text": "Done!"},
    ],
    "scores": [{"name": "thumb", "value": 0, "annotator": "human"}],
}


def send(client: Client, secret: str, value: Any) -> Any:
    return post(client, secret, URL, json.dumps(value).encode())


def test_steps_are_stored_as_they_were_told(client: Client, project: Project, secret: str) -> None:
    response = send(client, secret, REFUND)
    assert (response.status_code, response.json()) == (
        202,
        {"accepted": [{"id": "chat-17", "steps": 4}], "refused": []},
    )
    assert digest_waiting() == 1

    session = AgentSession.objects.get()
    assert (session.external_id, session.workflow, session.release, session.closed) == (
        "chat-17",
        "refunds",
        "2.4.1",
        True,
    )
    assert (session.tokens_in, session.cost_usd, session.model, session.error_count) == (10, 0.01, "m-1", 1)
    assert [(step.key, step.role) for step in session.steps.all()] == [
        ("s1", "user"),
        ("s2", "internal"),
        ("s3", "tool"),
        ("s4", "agent"),
    ]
    tool = session.steps.get(key="s3")
    assert (tool.arguments, tool.error_type, tool.error_message) == ('{"order":"A-1"}', "Auth", "expired")
    score = Score.objects.get()
    assert (score.name, score.value, score.annotator_kind, score.session) == ("thumb", 0.0, "human", session)


def test_the_same_session_again_is_one_session(client: Client, project: Project, secret: str) -> None:
    send(client, secret, REFUND)
    send(client, secret, REFUND)
    digest_waiting()
    longer = {**REFUND, "steps": [*REFUND["steps"], {"kind": "user", "text": "It did not arrive."}]}
    send(client, secret, longer)
    digest_waiting()
    session = AgentSession.objects.get()
    assert (session.step_count, session.revision, RawBatch.objects.count()) == (5, 2, 2)


def test_an_earlier_version_of_a_session_may_be_sent_again(client: Client, project: Project, secret: str) -> None:
    corrected = {**REFUND, "steps": [{"kind": "user", "text": "Never mind."}]}
    for version in (REFUND, corrected, REFUND):
        send(client, secret, version)
        digest_waiting()
    assert AgentSession.objects.get().step_count == 4


def test_messages_without_an_id_are_known_by_their_content(client: Client, project: Project, secret: str) -> None:
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "tool_calls": [{"id": "c1", "function": {"name": "look", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "Error? No: a book"},
        {"role": "assistant", "content": "A book."},
    ]
    send(client, secret, {"messages": messages})
    send(client, secret, {"messages": messages, "session": {}})
    digest_waiting()
    session = AgentSession.objects.get(external_id__startswith="sha-", title="Hello", revision=1, pk__gt=0)
    assert [(step.key, step.kind, step.role, step.result) for step in session.steps.all()] == [
        ("m1", "other", "internal", ""),
        ("m2", "user", "user", ""),
        ("c1", "tool", "tool", "Error? No: a book"),
        ("m5", "agent", "agent", ""),
    ]
    assert session.error_count == 0


def test_anthropic_blocks_read_as_calls_and_answers(client: Client, project: Project, secret: str) -> None:
    messages = [
        {"role": "user", "content": "Weather?"},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "Let me look."},
                {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Paris"}},
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "down", "is_error": True}],
        },
        {"role": "assistant", "content": [{"type": "text", "text": "I do not know."}]},
    ]
    send(client, secret, {"session": {"id": "a"}, "messages": messages})
    digest_waiting()
    steps = AgentSession.objects.get().steps.all()
    assert [(step.role, step.text or step.result, step.is_error) for step in steps] == [
        ("user", "Weather?", False),
        ("agent", "Let me look.", False),
        ("tool", "down", True),
        ("agent", "I do not know.", False),
    ]


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"steps": [{"kind": "user"}, {"kind": "song"}]}, "steps.1.kind"),
        ({"steps": [{"kind": ["user"]}]}, "steps.0.kind"),
        ({"steps": [{"kind": "user", "text": {}}]}, "steps.0.text"),
        ({"steps": [{"kind": "llm", "tokens_in": -1}]}, "steps.0.tokens_in"),
        ({"steps": [{"kind": "llm", "started_at": "yesterday"}]}, "steps.0.started_at"),
        ({"steps": [{"kind": "llm", "key": "a"}, {"kind": "llm", "key": "a"}]}, "steps.1.key"),
        ({"steps": [{"kind": "llm", "key": "a" * 80 + last} for last in "bc"]}, "steps.1.key"),
        ({"steps": ["user"]}, "steps.0"),
        ({"steps": {}}, "steps"),
        ({"messages": [{"role": "king", "content": "x"}]}, "messages.0.role"),
        ({"session": {"id": "x" * 201}, "steps": []}, "session.id"),
        ({"session": {"closed": "yes"}, "steps": []}, "session.closed"),
        ({"session": []}, "steps"),
        ([], ""),
        ("text", ""),
        (None, ""),
    ],
)
def test_a_bad_session_is_refused_by_field(client: Client, secret: str, value: Any, field: str) -> None:
    response = send(client, secret, value)
    assert response.status_code == 400
    assert field in [error["field"] for error in response.json()["errors"]]
    assert not RawBatch.objects.exists()


def test_good_lines_are_stored_and_bad_ones_named(client: Client, project: Project, secret: str) -> None:
    lines = [json.dumps(REFUND), "{", '{"steps": [{"kind": "song"}]}', "", '{"session": {"id": "b"}, "steps": []}']
    response = post(client, secret, URL, "\n".join(lines).encode(), NDJSON)
    told = response.json()
    assert (response.status_code, [entry["id"] for entry in told["accepted"]]) == (202, ["chat-17", "b"])
    assert [(entry["line"], entry["field"]) for entry in told["refused"]] == [(2, ""), (3, "steps.0.kind")]
    digest_waiting()
    assert sorted(AgentSession.objects.values_list("external_id", flat=True)) == ["b", "chat-17"]


def test_only_bad_lines_are_a_bad_request(client: Client, secret: str) -> None:
    response = post(client, secret, URL, b"{\n[]\n", NDJSON)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["1", "2"]


@pytest.mark.parametrize(("kind", "body", "status"), [("text/csv", b"a", 415), ("application/json", b"{", 400)])
def test_other_bodies_are_refused_in_the_one_error_shape(
    client: Client, secret: str, kind: str, body: bytes, status: int
) -> None:
    response = post(client, secret, URL, body, kind)
    assert (response.status_code, list(response.json())) == (status, ["errors"])


@pytest.mark.parametrize("place", ["accounts.keyholders.find_api_key", "ingest.actions.keep_batch"])
def test_a_busy_database_is_answered_with_503(client: Client, secret: str, place: str) -> None:
    with patch(place, side_effect=OperationalError("database is locked")):
        response = send(client, secret, REFUND)
    assert (response.status_code, response["Retry-After"]) == (503, "2")


def test_sending_needs_its_scope_and_so_does_reading(client: Client, project: Project, secret: str) -> None:
    reader = make_key(project, Scope.READ)
    assert send(client, reader, REFUND).status_code == 403
    assert send(client, "", REFUND).status_code == 401
    assert client.get(URL, headers={"Authorization": f"Bearer {secret}"}).status_code == 403
    assert client.get(URL, headers={"Authorization": f"Bearer {reader}"}).json()["results"] == []


FAULTS = b"[" + b"0," * 1000 + b"0]"
FAULTY_STEPS = b'[{"steps":[' + b"{}," * 1500 + b"{}]}]"


@pytest.mark.parametrize(
    ("url", "body"),
    [(URL, FAULTS), (URL, FAULTY_STEPS), ("/api/v1/scores/", FAULTS), ("/api/public/scores", FAULTS)],
)
def test_body_of_nothing_but_faults_is_refused_in_one_sentence(
    client: Client, secret: str, url: str, body: bytes
) -> None:
    answer = post(client, secret, url, body)
    assert answer.status_code == 400
    assert len(answer.content) < 500
    assert not RawBatch.objects.exists()


def test_lines_of_nothing_but_faults_are_refused_in_one_sentence(client: Client, secret: str) -> None:
    answer = post(client, secret, URL, json.dumps(REFUND).encode() + b"\n" + b"0\n" * 1001, NDJSON)
    assert answer.status_code == 400
    assert b"nothing was taken" in answer.content
    assert not RawBatch.objects.exists()


@pytest.mark.parametrize("name", ["steps", "messages"])
def test_long_session_is_taken_whole_or_refused(client: Client, secret: str, name: str) -> None:
    one = {"kind": "user", "text": "hi"} if name == "steps" else {"role": "user", "content": "hi"}
    assert send(client, secret, {"session": {"id": "long"}, name: [one] * 2_500}).status_code == 202
    digest_waiting()
    assert AgentSession.objects.get().step_count == 2_500
    answer = send(client, secret, {name: [one] * 20_001})
    assert answer.status_code == 400
    assert answer.json()["errors"][0] == {"field": name, "message": "must be a list of at most 20000"}


def test_session_is_named_by_words_without_marks(client: Client, secret: str) -> None:
    said = "# Refund\n**Please** send `A-1` [back](https://shop.example)"
    send(
        client, secret, {"messages": [{"role": "user", "content": said}, {"role": "assistant", "content": "**Done.**"}]}
    )
    digest_waiting()
    session = AgentSession.objects.get()
    assert (session.title, session.last_answer) == ("Refund Please send A-1 back", "Done.")
