"""The daily limit: what passes it hears so, in its own shape, and two requests never share the same rest."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client

from accounts.models import Project
from common.errors import TooMuch
from ingest.models import DailyIntake, Intake, RawBatch, RefusedRequest
from ingest.quotas import charge, quota_of
from tests.builders import make_project
from tests.ingest.payloads import export, post, span
from tests.races import race

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def limited(project: Project) -> Intake:
    return Intake.objects.create(project=project, daily_limit=10)


def used(project: Project) -> int:
    return sum(DailyIntake.objects.filter(project=project).values_list("items", flat=True))


def test_limit_is_reached_and_never_passed(limited: Intake) -> None:
    charge(limited, 6, NOON)
    charge(limited, 4, NOON)
    with pytest.raises(TooMuch, match="10 came today, and 1 more would pass"):
        charge(limited, 1, NOON)
    assert used(limited.project) == 10


def test_what_does_not_fit_leaves_the_rest_to_others(limited: Intake) -> None:
    with pytest.raises(TooMuch):
        charge(limited, 11, NOON)
    charge(limited, 10, NOON)
    assert used(limited.project) == 10


def test_next_day_begins_anew(limited: Intake) -> None:
    charge(limited, 10, NOON)
    charge(limited, 10, NOON + timedelta(days=1))
    assert used(limited.project) == 20


def test_refusal_says_when_to_come_back(limited: Intake) -> None:
    with pytest.raises(TooMuch, match="2026-11-03 00:00 UTC") as caught:
        charge(limited, 11, NOON)
    assert caught.value.retry_after == 12 * 3600


def test_project_without_a_limit_counts_nothing(project: Project) -> None:
    charge(Intake(project=project), 10**9, NOON)
    assert not DailyIntake.objects.exists()
    assert quota_of(project) is None


@pytest.mark.parametrize(("spent", "is_near"), [(7, False), (8, True), (10, True)])
def test_somebody_is_told_before_it_is_used_up(limited: Intake, spent: int, *, is_near: bool) -> None:
    charge(limited, spent, NOON)
    quota = quota_of(limited.project, NOON)
    assert quota is not None
    assert (quota.used, quota.limit, quota.is_near) == (spent, 10, is_near)


def spans(number: int) -> bytes:
    return export(*[span(index + 1) for index in range(number)])


def test_exporter_over_the_limit_hears_429_in_its_own_shape(client: Client, secret: str, limited: Intake) -> None:
    assert post(client, secret, "/v1/traces", spans(10)).status_code == 200
    response = post(client, secret, "/v1/traces", spans(1))
    assert response.status_code == 429
    assert "10 items" in response.json()["message"]
    assert 0 < int(response["Retry-After"]) <= 24 * 3600
    assert RawBatch.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/api/v1/sessions/", {"steps": [{"kind": "user", "text": "hi"}]}, lambda told: told["errors"][0]["message"]),
        ("/api/public/scores", {"id": "1", "name": "x", "value": 1, "traceId": "t"}, lambda told: told["message"]),
    ],
)
def test_every_door_says_it_in_its_own_shape(
    client: Client, secret: str, limited: Intake, path: str, body: Any, words: Any
) -> None:
    charge(limited, 10)
    response = post(client, secret, path, orjson.dumps(body))
    assert response.status_code == 429
    assert "An admin of the project can raise it" in words(response.json())
    assert int(response["Retry-After"]) > 0


def test_same_bytes_again_are_not_charged_twice(client: Client, secret: str, limited: Intake) -> None:
    for _ in range(3):
        assert post(client, secret, "/v1/traces", spans(10)).status_code == 200
    assert used(limited.project) == 10


def test_refusals_over_the_limit_are_one_line_of_the_health_page(client: Client, secret: str, limited: Intake) -> None:
    charge(limited, 10)
    for number in (1, 2):
        post(client, secret, "/v1/traces", spans(number))
        post(client, secret, "/api/v1/sessions/", orjson.dumps([{"steps": [{"kind": "user", "text": "hi"}]}] * number))
    assert sorted(RefusedRequest.objects.values_list("door", "times")) == [("sessions", 2), ("traces", 2)]


@pytest.mark.django_db(transaction=True)
def test_race_never_passes_the_limit(tmp_path: Path) -> None:
    project = make_project()
    Intake.objects.create(project=project, daily_limit=100)
    let = race("tests.ingest.race_quota", [[str(project.pk), "40"]] * 3, tmp_path)
    assert sum(map(int, let)) == 33
