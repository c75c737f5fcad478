"""Waiting batches become sessions: once each, whoever dies on the way, and a bad one alone stays behind."""

import json
from collections.abc import Sequence
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Project, Scope
from ingest import claims
from ingest.claims import DEADLY, HOLD, LEASE, MOST_CLAIMS, claim_batches
from ingest.digest import digest_waiting
from ingest.models import BatchState, IntakeCount, RawBatch
from ingest.records import Checked
from ingest.storing import Delivery, Finish, store
from ingest.storing.batches import keep_batch
from ingest.tasks import sweep
from tests.builders import make_key, make_project
from tests.ingest.payloads import JSON, export, post, span
from traces.models import AgentSession, Step


@pytest.fixture
def key(project: Project, secret: str) -> ApiKey:
    return ApiKey.objects.get()


def keep(key: ApiKey, *numbers: int) -> None:
    for number in numbers:
        keep_batch(key, "traces", JSON, export(span(number, trace=f"{number:032x}")))


def let_others_in() -> None:
    """As after a while in which the worker that holds a project's batches has not come to an end."""
    held = RawBatch.objects.filter(claimed_until__gt=timezone.now()).exclude(claim="")
    held.update(claimed_until=timezone.now() + LEASE - HOLD)


def test_two_claims_never_hold_the_same_batch(key: ApiKey) -> None:
    keep(key, 1, 2, 3)
    first = claim_batches(2)
    assert claim_batches(2) == []  # one worker at a time is at a project
    let_others_in()
    second = claim_batches(2)
    assert [batch.pk for batch in first + second] == sorted(RawBatch.objects.values_list("pk", flat=True))


def test_a_claim_takes_other_projects_than_those_that_are_held(key: ApiKey) -> None:
    keep(key, 1, 2)
    claim_batches(1)
    make_key(other := make_project("other"), Scope.INGEST)
    keep(ApiKey.objects.get(project=other), 3)
    assert [batch.project for batch in claim_batches(5)] == [other]


def test_a_claim_sees_further_than_the_first_few_hundred(key: ApiKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "IN_VIEW", 2)
    test_a_claim_takes_other_projects_than_those_that_are_held(key)


def test_much_waits_where_batches_are_many_or_large(key: ApiKey) -> None:
    keep(key, *range(claims.MUCH - 1))
    assert not claims.is_much_waiting()
    keep(key, claims.MUCH)
    assert claims.is_much_waiting()
    RawBatch.objects.all().delete()
    keep_batch(key, "traces", JSON, export(span(1)), Checked(claims.MOST_ITEMS))
    assert claims.is_much_waiting()


def test_a_claim_is_small_where_batches_are_large(key: ApiKey) -> None:
    for number, items in ((1, 5_000), (2, 600), (3, 400), (4, 1)):
        keep_batch(key, "traces", JSON, export(span(number)), Checked(items))
    sizes = []
    while batches := claim_batches(10):
        sizes.append([batch.items for batch in batches])
        RawBatch.objects.exclude(claim="").update(state=BatchState.DONE)
    assert sizes == [[5_000], [600, 400], [1]]


def test_a_dead_workers_batch_is_digested_after_its_lease(key: ApiKey) -> None:
    keep(key, 1)
    claim_batches(10)
    assert digest_waiting() == 0
    RawBatch.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    sweep()
    assert RawBatch.objects.get().state == BatchState.DONE
    assert Step.objects.count() == 1


def run_out(**fields: object) -> None:
    RawBatch.objects.update(claimed_until=timezone.now() - timedelta(seconds=1), **fields)


def test_a_batch_that_was_claimed_before_comes_alone(key: ApiKey) -> None:
    keep(key, 1, 2, 3)
    dead = claim_batches(2)
    run_out()
    claimed = []
    for _ in range(3):
        claimed.append([batch.pk for batch in claim_batches(10)])
        let_others_in()
    assert claimed == [[dead[0].pk], [dead[1].pk], [RawBatch.objects.latest("pk").pk]]


def test_a_batch_that_kills_every_worker_is_kept_as_failed(key: ApiKey) -> None:
    keep(key, 1)
    for _ in range(MOST_CLAIMS):
        assert len(claim_batches(1)) == 1
        run_out()
    assert claim_batches(1) == []
    assert (RawBatch.objects.get().state, RawBatch.objects.get().reason) == (BatchState.FAILED, DEADLY)


def test_workers_that_end_for_another_reason_make_no_batch_fail(key: ApiKey) -> None:
    keep(key, *range(1, 11))
    assert len(claim_batches(50)) == 10
    for _ in range(MOST_CLAIMS + 1):
        run_out()
        assert len(claim_batches(50)) == 1
    run_out()
    while digest_waiting():
        run_out()
    assert [batch.state for batch in RawBatch.objects.all()] == [BatchState.DONE] * 10


def test_a_deadly_batch_among_innocent_ones_is_the_only_one_to_fail(key: ApiKey) -> None:
    keep(key, *range(1, 6))
    deadly = claim_batches(50)[2].pk
    run_out()
    while batches := claim_batches(50):
        if deadly not in {batch.pk for batch in batches}:
            RawBatch.objects.filter(pk__in=[batch.pk for batch in batches]).update(state=BatchState.DONE)
        run_out()
    states = dict(RawBatch.objects.values_list("pk", "state"))
    assert states == {pk: BatchState.FAILED if pk == deadly else BatchState.DONE for pk in states}


