"""`POST /api/v1/scores/`: feedback on its own, before or after what it is about; and the list of what is there."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project, Scope
from ingest.digest import digest_waiting
from tests.builders import make_key, make_project, make_session, make_steps
from tests.ingest.payloads import JSON, TRACE, bomb, export, post, span
from traces.models import Score, StepKind

URL = "/api/v1/scores/"
NDJSON = "application/x-ndjson"
THUMB = {"name": "user_thumb", "value": 0, "session_id": "chat-17", "annotator_kind": "human", "author": "user-991"}
CHAT = {"session": {"id": "chat-17"}, "steps": [{"kind": "user", "key": "u1", "text": "Refund?"}]}


def send(client: Client, secret: str, value: Any, kind: str = JSON) -> Any:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return post(client, secret, URL, body, kind)


def digest(*responses: Any) -> None:
    assert [response.status_code for response in responses] == [202] * len(responses)
    digest_waiting()


@pytest.mark.parametrize("score_first", [True, False])
def test_score_joins_its_session_whichever_comes_first(
    client: Client, project: Project, secret: str, *, score_first: bool
) -> None:
    sent = [(URL, THUMB), ("/api/v1/sessions/", CHAT)]
    for path, value in sent if score_first else reversed(sent):
        digest(post(client, secret, path, json.dumps(value).encode()))

    score = Score.objects.get()
    assert score.session is not None
    assert score.session.external_id == "chat-17"
    assert (score.name, score.value, score.annotator_kind, score.author) == ("user_thumb", 0.0, "human", "user-991")


def test_answer_names_what_was_taken_and_what_was_not(client: Client, project: Project, secret: str) -> None:
    good = {**THUMB, "value": True}
    response = send(client, secret, [good, {"name": "x", "value": [1]}, "no", {**THUMB, "value": None}])

    assert response.status_code == 202
    told = response.json()
    assert [entry["name"] for entry in told["accepted"]] == ["user_thumb"]
    assert [(entry["line"], entry["field"]) for entry in told["refused"]] == [
        (2, "session_id"),
        (2, "value"),
        (3, ""),
        (4, "value"),
    ]
    digest_waiting()
    assert Score.objects.get().value == 1.0
    assert project.raw_batches.get().reason.startswith("line 2: session_id: is missing")


def test_lines_are_taken_one_by_one(client: Client, project: Project, secret: str) -> None:
    body = b'{"name": "a", "label": "pass", "trace_id": "%s"}\n\nnot json\n{"name": "", "value": 1}\n' % TRACE.encode()
    response = send(client, secret, body, NDJSON)
    told = response.json()
    assert [entry["name"] for entry in told["accepted"]] == ["a"]
    assert [(entry["line"], entry["field"]) for entry in told["refused"]] == [(3, ""), (4, "session_id"), (4, "name")]


def test_nothing_good_is_400_with_every_field(client: Client, project: Project, secret: str) -> None:
    response = send(client, secret, {"name": "x", "value": {}, "annotator_kind": "robot", "given_at": "soon"})
    assert response.status_code == 400
    assert {error["field"] for error in response.json()["errors"]} == {
        "session_id",
        "value",
        "annotator_kind",
        "given_at",
    }
    assert not project.raw_batches.exists()


@pytest.mark.parametrize(
    ("value", "stored"),
    [(1, (1.0, "")), (True, (1.0, "")), (False, (0.0, "")), ("poor", (None, "poor")), (-2.5, (-2.5, ""))],
)
def test_value_is_a_number_a_truth_or_a_label(
    client: Client, project: Project, secret: str, value: Any, stored: tuple[float | None, str]
) -> None:
    digest(send(client, secret, {**THUMB, "value": value}))
    score = Score.objects.get()
    assert (score.value, score.label) == stored


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"1" * 400])
def test_no_infinite_number_is_taken(client: Client, project: Project, secret: str, number: bytes) -> None:
    body = b'{"name": "x", "session_id": "s", "value": ' + number + b"}"
    assert send(client, secret, body).status_code == 400
    assert not project.raw_batches.exists()


def test_what_is_too_long_is_cut_and_marked(client: Client, project: Project, secret: str) -> None:
    digest(send(client, secret, {**THUMB, "name": "n" * 500, "label": "l" * 900, "explanation": "e" * 50_000}))
    score = Score.objects.get()
    assert [len(text) for text in (score.name, score.label, score.explanation)] == [120, 200, 20_000]
    assert all(text.endswith("…") for text in (score.name, score.label, score.explanation))


def test_the_same_score_again_is_brought_up_to_date(client: Client, project: Project, secret: str) -> None:
    digest(send(client, secret, THUMB))
    digest(send(client, secret, {**THUMB, "value": 1}))
    digest(send(client, secret, THUMB))
    assert Score.objects.get().value == 0.0
    digest(send(client, secret, {**THUMB, "author": "another"}))
    digest(send(client, secret, {**THUMB, "id": "fb-2"}))
    assert Score.objects.count() == 3


def test_each_version_of_a_judge_has_its_own_score(client: Client, project: Project, secret: str) -> None:
    judged = {**THUMB, "name": "helpful", "annotator_kind": "llm", "author": "judge"}
    for value, version in ((0.1, "3"), (0.8, "4"), (0.9, "4")):
        digest(send(client, secret, {**judged, "value": value, "version": version}))
    assert set(Score.objects.values_list("author", "version", "value")) == {("judge", "3", 0.1), ("judge", "4", 0.9)}


def test_late_score_has_its_session_settled_again_and_the_same_one_sent_again_does_not(
    client: Client, project: Project, secret: str
) -> None:
    def settled_revision() -> int:
        return project.sessions.get().settled_revision

    session = make_session(project, "chat-17", revision=2, settled_revision=2)
    digest(send(client, secret, THUMB))
    assert settled_revision() == 1
    project.sessions.update(settled_revision=2)
    digest(send(client, secret, THUMB))
    assert settled_revision() == 2
    digest(send(client, secret, {**THUMB, "value": 1}))
    session.refresh_from_db()
    assert (session.revision, session.settled_revision) == (2, 1)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_two_versions_the_one_given_later_counts(
    client: Client, project: Project, secret: str, order: tuple[int, int]
) -> None:
    for hour in order:
        digest(send(client, secret, {**THUMB, "value": hour, "given_at": f"2026-11-02T0{hour}:00:00Z"}))
    score = Score.objects.get()
    assert (score.value, score.given_at) == (2.0, datetime(2026, 11, 2, 2, tzinfo=UTC))


@pytest.mark.parametrize("score_first", [True, False])
@pytest.mark.parametrize(
    "target",
    [
        {"trace_id": TRACE},
        {"trace_id": TRACE.upper(), "span_id": f"{2:016x}"},
        {"span_id": f"{2:016x}"},
        {"response_id": "chatcmpl-9"},
        {"session_id": TRACE},
    ],
)
def test_score_finds_what_it_names(
    client: Client, project: Project, secret: str, target: dict[str, str], *, score_first: bool
) -> None:
    model = {"gen_ai.operation.name": "chat", "gen_ai.response.id": "chatcmpl-9"}
    spans = export(span(1, attributes={"session.id": "s-1"}), span(2, parent=1, attributes=model))
    if score_first:
        digest(send(client, secret, {"name": "ok", "value": 1, **target}))
        assert Score.objects.get().session is None
    post(client, secret, "/v1/traces", spans)
    digest_waiting()
    if not score_first:
        digest(send(client, secret, {"name": "ok", "value": 1, **target}))
    session = Score.objects.get().session
    assert session is not None
    assert session.external_id == "s-1"


def test_score_stays_with_its_trace_when_that_moves(client: Client, project: Project, secret: str) -> None:
    post(client, secret, "/v1/traces", export(span(5, trace="b" * 32, attributes={"session.id": "real"})))
    post(client, secret, "/v1/traces", export(span(2, parent=1)))
    digest(send(client, secret, {"name": "ok", "value": 1, "trace_id": TRACE}))
    assert Score.objects.get(session__external_id=TRACE)
    post(client, secret, "/v1/traces", export(span(1, attributes={"session.id": "real"})))
    digest_waiting()
    assert Score.objects.get().session == project.sessions.get()


def test_a_score_of_another_project_joins_nothing_here(client: Client, project: Project, secret: str) -> None:
    make_session(make_project("other"), "chat-17")
    digest(send(client, secret, THUMB))
    assert Score.objects.get().session is None


def test_list_is_filtered_and_paged(client: Client, project: Project) -> None:
    session = make_session(project, "chat-17")
    make_steps(session, (StepKind.USER, {"text": "Hi"}))
    for number in range(3):
        Score.objects.create(project=project, identity=str(number), name="thumb", value=number, session=session)
    Score.objects.create(project=project, identity="later", name="tone", label="kind", external_id="chat-18")
    Score.objects.create(project=make_project("other"), identity="1", name="thumb", value=9)
    headers = {"Authorization": f"Bearer {make_key(project, Scope.READ)}"}

    def listed(**query: str) -> Any:
        return client.get(URL, query, headers=headers).json()

    first = listed(name="thumb", limit="2")
    assert [row["value"] for row in first["results"]] == [2.0, 1.0]
    assert [row["value"] for row in listed(name="thumb", cursor=first["next"])["results"]] == [0.0]
    assert [row["name"] for row in listed(joined="no")["results"]] == ["tone"]
    assert [row["session_id"] for row in listed(session_id="chat-18")["results"]] == ["chat-18"]
    assert len(listed(session_id="chat-17", since="2020-01-01")["results"]) == 3
    assert listed(since=timezone.now().isoformat())["results"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [({"value": "1"}, "value"), ({"since": "x"}, "since"), ({"joined": "x"}, "joined"), ({"limit": "0"}, "limit")],
)
def test_list_refuses_what_it_does_not_know(
    client: Client, project: Project, query: dict[str, str], field: str
) -> None:
    response = client.get(URL, query, headers={"Authorization": f"Bearer {make_key(project, Scope.READ)}"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("body", "kind", "encoding", "status"),
    [
        (b"{", JSON, "", 400),
        (b"[]", JSON, "", 400),
        (b"{}", "text/csv", "", 415),
        (b"{}", JSON, "br", 415),
        (b"no gzip", JSON, "gzip", 400),
        (bomb(5 * 1024 * 1024), JSON, "gzip", 413),
        (b" " * (5 * 1024 * 1024), JSON, "", 413),
    ],
)
def test_bad_bodies_are_answered_in_the_one_error_shape(
    client: Client, project: Project, secret: str, body: bytes, kind: str, encoding: str, status: int
) -> None:
    response = post(client, secret, URL, body, kind, encoding)
    assert response.status_code == status
    assert response.json()["errors"][0]["message"]
