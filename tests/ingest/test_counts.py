"""Counting what came in: exactly once, whoever digests it and however often it is tried."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Project
from ingest import digest
from ingest.digest import digest_waiting
from ingest.models import BatchState, IntakeCount, RawBatch, RefusedRequest, UnmappedAttribute
from ingest.records import SpanRecord
from ingest.storing.counts import MOST_REASONS, count_batches, count_refusal, drop_old_counts
from ingest.storing.unmapped import MOST_KEYS, Unmapped, count_unmapped
from tests.ingest.payloads import export, post, span


@pytest.fixture
def key(project: Project, secret: str) -> ApiKey:
    return ApiKey.objects.get(project=project)


def make_batch(key: ApiKey, **fields: Any) -> RawBatch:
    values = {"door": "traces", "items": 3, "source": "sdk/1", "body": b"1234", "received_at": timezone.now(), **fields}
    return RawBatch.objects.create(project=key.project, api_key=key, sha256="0" * 64, **values)


def totals() -> dict[str, int]:
    fields = ("batches", "items", "rejected")
    return {name: sum(IntakeCount.objects.values_list(name, flat=True)) for name in fields}


def test_digest_counts_what_it_did_by_key_door_program_and_hour(client: Client, key: ApiKey, secret: str) -> None:
    headers = {"Authorization": f"Bearer {secret}", "User-Agent": "sdk/1.2 (linux)"}
    for body in (export(span(1), span(2)), export(span(3), span(4, spanId=""))):
        client.post("/v1/traces", body, content_type="application/json", headers=headers)
    digest_waiting()
    count = IntakeCount.objects.get()
    assert (count.project, count.api_key, count.door, count.source) == (key.project, key, "traces", "sdk/1.2")
    assert (count.batches, count.items, count.rejected) == (2, 3, 1)
    assert (count.hour.minute, count.hour.second) == (0, 0)
    assert 0 <= count.lag_ms_max <= count.lag_ms_sum


def test_redelivered_batch_is_counted_once(client: Client, key: ApiKey, secret: str) -> None:
    for _ in range(3):
        post(client, secret, "/v1/traces", export(span(1)))
        digest_waiting()
    assert totals()["batches"] == 1


def test_batch_whose_digest_fails_is_counted_when_it_succeeds(
    client: Client, key: ApiKey, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(client, secret, "/v1/traces", export(span(1)))
    with monkeypatch.context() as broken:
        # After the counting: what a failed transaction has counted is undone with it.
        broken.setattr(digest, "count_batches", _count_and_fail)
        digest_waiting()
    assert totals()["batches"] == 0
    RawBatch.objects.update(claimed_until=None)
    digest_waiting()
    assert totals()["batches"] == 1
    assert RawBatch.objects.get().state == BatchState.DONE


def _count_and_fail(batches: list[RawBatch], digested_at: Any) -> None:
    count_batches(batches, digested_at)
    raise ValueError("the worker could not go on")


def test_counts_add_up_over_digests(key: ApiKey) -> None:
    now = timezone.now().replace(minute=30)
    early, late = (make_batch(key, received_at=now - timedelta(seconds=age)) for age in (9, 4))
    count_batches([early], now)
    count_batches([late], now)
    count = IntakeCount.objects.get()
    assert (count.batches, count.items, count.size) == (2, 6, 8)
    assert (count.lag_ms_sum, count.lag_ms_max, count.last_at) == (13_000, 9_000, late.received_at)


def test_batch_in_part_refused_is_counted_with_its_reason(key: ApiKey) -> None:
    count_batches([make_batch(key, rejected=2, reason=f"{n} spans have no id") for n in (2, 5)], timezone.now())
    refused = RefusedRequest.objects.get()
    assert (refused.status, refused.reason, refused.times) == (200, "N spans have no id", 2)


def test_batch_without_a_key_is_left_out(key: ApiKey) -> None:
    count_batches([RawBatch(project=key.project, door="traces", received_at=timezone.now())], timezone.now())
    assert totals()["batches"] == 0


def test_reasons_of_a_day_are_bounded(key: ApiKey) -> None:
    for number in range(MOST_REASONS + 5):
        count_refusal(key, "traces", "sdk", 400, "bad " + "x" * number)
    assert RefusedRequest.objects.count() == MOST_REASONS + 1
    assert RefusedRequest.objects.get(reason="Other reasons.").times == 5


def test_unmapped_keys_add_up_with_a_short_example(project: Project) -> None:
    now = timezone.now()
    for _ in range(2):
        count_unmapped(project.pk, {"my.key": 2}, {"my.key": "nul \0 and " + "long " * 100}, now)
    row = UnmappedAttribute.objects.get()
    assert (row.key, row.times, row.first_at) == ("my.key", 4, now)
    assert row.example.startswith("nul \ufffd and long")
    assert len(row.example) <= 200


def test_unmapped_keys_of_a_project_are_bounded(project: Project) -> None:
    now = timezone.now()
    count_unmapped(project.pk, {f"key.{number}": 1 for number in range(MOST_KEYS + 9)}, {}, now)
    count_unmapped(project.pk, {"one.more": 1, "key.0": 1}, {}, now)
    assert UnmappedAttribute.objects.count() == MOST_KEYS
    assert UnmappedAttribute.objects.get(key="key.0").times == 2


def test_old_counts_go(key: ApiKey) -> None:
    now = timezone.now()
    for age in (100, 1):
        count_batches([make_batch(key, received_at=now - timedelta(days=age), rejected=1)], now)
    count_unmapped(key.project_id, {"old": 1}, {}, now - timedelta(days=100))
    count_unmapped(key.project_id, {"new": 1}, {}, now)
    drop_old_counts(now)
    left = [model.objects.count() for model in (IntakeCount, RefusedRequest, UnmappedAttribute)]
    assert left == [1, 1, 1]


class Clock:
    """Stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def unread(number: int) -> SpanRecord:
    return SpanRecord("a" * 32, f"{number:016x}", attributes={"my.key": number, "my.list.0.x": "y", "session.id": "s"})


def test_spans_unread_keys_are_gathered_and_written_every_few_seconds(project: Project) -> None:
    clock = Clock()
    gathered = Unmapped(clock)
    gathered.see(project.pk, [unread(1), unread(2)])
    gathered.see(project.pk, [unread(3)])
    rows = UnmappedAttribute.objects.order_by("key")
    assert list(rows.values_list("key", "times", "example")) == [("my.key", 2, "1"), ("my.list.N.x", 2, "y")]
    clock.now += 5
    gathered.see(project.pk, [])
    assert list(rows.values_list("key", "times")) == [("my.key", 3), ("my.list.N.x", 3)]


def test_digest_sees_what_nothing_reads(client: Client, key: ApiKey, secret: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(digest, "unmapped", Unmapped())
    post(client, secret, "/v1/traces", export(span(1, attributes={"my.key": "x"})))
    digest_waiting()
    assert UnmappedAttribute.objects.get().key == "my.key"
