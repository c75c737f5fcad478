"""What the clients of Langfuse, Phoenix and LangSmith send, answered as those would answer."""

import base64
import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.models import Project, Scope
from ingest.digest import digest_waiting
from ingest.doors import door
from ingest.models import Intake
from tests.builders import make_key
from tests.ingest.payloads import JSON, TRACE, bomb, captured, export, post, replay, span
from traces.models import AgentSession, Score

LANGFUSE_SCORES, LANGFUSE_EVENTS = "/api/public/scores", "/api/public/ingestion"
PHOENIX = "/v1/span_annotations"
RUNS, FORM, FEEDBACK = "/runs/batch", "/runs/multipart", "/feedback"
JSON_DOORS = [LANGFUSE_SCORES, LANGFUSE_EVENTS, PHOENIX, "/v1/trace_annotations", "/v1/session_annotations", RUNS]
JSON_DOORS += ["/runs", FEEDBACK]
TONE = {"id": "sc-1", "traceId": TRACE, "name": "tone", "value": "polite", "dataType": "CATEGORICAL"}
RUN = "01a1fb67-109c-73b6-a1c8-d6d0d5c7c25b"
CHILD = "01a1fb67-10a4-76ca-9879-719ac6e017d5"


def send(client: Client, secret: str, path: str, value: Any) -> Any:
    return post(client, secret, path, json.dumps(value).encode())


def message(response: Any) -> str:
    """The words of a refusal, in whichever of the two shapes."""
    told = response.json()
    return str(told["message"] if "error" in told else told["detail"])


# --- every door -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*JSON_DOORS, FORM])
def test_faults_are_answered_in_the_clients_own_shape(client: Client, project: Project, secret: str, path: str) -> None:
    kind = JSON if path != FORM else "multipart/form-data; boundary=x"
    reader = make_key(project, Scope.READ)
    huge = bomb(65 * 1024 * 1024)
    answers = {
        401: post(client, "msk_wrong", path, b"{}", kind),
        403: post(client, reader, path, b"{}", kind),
        405: client.put(path, b"{}", content_type=kind, headers={"Authorization": f"Bearer {secret}"}),
        400: post(client, secret, path, b"{", kind),
        413: post(client, secret, path, huge, kind, "gzip"),
        415: post(client, secret, path, b"{}", "text/csv"),
    }
    assert {status: answer.status_code for status, answer in answers.items()} == {status: status for status in answers}
    assert all(message(answer) for answer in answers.values())
    assert answers[401]["WWW-Authenticate"] == "Bearer"
    assert answers[405]["Allow"] == "POST"
    assert post(client, secret, path, b"{}", kind, "br").status_code == 415
    assert post(client, secret, path, b"no gzip", kind, "gzip").status_code == 400
    assert not project.raw_batches.exists()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (LANGFUSE_SCORES, TONE),
        (LANGFUSE_EVENTS, {"batch": [{"id": "e", "type": "score-create", "body": TONE}]}),
        (PHOENIX, {"data": [{"name": "n", "span_id": "1" * 16, "result": {"score": 1}}]}),
        ("/runs", {"id": RUN, "name": "x"}),
    ],
)
def test_a_busy_database_is_503_and_comes_again(
    client: Client, secret: str, monkeypatch: pytest.MonkeyPatch, path: str, body: Any
) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("ingest.doors.foreign.accept", busy)
    response = send(client, secret, path, body)
    assert (response.status_code, response["Retry-After"]) == (503, door.RETRY_AFTER_SECONDS)
    assert message(response)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (LANGFUSE_SCORES, [TONE, {**TONE, "id": "sc-2"}]),
        (LANGFUSE_EVENTS, {"batch": [{"id": name, "type": "score-create", "body": TONE} for name in "ef"]}),
        (PHOENIX, {"data": [{"name": "n", "span_id": "1" * 16, "result": {"score": 1}}] * 2}),
        (RUNS, {"post": [{"id": RUN, "name": "x"}, {"id": CHILD, "name": "x"}]}),
    ],
)
def test_over_the_daily_limit_is_429_and_nothing_is_kept(
    client: Client, project: Project, secret: str, path: str, body: Any
) -> None:
    Intake.objects.create(project=project, daily_limit=1)
    response = send(client, secret, path, body)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "limit" in message(response)
    assert not project.raw_batches.exists()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (LANGFUSE_SCORES, [{"name": "x"}]),
        (LANGFUSE_EVENTS, {"batch": [{"id": "a", "type": "x", "body": {}}]}),
        (PHOENIX, {"data": [{}]}),
        (RUNS, {"post": [{}]}),
    ],
)
def test_a_body_with_nothing_to_take_is_counted_and_not_kept(
    client: Client, project: Project, secret: str, path: str, body: Any
) -> None:
    send(client, secret, path, body)
    assert project.refused_requests.get().times == 1
    assert not project.raw_batches.exists()


