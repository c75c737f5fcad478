"""What a row tells beside the failure itself: all verdicts, how far they agree, and what the row is good for."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, Role, User
from annotate.models import Outcome
from issues import actions
from tests.builders import NOON, make_member, make_review
from tests.issues.told_world import World, make_world, rows


@pytest.fixture
def world(project: Project, lead: User) -> World:
    return make_world(project, lead)


def test_verdicts_and_agreement_are_those_of_all_reviewers(api: Client, world: World) -> None:
    cleo, dora = (make_member(world.project, Role.REVIEWER, f"{name}@example.com") for name in ("cleo", "dora"))
    make_review(world.session, cleo, Outcome.FAILURE)  # judged twice: the newest counts
    make_review(world.session, cleo, Outcome.SUCCESS)
    make_review(world.session, dora, Outcome.SUCCESS, withdrawn_at=NOON)
    world.settle(Outcome.FAILURE, adopted=[world.failure.pk])
    row = rows(api)[world.failure.pk]
    assert [(one["reviewer"], one["outcome"]) for one in row["verdicts"]] == [
        ("ada@example.com", "failure"),
        ("bea@example.com", "failure"),
        ("cleo@example.com", "failure"),
        ("cleo@example.com", "success"),
    ]
    assert row["agreement"] == {"reviewers": 3, "pairs": 3, "agreed": 1}
    assert row["settlement"]["outcome"] == "failure"


def test_csv_carries_what_all_reviewers_said(api: Client, world: World) -> None:
    lines: Any = api.get("/api/v1/failures/", {"format": "csv"})
    flat = next(csv.DictReader(io.StringIO(b"".join(lines).decode())))
    row = rows(api)[world.failure.pk]
    assert json.loads(flat["verdicts"]) == row["verdicts"]
    assert (flat["agreement_reviewers"], flat["agreement_agreed"], flat["split"]) == ("2", "1", row["split"])


def test_a_session_in_issues_of_different_parts_is_for_nothing(api: Client, world: World) -> None:
    assert rows(api)[world.failure.pk]["split"] == rows(api)[world.others.pk]["split"] is not None
    found = set()
    for number in range(20):
        title = f"Issue {number}"
        actions.create_from(
            project=world.project, failure_ids=[world.others.pk], title=title, actor=world.lead, overrule=True
        )
        told = rows(api)
        parts = {told[pk]["split"] for pk in (world.failure.pk, world.others.pk)}
        assert len(parts) == 1
        found |= parts
    assert None in found
    assert len(found) == 2