def test_a_busy_database_counts_against_no_batch(key: ApiKey) -> None:
    keep(key, 1)
    with patch("ingest.digest.store", side_effect=OperationalError("database is locked")):
        assert digest_waiting() == 0
    assert (RawBatch.objects.get().state, RawBatch.objects.get().attempts) == (BatchState.WAITING, 0)
    run_out()
    assert digest_waiting() == 1


def test_an_older_version_that_is_digested_late_does_not_come_back(key: ApiKey) -> None:
    held = []
    for steps in ([{"kind": "user", "text": "Hi"}], []):
        keep_batch(key, "sessions", JSON, json.dumps({"session": {"id": "x"}, "steps": steps}).encode())
        held.append(claim_batches(1))
        let_others_in()
    with patch("ingest.digest.claim_batches", side_effect=reversed(held)):
        assert [digest_waiting(), digest_waiting()] == [1, 1]
    assert AgentSession.objects.get().step_count == 0


def test_a_batch_that_fails_is_kept_with_its_reason_and_the_others_go_on(key: ApiKey) -> None:
    keep(key, 1, 2, 3)

    def break_on_two(project: Project, deliveries: Sequence[Delivery], finish: Finish) -> object:
        if any(one.name == "span 2" for delivery in deliveries for one in delivery.contents.spans):
            raise ValueError("two is broken")
        return store(project, deliveries, finish)

    with patch("ingest.digest.store", break_on_two):
        assert digest_waiting() == 2
        for _ in range(3):
            RawBatch.objects.update(claimed_until=None)
            digest_waiting()
    broken = RawBatch.objects.get(state=BatchState.FAILED)
    assert (broken.reason, broken.attempts) == ("ValueError: two is broken", 3)
    assert set(Step.objects.values_list("name", flat=True)) == {"span 1", "span 3"}


def test_a_batch_that_is_stored_stays_done_whatever_fails_afterwards(key: ApiKey) -> None:
    keep(key, 1)
    with patch("ingest.digest.unmapped.see", side_effect=ValueError("too late")):
        digest_waiting()
    assert RawBatch.objects.get().state == BatchState.DONE
    assert IntakeCount.objects.get().batches == 1


def test_a_body_that_failed_may_be_sent_again(key: ApiKey) -> None:
    keep(key, 1)
    RawBatch.objects.update(state=BatchState.FAILED)
    keep(key, 1)
    assert digest_waiting() == 1


def test_many_batches_are_digested_oldest_first_and_up_to_the_limit(key: ApiKey) -> None:
    keep(key, 1, 2, 3)
    assert digest_waiting(limit=2) == 2
    assert set(Step.objects.values_list("name", flat=True)) == {"span 1", "span 2"}


def test_revision_is_raised_by_content_only(client: Client, project: Project, secret: str) -> None:
    post(client, secret, "/v1/traces", export(span(1)))
    digest_waiting()
    post(client, secret, "/v1/traces", export(span(1)) + b" ")
    digest_waiting()
    assert AgentSession.objects.get().revision == 1
    post(client, secret, "/v1/traces", export(span(2, parent=1)))
    digest_waiting()
    assert AgentSession.objects.get().revision == 2


def test_a_late_session_id_moves_the_trace_and_keeps_the_row(client: Client, project: Project, secret: str) -> None:
    post(client, secret, "/v1/traces", export(span(2, parent=1)))
    digest_waiting()
    before = AgentSession.objects.get()
    assert (before.external_id, before.closed) == ("a" * 32, False)
    post(client, secret, "/v1/traces", export(span(1, attributes={"session.id": "chat-1"})))
    digest_waiting()
    after = AgentSession.objects.get()
    assert (after.pk, after.external_id, after.step_count, after.closed) == (before.pk, "chat-1", 2, True)


def test_a_trace_joins_a_session_that_is_there_and_leaves_nothing_behind(
    client: Client, project: Project, secret: str
) -> None:
    chat = {"session.id": "chat-1"}
    post(client, secret, "/v1/traces", export(span(9, trace="b" * 32, attributes=chat), span(2, parent=1)))
    digest_waiting()
    assert AgentSession.objects.count() == 2
    post(client, secret, "/v1/traces", export(span(1, attributes=chat)))
    digest_waiting()
    session = AgentSession.objects.get()
    assert list(session.steps.values_list("name", flat=True)) == ["span 1", "span 2", "span 9"]


def test_a_projects_own_key_names_the_session(client: Client, project: Project, secret: str) -> None:
    project.session_keys = ["acme.ticket"]
    project.save()
    post(client, secret, "/v1/traces", export(span(1, attributes={"acme.ticket": "T-7"})))
    digest_waiting()
    assert AgentSession.objects.get().external_id == "T-7"


def test_missing_usage_stays_null(client: Client, project: Project, secret: str) -> None:
    post(client, secret, "/v1/traces", export(span(1, attributes={"gen_ai.operation.name": "chat"})))
    digest_waiting()
    session = AgentSession.objects.get()
    assert (session.tokens_in, session.tokens_out, session.cost_usd) == (None, None, None)


def test_an_agents_repeated_sum_is_not_counted_twice(client: Client, project: Project, secret: str) -> None:
    agent = span(1, attributes={"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 30})
    chat = {"gen_ai.operation.name": "chat"}
    calls = [span(n, parent=1, attributes={**chat, "gen_ai.usage.input_tokens": n * 5}) for n in (2, 4)]
    post(client, secret, "/v1/traces", export(agent, *calls))
    digest_waiting()
    assert AgentSession.objects.get().tokens_in == 30
    post(client, secret, "/v1/traces", export({**agent, "traceId": "b" * 32}))
    digest_waiting()
    assert AgentSession.objects.get(external_id="b" * 32).tokens_in == 30