# --- Langfuse ---------------------------------------------------------------------------------------


@pytest.mark.shared_data
@pytest.mark.parametrize(("folder", "status"), [("05_langfuse_v5", 202), ("07_langfuse_v3", 207)])
@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_langfuse_sdk_gives_a_session_and_its_scores(
    client: Client, project: Project, secret: str, folder: str, status: int, order: tuple[int, int]
) -> None:
    codes = {}
    for number in order:
        codes[number] = replay(client, secret, folder, number).status_code
        digest_waiting()
    assert codes == {1: 200, 2: status}

    session = AgentSession.objects.get(external_id="sess-lf-1")
    scores = {score.name: score for score in Score.objects.all()}
    assert {score.session for score in scores.values()} == {session}
    assert {name: (score.value, score.label) for name, score in scores.items()} == {
        "tone": (None, "polite"),
        "user-feedback": (0.0, ""),
        "correctness": (0.25, ""),
        "resolved": (None, "no"),
    }
    assert scores["user-feedback"].explanation == "did not refund"
    steps = {step.span_id: step for step in session.steps.exclude(kind="user")}
    assert {scores["tone"].span_id, scores["correctness"].span_id} <= set(steps)
    assert scores["resolved"].external_id == "sess-lf-1"


@pytest.mark.shared_data
def test_langfuse_sdk_is_known_by_the_secret_of_its_basic_pair(client: Client, project: Project, secret: str) -> None:
    path, body, headers = captured("05_langfuse_v5", 2)
    pair = base64.b64encode(f"{headers['x-langfuse-public-key']}:{secret}".encode()).decode()
    response = client.post(path, body, content_type=JSON, headers={"Authorization": f"Basic {pair}"})
    assert (response.status_code, response.json()) == (202, {"message": "Accepted"})


def test_langfuse_scores_that_are_partly_refused_are_207(client: Client, project: Project, secret: str) -> None:
    bad = [{"name": "x", "value": 1}, {**TONE, "value": None}, {**TONE, "dataType": "NUMERIC"}, "no"]
    response = send(client, secret, LANGFUSE_SCORES, [TONE, *bad])
    assert response.status_code == 207
    told = response.json()
    assert (told["accepted"], told["rejected"]) == (1, 4)
    assert [error["message"].partition(":")[0] for error in told["errors"]] == ["line 2", "line 3", "line 4", "line 5"]
    digest_waiting()
    assert Score.objects.get().label == "polite"


def test_langfuse_score_is_brought_up_to_date_by_its_id(client: Client, project: Project, secret: str) -> None:
    for value, second in ((1.0, 1), (0.0, 3), (1.0, 2)):
        said = {"id": "t", "traceId": TRACE, "name": "thumb", "value": value, "dataType": "BOOLEAN"}
        send(client, secret, LANGFUSE_SCORES, {**said, "timestamp": f"2026-11-20T23:54:0{second}Z"})
    digest_waiting()
    assert Score.objects.get().value == 0.0


