"""Whether a measured reviewer named the same failure type, whatever became of its name since."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.types import create_type, edit_type, merge_types
from annotate.models import CalibrationReview, Failure, FailureType, Outcome, QueueItem, Review, Stratum
from annotate.queries.measured import measured_rows
from annotate.told import Told, as_draft
from tests.annotate.measuring import settle_one
from tests.builders import make_failure_type, make_queue, make_slot


@pytest.fixture
def lied(project: Project) -> FailureType:
    return make_failure_type(project, "It lied")


@pytest.fixture
def gold(project: Project, lied: FailureType, bob: User, cyd: User) -> Review:
    """A lead settled that it lied."""
    settled = settle_one(make_queue(project), "gold", bob, cyd)
    Failure.objects.filter(review=settled).update(failure_type=lied)
    return settled


def measure(gold: Review, person: User, name: str, opened_at: datetime | None = None) -> CalibrationReview:
    """Somebody says just now that it failed, by a failure type of this name."""
    queue = make_queue(gold.project, f"Measuring {CalibrationReview.objects.count()}", is_blind=True)
    slot = make_slot(queue, gold.session, reviewer=person)
    QueueItem.objects.filter(pk=slot.item_id).update(stratum=Stratum.GOLD)
    row: dict[str, Any] = {"project": gold.project, "session": gold.session, "rubric": queue.rubric}
    return CalibrationReview.objects.create(
        **row,
        slot=slot,
        reviewer=person,
        compared_with=gold,
        client_id=uuid.uuid4(),
        outcome=Outcome.FAILURE,
        failures=[as_draft(Told(root_step="k2", note="It said so.", failure_type=name))],
        opened_at=opened_at,
        submitted_at=timezone.now(),
    )


def same(judged: CalibrationReview) -> bool | None:
    [measured] = [row.measured for row in measured_rows(judged.project) if row.judged == judged]
    assert measured is not None
    return measured.same_type


def rename(kind: FailureType, name: str, lead: User) -> None:
    edit_type(kind=FailureType.objects.get(pk=kind.pk), actor=lead, name=name, description="", group="")


def test_a_type_that_is_renamed_later_stays_the_one_that_was_named(
    gold: Review, lied: FailureType, ada: User, lead: User
) -> None:
    judged, other = measure(gold, ada, "it  LIED"), measure(gold, ada, "Was slow")
    for name in ("Untrue", "Untrue words"):
        rename(lied, name, lead)
    later = measure(gold, ada, "Untrue words")
    assert [same(one) for one in (judged, other, later)] == [True, False, True]


def test_a_name_means_what_it_meant_to_who_read_it(gold: Review, lied: FailureType, ada: User, lead: User) -> None:
    before, opened_at = measure(gold, ada, "It lied"), timezone.now()
    rename(lied, "Untrue", lead)
    while_open = measure(gold, ada, "It lied", opened_at)
    create_type(project=gold.project, actor=lead, name="It lied")
    assert [same(one) for one in (before, while_open, measure(gold, ada, "It lied"))] == [True, True, False]


def test_a_type_that_is_merged_is_the_one_that_it_went_into(
    gold: Review, lied: FailureType, ada: User, lead: User
) -> None:
    judged = measure(gold, ada, "Made it up")
    made_up = make_failure_type(gold.project, "Made it up")
    assert same(judged) is False
    merge_types(into=lied, type_ids=[made_up.pk], actor=lead)
    rename(lied, "Untrue", lead)
    assert same(judged) is True


def test_a_type_of_another_name_is_found_in_as_many_queries(
    gold: Review, lied: FailureType, ada: User, lead: User
) -> None:
    counts = []
    for number in range(1, 7):
        measure(gold, ada, f"It lied {number}")
        rename(lied, f"It lied {number}", lead)
        with CaptureQueriesContext(connection) as asked:
            measured_rows(gold.project)
        counts.append(len(asked))
    assert counts == [6] * 6
