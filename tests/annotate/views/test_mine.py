"""What one person has done: who sees it, what it lists and counts."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Project, Role, User
from annotate.models import CalibrationReview, Outcome, Queue, Review, SlotState
from tests.annotate.views.pages import page, url
from tests.builders import make_failure, make_member, make_queue, make_review, make_session, make_slot


@pytest.fixture
def lead(project: Project) -> User:
    return make_member(project, Role.LEAD, "lead@example.com")


def judge(queue: Queue, person: User, title: str, outcome: Outcome = Outcome.FAILURE, **fields: Any) -> Review:
    session = make_session(queue.project, title, title=title)
    slot = make_slot(queue, session, state=SlotState.SUBMITTED, reviewer=person)
    return make_review(session, person, outcome, slot=slot, **{"submitted_at": timezone.now(), **fields})


def measure(queue: Queue, person: User, title: str) -> CalibrationReview:
    known = judge(queue, make_member(queue.project, Role.REVIEWER, f"{title}@example.com"), title)
    slot = make_slot(make_queue(queue.project, "More"), known.session, state=SlotState.SUBMITTED, reviewer=person)
    return CalibrationReview.objects.create(
        project=queue.project,
        slot=slot,
        session=known.session,
        reviewer=person,
        rubric=known.rubric,
        compared_with=known,
        client_id=uuid.uuid4(),
        outcome=Outcome.SUCCESS,
        submitted_at=timezone.now(),
    )


def test_own_reviews_are_listed_and_counted(client: Client, queue: Queue, ada: User, bob: User) -> None:
    for number in range(5):
        at = timezone.now() - timedelta(hours=number + 1)
        review = judge(queue, ada, f"Mine {number}", submitted_at=at, opened_at=at - timedelta(minutes=3))
    make_failure(review)
    make_failure(review)
    judge(queue, ada, "Long ago", Outcome.SUCCESS, submitted_at=timezone.now() - timedelta(days=40))
    judge(queue, ada, "Taken back", withdrawn_at=timezone.now())
    judge(queue, ada, "Settled", is_gold=True)
    judge(queue, bob, "His")
    text = page(client, "my_page", queue.project)
    assert [title for title in ("Mine 0", "Mine 4", "Long ago") if title not in text] == []
    assert [title for title in ("Taken back", "Settled", "His") if title in text] == []
    assert "2 failures" in text
    assert "<dd>6</dd>" in "".join(text.split("\n"))
    assert "3.0" in text
    assert "Long ago" not in page(client, "my_page", queue.project, query="?days=30")
    assert "Mine 0" not in page(client, "my_page", queue.project, query="?outcome=success")
    assert "No review here" in page(
        client, "my_page", queue.project, query=f"?queue={make_queue(queue.project, 'B').pk}"
    )
    assert "Not understood and left out: days, queue" in page(client, "my_page", queue.project, query="?days=x&queue=0")


def test_review_that_measures_looks_like_any_other(client: Client, queue: Queue, ada: User) -> None:
    judge(queue, ada, "Mine")
    measure(queue, ada, "Measured")
    text = page(client, "my_page", queue.project)
    assert "Measured" in text
    assert "2 reviews" in text


def test_skips_are_told_with_their_reason(client: Client, queue: Queue, ada: User) -> None:
    session = make_session(queue.project, title="Not mine")
    make_slot(
        queue, session, state=SlotState.SKIPPED, reviewer=ada, skip_reason="not_my_field", ended_at=timezone.now()
    )
    text = page(client, "my_page", queue.project, query="?show=skips")
    assert "Not mine" in text
    assert "Not my field" in text


def test_leads_see_anyones_page_and_others_their_own(
    client: Client, lead_client: Client, queue: Queue, ada: User, bob: User
) -> None:
    judge(queue, bob, "His")
    assert "His" in page(lead_client, "person_page", queue.project, bob.pk)
    assert url("person_page", queue.project, bob.pk) in page(lead_client, "queue_list", queue.project)
    page(client, "person_page", queue.project, bob.pk, status=404)
    page(client, "person_page", queue.project, ada.pk)


def test_lead_who_is_to_judge_alone_sees_nothing_of_it(
    lead_client: Client, queue: Queue, bob: User, lead: User
) -> None:
    review = judge(queue, bob, "His")
    blind = make_queue(queue.project, "Blind", is_blind=True)
    blind.takers.add(lead)
    make_slot(blind, review.session)
    text = page(lead_client, "person_page", queue.project, bob.pk)
    assert "His" not in text
    assert "Left out of what stands here" in text


def test_as_many_queries_for_one_review_as_for_fifty(client: Client, queue: Queue, ada: User) -> None:
    counts = []
    for first, last in ((0, 1), (1, 50)):
        for number in range(first, last):
            judge(queue, ada, f"Mine {number}")
        with CaptureQueriesContext(connection) as queries:
            text = page(client, "my_page", queue.project)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "1–25 of 50 reviews" in text