def test_the_version_of_a_judge_is_found_in_what_is_told_beside_its_score(
    client: Client, project: Project, secret: str
) -> None:
    send(client, secret, LANGFUSE_SCORES, {**TONE, "id": "a", "metadata": {"prompt_version": 7}})
    said = {"name": "quality", "annotator_kind": "LLM", "trace_id": TRACE, "result": {"score": 0.4}}
    annotation = {**said, "metadata": {"version": "judge-2", "user": "j"}}
    post(client, secret, "/v1/trace_annotations", json.dumps({"data": [annotation]}).encode())
    digest_waiting()
    assert set(Score.objects.values_list("version", flat=True)) == {"7", "judge-2"}


LEGACY = [
    ("trace-create", {"id": "t-1", "name": "support", "sessionId": "chat-1", "userId": "u-9", "release": "2.4"}),
    ("span-create", {"id": "o-1", "traceId": "t-1", "name": "plan", "startTime": "2026-11-20T10:00:00Z"}),
    (
        "generation-create",
        {
            "id": "o-2", "traceId": "t-1", "parentObservationId": "o-1", "name": "answer", "model": "gpt-4o",
            "startTime": "2026-11-20T10:00:01Z", "input": [{"role": "user", "content": "Where is A-1?"}],
        },
    ),
    (
        "generation-update",
        {
            "id": "o-2", "traceId": "t-1", "endTime": "2026-11-20T10:00:02Z",
            "output": {"role": "assistant", "content": "On its way."}, "usage": {"input": 12, "output": 3},
        },
    ),
    ("span-update", {"id": "o-1", "traceId": "t-1", "endTime": "2026-11-20T10:00:03Z", "level": "ERROR",
                     "statusMessage": "gave up"}),
    ("score-create", {"id": "sc", "traceId": "t-1", "observationId": "o-2", "name": "ok", "value": 1}),
    ("sdk-log", {"log": "x"}),
]  # fmt: skip


@pytest.mark.parametrize("batches", ["one", "each", "backwards"])
def test_langfuse_legacy_batch_becomes_a_session(client: Client, project: Project, secret: str, batches: str) -> None:
    events = [{"id": f"e-{number}", "type": kind, "body": body} for number, (kind, body) in enumerate(LEGACY)]
    groups = [events] if batches == "one" else [[event] for event in events]
    for group in reversed(groups) if batches == "backwards" else groups:
        response = send(client, secret, LANGFUSE_EVENTS, {"batch": group, "metadata": {}})
        assert response.status_code == 207
        successes = [{"id": event["id"], "status": 201} for event in group]
        assert response.json() == {"successes": successes, "errors": []}
        digest_waiting()

    session = AgentSession.objects.get()
    assert (session.external_id, session.user_ref, session.release) == ("chat-1", "u-9", "2.4")
    assert (session.model, session.tokens_in, session.tokens_out) == ("gpt-4o", 12, 3)
    model = session.steps.get(name="answer")
    assert (model.kind, model.latency_ms) == ("llm", 1000)
    failed = session.steps.get(name="plan")
    assert (failed.is_error, failed.error_message) == (True, "gave up")
    score = Score.objects.get()
    assert (score.session, score.span_id) == (session, model.span_id)


def test_langfuse_legacy_batch_names_what_it_does_not_take(client: Client, project: Project, secret: str) -> None:
    batch = [
        {"id": "a", "type": "score-create", "body": TONE},
        {"id": "a", "type": "score-create", "body": TONE},
        {"id": "b", "type": "dance-create", "body": {}},
        {"id": "c", "type": "span-create", "body": {}},
        {"id": "d", "type": "trace-create"},
        7,
    ]
    told = send(client, secret, LANGFUSE_EVENTS, {"batch": batch}).json()
    assert told["successes"] == [{"id": "a", "status": 201}]
    assert [(error["id"], error["status"]) for error in told["errors"]] == [
        ("b", 400),
        ("c", 400),
        ("d", 400),
        ("#6", 400),
    ]
    assert "body.id" in told["errors"][1]["message"]


def test_langfuse_tells_its_project_by_the_key(client: Client, project: Project, secret: str) -> None:
    told = client.get("/api/public/projects", headers={"Authorization": f"Bearer {secret}"}).json()
    assert [entry["name"] for entry in told["data"]] == [project.name]
    assert client.get("/api/public/health").json()["status"] == "OK"


