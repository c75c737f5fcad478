"""The health page and its API: what anybody sees of the intake, and what a lead can do about it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, Project, Role, Scope, User
from common.compression import compress
from ingest.digest import digest_waiting
from ingest.models import (
    BatchState,
    DailyIntake,
    Intake,
    IntakeCount,
    IntakeEvent,
    RawBatch,
    RefusedRequest,
    UnmappedAttribute,
)
from ingest.queries.beginning import beginning_of
from ingest.queries.health import health_of
from ingest.queries.verdict import lag_in_words, roughly, verdict
from ingest.views.health import findings_of
from tests.builders import client_of, make_key, make_member, make_project, make_session
from tests.ingest.payloads import export, post, span
from traces.models import AgentSession, Score


@pytest.fixture
def key(project: Project, secret: str) -> ApiKey:
    return ApiKey.objects.get(project=project)


def make_batch(key: ApiKey, **fields: Any) -> RawBatch:
    values = {"door": "traces", "content_type": "application/json", "received_at": timezone.now(), **fields}
    body = compress(values.pop("body", export(span(1))))
    return RawBatch.objects.create(project=key.project, api_key=key, body=body, sha256="0" * 64, **values)


def make_count(key: ApiKey, **fields: Any) -> IntakeCount:
    now = timezone.now()
    hour = fields.pop("hour", now).replace(minute=0, second=0, microsecond=0)
    values = {"door": "traces", "source": "sdk/1", "batches": 2, "items": 6, "last_at": now, **fields}
    return IntakeCount.objects.create(project=key.project, api_key=key, hour=hour, **values)


def fill(key: ApiKey, number: int) -> None:
    """Every list of the page with `number` rows."""
    now = timezone.now()
    for n in range(number):
        make_batch(key, state=BatchState.FAILED, reason=f"ValueError {n}")
        make_batch(key)
        make_count(key, source=f"sdk/{n}")
        RefusedRequest.objects.create(
            project=key.project, api_key=key, day=now.date(), door="traces", status=400, reason=f"bad {n}", last_at=now
        )
        UnmappedAttribute.objects.create(project=key.project, key=f"k.{n}", first_at=now, last_at=now)
        Score.objects.create(project=key.project, identity=str(n), name="thumb", external_id="nowhere")
        IntakeEvent.objects.create(project=key.project, api_key=key, act="retried", batches=1, happened_at=now)


def sentences(project: Project) -> list[str]:
    return [f"{finding.mood}: {finding.sentence}" for finding in verdict(health_of(project))]


def page(client: Client, name: str = "ingest_health", *args: Any) -> str:
    return client.get(reverse(name, args=["acme", *args])).content.decode()


# --- one sentence -------------------------------------------------------------------------------


def test_verdict_of_a_new_project_is_calm(project: Project) -> None:
    assert sentences(project) == ["calm: Nothing has come yet."]


def test_verdict_says_that_all_is_well(key: ApiKey) -> None:
    make_count(key, lag_ms_sum=900, lag_ms_max=600, last_at=timezone.now() - timedelta(seconds=12.5))
    assert sentences(key.project) == [
        "good: All is well: the newest data came 12 seconds ago, and what comes can be read 0.5 s later."
    ]


def test_verdict_puts_the_worst_first(key: ApiKey) -> None:
    now = timezone.now()
    make_count(key, last_at=now - timedelta(days=2, hours=1))
    make_batch(key, state=BatchState.FAILED)
    make_batch(key, received_at=now - timedelta(minutes=5.5))
    RefusedRequest.objects.create(
        project=key.project, api_key=key, day=now.date(), door="logs", status=415, reason="x", times=3, last_at=now
    )
    assert sentences(key.project) == [
        "bad: 1 batch could not be read. Nothing is lost: what was sent is kept until you decide.",
        "warn: 1 batch waits to be read, the oldest for 5 minutes. Is a worker running?",
        "warn: Nothing has come for 2 days.",
        "warn: 3 requests were refused since yesterday: see below why, and what to do.",
    ]


def test_verdict_knows_of_sessions_that_came_from_files(project: Project) -> None:
    make_session(project, last_received_at=timezone.now())
    assert sentences(project) == ["good: All is well: the newest data came just now."]


@pytest.mark.parametrize(
    ("used", "said"),
    [
        (79, "calm: Nothing has come yet."),
        (80, "warn: 80 of the 100 items that this project takes in a day have come. What goes beyond is refused until"),
        (100, "bad: 100 of the 100 items that this project takes in a day have come: more is refused until"),
    ],
)
def test_verdict_warns_before_the_daily_limit(project: Project, used: int, said: str) -> None:
    Intake.objects.create(project=project, daily_limit=100)
    DailyIntake.objects.create(project=project, day=timezone.now().date(), items=used)
    finding = findings_of(project, health_of(project))[0]
    assert f"{finding.mood}: {finding.sentence}".startswith(said)


def test_page_says_that_sessions_are_sampled(lead_client: Client, project: Project) -> None:
    make_session(project, last_received_at=timezone.now())
    assert "Sampling is on" not in page(lead_client)
    Intake.objects.create(project=project, sample_share=0.25)
    assert "keeps a share of 0.25 of its sessions" in page(lead_client)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "1 second"), (59, "59 seconds"), (3600, "1 hour"), (200_000, "2 days")]
)
def test_age_stands_in_its_largest_unit(seconds: int, words: str) -> None:
    assert roughly(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(("lag", "words"), [(3, "0.1 s"), (420, "0.4 s"), (59_000, "59.0 s"), (180_000, "3 minutes")])
def test_lag_is_said_in_seconds_or_more(lag: int, words: str) -> None:
    assert lag_in_words(lag) == words


# --- facts --------------------------------------------------------------------------------------


def test_programs_are_summed_over_their_doors(key: ApiKey) -> None:
    now = timezone.now()
    make_count(key, lag_ms_sum=100, lag_ms_max=70)
    make_count(key, door="logs", rejected=1, lag_ms_sum=300, lag_ms_max=250)
    make_count(key, hour=now - timedelta(hours=2), last_at=now - timedelta(hours=2))
    make_count(key, hour=now - timedelta(days=3), last_at=now - timedelta(days=3), rejected=9)
    [program] = health_of(key.project).programs
    assert (program.items_hour, program.items_day, program.items_week) == (12, 18, 24)
    assert (program.rejected_day, program.lag_ms_mean, program.lag_ms_max) == (1, 67, 250)
    assert [number for _, number in program.hours if number] == [6, 12]
    assert (len(program.hours), program.hours[-1][1]) == (24, 12)


def test_facts_do_not_cross_the_project(key: ApiKey) -> None:
    other = make_project("other")
    make_key(other)
    fill(ApiKey.objects.get(project=other), 2)
    health = health_of(key.project)
    assert (health.failed, health.waiting, health.programs, health.refused) == (0, 0, (), ())
    assert (health.unmapped, health.unresolved_scores, health.events, health.last_at) == ((), 0, (), None)


def test_page_asks_the_same_number_of_queries_for_any_number_of_rows(lead_client: Client, key: ApiKey) -> None:
    numbers = []
    for rows in (1, 50):
        for model in (RawBatch, IntakeCount, RefusedRequest, UnmappedAttribute, Score, IntakeEvent):
            model.objects.all().delete()
        fill(key, rows)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert lead_client.get(reverse("ingest_health", args=["acme"])).status_code == 200
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


def test_lists_are_cut_and_say_so(lead_client: Client, key: ApiKey) -> None:
    fill(key, 60)
    assert "The newest 50 of 60." in page(lead_client)


def test_page_teaches_where_nothing_has_come(lead_client: Client) -> None:
    assert "Nothing to watch yet" in page(lead_client)


def test_words_that_turn_the_direction_of_writing_turn_nothing_behind_them(lead_client: Client, key: ApiKey) -> None:
    turning = "\u202egnp"
    ApiKey.objects.update(name=turning)
    make_batch(key, state=BatchState.FAILED, reason=f"“{turning}” is no span")
    now, of = timezone.now(), {"project": key.project, "api_key": key}
    reason = f"“{turning}” is no list"
    RefusedRequest.objects.create(**of, day=now.date(), door="traces", status=400, reason=reason, times=1, last_at=now)
    IntakeEvent.objects.create(**of, act="retried", batches=3, happened_at=now)
    told = " ".join(page(lead_client).split())
    for sentence in ("“gnp” is no span</a>", "“gnp” is no list<br>", f"the key <bdi>{turning}</bdi> retried 3 batches"):
        assert sentence in told
    assert told.count(turning) == told.count(f"<bdi>{turning}</bdi>") == 3


def test_page_tells_htmx_only_the_facts(lead_client: Client, key: ApiKey) -> None:
    answer = lead_client.get(reverse("ingest_health", args=["acme"]), headers={"HX-Request": "true"}).content.decode()
    assert "data-mood" in answer
    assert "<html" not in answer


def test_every_page_is_marked_while_a_batch_is_unread(lead_client: Client, key: ApiKey) -> None:
    mark = "Something could not be read"
    assert mark not in page(lead_client, "connect")
    make_batch(key, state=BatchState.FAILED)
    assert mark in page(lead_client, "connect")


# --- refusals -----------------------------------------------------------------------------------


def test_refused_requests_are_counted_with_reason_and_program(client: Client, key: ApiKey, secret: str) -> None:
    headers = {"Authorization": f"Bearer {secret}", "User-Agent": "OTel-OTLP-Exporter-Python/1.45.2 more"}
    for _ in range(2):
        client.post("/v1/traces", b"{", content_type="application/json", headers=headers)
    client.post("/v1/logs", b"{}", content_type="text/plain", headers=headers)
    client.post("/api/v1/sessions/", b"{}", content_type="application/json", headers=headers)
    found = RefusedRequest.objects.order_by("status", "door").values_list("status", "door", "times", "source")
    source = "OTel-OTLP-Exporter-Python/1.45.2"
    assert list(found) == [(400, "sessions", 1, source), (400, "traces", 2, source), (415, "logs", 1, source)]


def test_key_without_the_scope_is_counted_and_one_that_is_unknown_is_not(client: Client, project: Project) -> None:
    post(client, make_key(project, Scope.READ), "/v1/traces", export(span(1)))
    post(client, make_key(project, Scope.READ), "/api/v1/sessions/", b"{}")
    post(client, "msk_nobody", "/v1/traces", export(span(1)))
    assert list(RefusedRequest.objects.values_list("status", flat=True)) == [403, 403]


def test_request_of_which_every_item_is_refused_is_counted_in_part(client: Client, key: ApiKey, secret: str) -> None:
    assert post(client, secret, "/v1/traces", export(span(1, spanId=""))).status_code == 200
    assert RefusedRequest.objects.get().status == 200


def test_happy_path_asks_nothing_about_refusals(client: Client, secret: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        post(client, secret, "/v1/traces", export(span(1)))
    assert not [query for query in queries if "refusedrequest" in query["sql"]]


# --- retry and discard --------------------------------------------------------------------------


def test_retried_batch_becomes_a_session(lead_client: Client, lead: User, key: ApiKey) -> None:
    batch = make_batch(key, state=BatchState.FAILED, attempts=3, reason="ValueError: no")
    lead_client.post(reverse("failed_batch_retry", args=["acme", batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, batch.attempts, batch.reason) == (BatchState.WAITING, 0, "")
    digest_waiting()
    assert AgentSession.objects.count() == 1
    event = IntakeEvent.objects.get()
    assert (event.act, event.actor, event.batches) == ("retried", lead, 1)


def test_all_failed_batches_are_retried_and_no_others(lead_client: Client, key: ApiKey) -> None:
    for state in (BatchState.FAILED, BatchState.FAILED, BatchState.DONE):
        make_batch(key, state=state)
    lead_client.post(reverse("health_retry_all", args=["acme"]))
    assert sorted(RawBatch.objects.values_list("state", flat=True)) == ["done", "waiting", "waiting"]


def test_discarded_batch_is_gone_and_stands_in_the_history(lead_client: Client, key: ApiKey) -> None:
    batch, other = (make_batch(key, state=BatchState.FAILED, reason="ValueError: no") for _ in range(2))
    lead_client.post(reverse("failed_batch_discard", args=["acme", batch.pk]))
    assert list(RawBatch.objects.all()) == [other]
    event = IntakeEvent.objects.get()
    assert event.act == "discarded"
    assert "ValueError: no" in event.detail
    lead_client.post(reverse("health_discard_all", args=["acme"]))
    assert not RawBatch.objects.exists()
    assert "discarded 1 batch" in page(lead_client)


def test_nothing_left_to_do_leaves_no_history(lead_client: Client, key: ApiKey) -> None:
    for name in ("health_retry_all", "health_discard_all"):
        lead_client.post(reverse(name, args=["acme"]))
    assert not IntakeEvent.objects.exists()


def test_viewer_sees_and_is_offered_nothing_to_press(key: ApiKey) -> None:
    batch = make_batch(key, state=BatchState.FAILED)
    client = client_of(make_member(key.project, Role.VIEWER))
    assert "<form" not in page(client).partition("<main")[2]
    assert "<form" not in page(client, "failed_batch", batch.pk).partition("<main")[2]


def test_batch_that_is_done_has_no_page_here(lead_client: Client, key: ApiKey) -> None:
    batch = make_batch(key, state=BatchState.DONE)
    for name in ("failed_batch", "failed_batch_retry", "failed_batch_discard"):
        url = reverse(name, args=["acme", batch.pk])
        assert (lead_client.get(url) if name == "failed_batch" else lead_client.post(url)).status_code == 404


# --- how a batch begins -------------------------------------------------------------------------


def test_beginning_is_text_without_marks_that_deceive(key: ApiKey) -> None:
    batch = make_batch(key, body='{"a": "x\u202ey\x07"}<b>'.encode() + b"z" * 5000)
    beginning = beginning_of(batch)
    assert beginning.startswith('{"a": "x·y·"}<b>zzz')
    assert len(beginning) <= 2000


def test_beginning_of_bytes_is_hex_with_letters(key: ApiKey) -> None:
    batch = make_batch(key, content_type="application/x-protobuf", body=b"\x00\x01refund")
    assert beginning_of(batch) == "00 01 72 65 66 75 6e 64                          ··refund"


def test_page_of_a_batch_shows_its_beginning_escaped(lead_client: Client, key: ApiKey) -> None:
    batch = make_batch(key, state=BatchState.FAILED, body=b"<script>alert(1)</script>", reason="<b>no</b>")
    shown = page(lead_client, "failed_batch", batch.pk)
    assert "&lt;script&gt;alert(1)" in shown
    assert "<b>no</b>" not in shown


# --- over the API -------------------------------------------------------------------------------


def ask(client: Client, secret: str) -> Any:
    return client.get("/api/v1/health/ingest/", headers={"Authorization": f"Bearer {secret}"})


def test_api_tells_what_the_page_tells(client: Client, key: ApiKey) -> None:
    fill(key, 1)
    told = ask(client, make_key(key.project, Scope.READ)).json()
    assert (told["mood"], told["findings"][0]["mood"]) == ("bad", "bad")
    assert told["programs"][0] | {"last_at": ""} == {
        "key": "test", "key_prefix": key.prefix, "program": "sdk/0", "last_at": "",
        "items_this_hour": 6, "items_24h": 6, "items_7d": 6, "rejected_24h": 0, "lag_ms_mean": 0, "lag_ms_max": 0,
    }  # fmt: skip
    assert told["waiting"]["batches"] == 1
    assert (told["failed"]["batches"], told["failed"]["newest"][0]["reason"]) == (1, "ValueError 0")
    assert told["refused"][0]["reason"] == "bad 0"
    assert told["refused"][0]["advice"].startswith("The body could not be read.")
    assert (told["unmapped"][0]["key"], told["unresolved_scores"]) == ("k.0", 1)


def test_api_of_a_new_project_is_calm(client: Client, project: Project) -> None:
    told = ask(client, make_key(project, Scope.READ)).json()
    assert (told["mood"], told["last_at"], told["programs"]) == ("calm", None, [])


def test_api_retries_one_or_all(client: Client, key: ApiKey) -> None:
    batches = [make_batch(key, state=BatchState.FAILED) for _ in range(3)]
    secret = make_key(key.project, Scope.WRITE)
    url = "/api/v1/health/ingest/retry/"
    first = post(client, secret, url, f'{{"id": {batches[0].pk}}}'.encode())
    assert (first.status_code, first.json()) == (202, {"retried": 1})
    assert post(client, secret, url, b"{}").json() == {"retried": 2}
    assert post(client, secret, url, b"{}").json() == {"retried": 0}
    assert sorted(IntakeEvent.objects.values_list("batches", "api_key__scopes")) == [(1, ["write"]), (2, ["write"])]


def test_api_retries_nothing_of_another_project(client: Client, key: ApiKey) -> None:
    batch = make_batch(key, state=BatchState.FAILED)
    secret = make_key(make_project("other"), Scope.WRITE)
    answer = post(client, secret, "/api/v1/health/ingest/retry/", f'{{"id": {batch.pk}}}'.encode())
    assert answer.json() == {"retried": 0}
    batch.refresh_from_db()
    assert batch.state == BatchState.FAILED


@pytest.mark.parametrize("body", [b'{"id": "x"}', b"[]", b"{", b'{"id": 1e400}', b'{"id": 100000000000000000000000}'])
def test_api_names_what_is_wrong_with_a_retry(client: Client, project: Project, body: bytes) -> None:
    answer = post(client, make_key(project, Scope.WRITE), "/api/v1/health/ingest/retry/", body)
    assert answer.status_code in {202, 400}
    assert answer.status_code == 400 or answer.json() == {"retried": 0}