# --- Phoenix ----------------------------------------------------------------------------------------


@pytest.mark.shared_data
def test_phoenix_client_annotates_spans_and_traces(client: Client, project: Project, secret: str) -> None:
    for number in (1, 3):
        response = replay(client, secret, "20_phoenix_annotations", number)
        assert response.status_code == 200
        assert [set(entry) for entry in response.json()["data"]] == [{"id"}]
    digest_waiting()

    thumb, quality = Score.objects.order_by("-name")
    assert (thumb.name, thumb.value, thumb.label) == ("user_feedback", 0.0, "thumbs-down")
    assert (thumb.annotator_kind, thumb.author, thumb.explanation) == ("human", "user-991", "did not refund")
    assert (quality.name, quality.value, quality.annotator_kind) == ("quality", 0.1, "llm")
    assert [thumb.session, quality.session] == [None, None]

    trace = "0af7651916cd43dd8448eb211c80319c"
    post(client, secret, "/v1/traces", export(span(1, trace=trace, spanId="00f067aa0ba902b7")))
    digest_waiting()
    session = AgentSession.objects.get()
    assert set(Score.objects.values_list("session", flat=True)) == {session.pk}


def test_phoenix_annotation_is_the_same_one_by_its_identifier(client: Client, project: Project, secret: str) -> None:
    for score, identifier in ((1, "a"), (0, "a"), (1, "b")):
        said = {"name": "n", "session_id": "s-1", "result": {"score": score}, "identifier": identifier}
        assert send(client, secret, "/v1/session_annotations?sync=true", {"data": [said]}).status_code == 200
        digest_waiting()
    assert list(Score.objects.order_by("value").values_list("value", flat=True)) == [0.0, 1.0]


def test_phoenix_bad_annotations_are_named_and_the_good_ones_kept(
    client: Client, project: Project, secret: str
) -> None:
    good = {"name": "n", "trace_id": TRACE, "result": {"label": "poor"}}
    bad = [{**good, "name": ""}, {**good, "result": None}, {"name": "n", "result": {"score": 1}}, 3]
    response = send(client, secret, "/v1/trace_annotations", {"data": [good, *bad]})
    assert response.status_code == 422
    assert message(response).startswith("1 annotations were taken, 4 were not; line 2: name: is missing")
    digest_waiting()
    assert Score.objects.get().label == "poor"


def test_phoenix_version_is_told_before_anything_else(client: Client, db: None) -> None:
    response = client.get("/arize_phoenix_version")
    assert response.content.decode().count(".") == 2
    assert response["x-phoenix-server-version"] == response.content.decode()


# --- LangSmith --------------------------------------------------------------------------------------


@pytest.mark.shared_data
def test_langsmith_runs_of_a_form_become_a_conversation(client: Client, project: Project, secret: str) -> None:
    path, body, headers = captured("16_langgraph_langsmith_native", 2)
    sent = {"x-api-key": secret}
    response = client.post(path, body, content_type=headers["content-type"], headers=sent)
    assert (response.status_code, response.json()["errors"]) == (202, [])
    assert digest_waiting() == 1

    session = AgentSession.objects.get()
    assert session.external_id == "sess-lg-1"
    assert (session.user_ref, session.title) == ("user-991", "Where is order A-1001?")
    assert [step.role for step in session.steps.all() if step.role in {"user", "agent"}] == ["user", "agent"] * 2
    tool = session.steps.filter(role="tool", name="get_order").first()
    assert tool is not None
    assert "A-1001" in tool.arguments


@pytest.mark.shared_data
def test_langsmith_feedback_of_a_form_waits_for_its_run(client: Client, project: Project, secret: str) -> None:
    path, body, headers = captured("16_langgraph_langsmith_native", 5)
    assert (
        client.post(path, body, content_type=headers["content-type"], headers={"x-api-key": secret}).status_code == 202
    )
    digest_waiting()
    score = Score.objects.get()
    assert (score.name, score.value, score.explanation, score.session) == ("user_thumb", 0.0, "did not help", None)
    send(client, secret, "/runs", {"id": "00000000-0000-4000-8000-000000000001", "run_type": "chain", "name": "x"})
    digest_waiting()
    assert Score.objects.get().session == AgentSession.objects.get()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_langsmith_runs_are_created_and_patched_in_any_order(
    client: Client, project: Project, secret: str, order: tuple[int, ...]
) -> None:
    root: dict[str, Any] = {
        "id": RUN,
        "trace_id": RUN,
        "name": "agent",
        "run_type": "chain",
        "start_time": "2026-11-20T23:59:58Z",
    }
    root |= {"inputs": {"messages": [{"role": "user", "content": "Where is A-1?"}]}}
    root |= {"extra": {"metadata": {"thread_id": "th-1"}}}
    tool = {"id": CHILD, "trace_id": RUN, "parent_run_id": RUN, "name": "get_order", "run_type": "tool"}
    tool |= {"start_time": "2026-11-20T23:59:59Z", "end_time": "2026-11-20T23:59:59.5Z", "error": "KeyError('A-1')"}
    ended = {"end_time": "2026-11-21T00:00:00Z", "outputs": {"messages": [{"role": "assistant", "content": "Gone."}]}}
    headers = {"x-api-key": secret}

    def patch() -> Any:
        return client.patch(f"/runs/{RUN}", json.dumps({**ended, "trace_id": RUN}), content_type=JSON, headers=headers)

    calls = [
        lambda: send(client, secret, "/runs", root),
        lambda: send(client, secret, RUNS, {"post": [tool], "patch": []}),
        patch,
    ]
    for number in order:
        assert calls[number]().status_code == 202
        digest_waiting()

    session = AgentSession.objects.get()
    assert (session.external_id, session.title) == ("th-1", "Where is A-1?")
    failed = session.steps.get(name="get_order")
    assert (failed.is_error, failed.error_type) == (True, "KeyError")
    assert session.steps.filter(role="agent").count() == 1


def test_langsmith_feedback_is_one_score_of_a_run(client: Client, project: Project, secret: str) -> None:
    said = {"id": "f-1", "run_id": CHILD, "trace_id": RUN, "key": "correct", "score": True, "comment": "fine"}
    response = send(client, secret, FEEDBACK, said)
    assert (response.status_code, response.json()["key"]) == (200, "correct")
    assert send(client, secret, FEEDBACK, {"run_id": CHILD}).status_code == 422
    digest_waiting()
    score = Score.objects.get()
    assert (score.value, score.trace_id, score.span_id) == (1.0, RUN.replace("-", ""), CHILD.replace("-", "")[-16:])


def test_langsmith_says_what_it_takes(client: Client, db: None) -> None:
    told = client.get("/info").json()
    assert told["batch_ingest_config"]["use_multipart_endpoint"] is True
    assert told["instance_flags"]["zstd_compression_enabled"] is False


def part(name: str, content: str) -> str:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{content}\r\n'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "no part"),
        (part(f"post.{RUN}", "{}"), "too early"),
        (part(f"post.{RUN}", "{") + "--x--\r\n", "is no JSON"),
        ("--x\r\n\r\n{}\r\n--x--\r\n", "no name"),
    ],
)
def test_langsmith_form_that_is_none_is_refused(
    client: Client, project: Project, secret: str, body: str, said: str
) -> None:
    response = post(client, secret, FORM, body.encode(), "multipart/form-data; boundary=x")
    assert response.status_code == 400
    assert said in message(response)


def test_langsmith_attachments_and_unknown_parts_are_left_out(client: Client, project: Project, secret: str) -> None:
    body = part(f"post.{RUN}", '{"name": "x", "run_type": "chain"}') + part(f"attachment.{RUN}.photo", "\x89PNG")
    body += part(f"post.{RUN}.inputs", '{"a": 1}') + part("other", "?") + "--x--\r\n"
    response = post(client, secret, FORM, body.encode("latin-1"), "multipart/form-data; boundary=x")
    assert response.status_code == 202
    assert digest_waiting() == 1
    assert AgentSession.objects.get().steps.exclude(kind="user").count() == 1
