"""Keeping the next session ready, showing it before the server knows, and where the time went."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Project, Role, User
from annotate.claims import take_this
from annotate.models import Queue, Review, ReviewTimes, Slot, SlotState
from annotate.queries.people import overhead_of_all, people_rows
from annotate.views.replies import TAKEN_MEANWHILE
from tests.annotate.views.pages import add_slot, judgement, url
from tests.builders import make_member, make_queue

JSON = {"Accept": "application/json"}


@pytest.fixture
def lead(project: Project) -> User:
    return make_member(project, Role.LEAD, "lead@example.com")


@pytest.fixture
def other_queue(project: Project) -> Queue:
    return make_queue(project, name="Elsewhere")


@pytest.fixture
def slots(client: Client, project: Project, queue: Queue) -> list[Slot]:
    """Two sessions; Ada has opened the first."""
    slots = [add_slot(queue, "one", priority=0.9), add_slot(queue, "two", priority=0.5)]
    client.get(url("review_page", project, slots[0].pk))
    for slot in slots:
        slot.refresh_from_db()
    return slots


def ask(client: Client, slot: Slot) -> Any:
    return client.post(url("review_following", slot.queue.project, slot.pk))


def submit(client: Client, slot: Slot, **more: str) -> Any:
    body = {**judgement(outcome="success"), "lease_token": str(slot.lease_token), **more}
    return client.post(url("review_submit", slot.queue.project, slot.pk), body, headers=JSON).json()


def test_the_page_of_the_next_session_comes_ahead_of_its_turn(
    client: Client, project: Project, slots: list[Slot]
) -> None:
    page = ask(client, slots[0])

    slots[1].refresh_from_db()
    assert (slots[1].state, slots[1].opened_at) == (SlotState.LEASED, None)
    html = page.getvalue().decode() if page.streaming else page.content.decode()
    assert str(slots[1].lease_token) in html
    assert "2 of 2" in html


def test_nothing_is_kept_ready_after_what_is_not_ones_own(client: Client, slots: list[Slot]) -> None:
    assert ask(client, slots[1]).status_code == 204
    slots[1].refresh_from_db()
    assert slots[1].state == SlotState.FREE


def test_nothing_is_kept_ready_at_the_end_or_of_a_closed_queue(client: Client, queue: Queue, slots: list[Slot]) -> None:
    Queue.objects.filter(pk=queue.pk).update(is_open=False)
    assert ask(client, slots[0]).status_code == 204
    Queue.objects.filter(pk=queue.pk).update(is_open=True)
    Slot.objects.filter(pk=slots[1].pk).delete()
    assert ask(client, slots[0]).status_code == 204


def test_a_submission_opens_what_is_shown_by_now(client: Client, project: Project, slots: list[Slot]) -> None:
    ask(client, slots[0])
    answer = submit(client, slots[0], following=str(slots[1].pk))

    slots[1].refresh_from_db()
    assert slots[1].opened_at is not None
    assert answer["next"] == url("review_page", project, slots[1].pk)
    assert (answer["lease"], answer["place"]) == (str(slots[1].lease_token), [2, 2])


def test_a_skip_opens_what_is_shown_by_now(client: Client, project: Project, slots: list[Slot]) -> None:
    ask(client, slots[0])
    body = {"reason": "other", "lease_token": str(slots[0].lease_token), "following": str(slots[1].pk)}
    answer = client.post(url("review_skip", project, slots[0].pk), body, headers=JSON).json()

    slots[1].refresh_from_db()
    assert slots[1].opened_at is not None
    assert answer["next"] == url("review_page", project, slots[1].pk)


def test_whoever_sees_what_somebody_else_has_taken_is_told(client: Client, project: Project, slots: list[Slot]) -> None:
    bob = make_member(project, Role.REVIEWER, "bob@example.com")
    take_this(slot_id=slots[1].pk, user=bob)
    answer = submit(client, slots[0], following=str(slots[1].pk))

    assert answer["told"] == TAKEN_MEANWHILE
    assert Review.objects.count() == 1


@pytest.mark.parametrize("following", ["", "0", "-1", "999999", "x", "1e9", "9" * 30])
def test_what_was_never_ready_is_not_opened(client: Client, slots: list[Slot], following: str) -> None:
    answer = submit(client, slots[0], following=following)

    assert Review.objects.count() == 1
    assert set(answer) >= {"next", "told", "decision"}


def test_a_place_in_another_queue_is_not_opened(
    client: Client, project: Project, slots: list[Slot], other_queue: Queue
) -> None:
    elsewhere = add_slot(other_queue, "elsewhere")
    submit(client, slots[0], following=str(elsewhere.pk))

    elsewhere.refresh_from_db()
    assert elsewhere.state == SlotState.FREE


def test_where_the_time_went_is_kept_once(client: Client, slots: list[Slot]) -> None:
    body = {**judgement(outcome="success"), "lease_token": str(slots[0].lease_token)}
    body |= {"waiting_ms": "40", "reading_ms": "30000", "entering_ms": "2100"}
    for waited in ("40", "99"):
        client.post(
            url("review_submit", slots[0].queue.project, slots[0].pk), body | {"waiting_ms": waited}, headers=JSON
        )

    times = ReviewTimes.objects.get()
    assert (times.waiting_ms, times.reading_ms, times.entering_ms) == (40, 30000, 2100)


@pytest.mark.parametrize("wrong", ["", "-1", "x", "3600001", "1e3", "9" * 40, "NaN"])
def test_times_that_make_no_sense_refuse_no_review(client: Client, slots: list[Slot], wrong: str) -> None:
    submit(client, slots[0], waiting_ms="5", reading_ms=wrong, entering_ms="5")

    assert Review.objects.count() == 1
    assert not ReviewTimes.objects.exists()


def test_a_lead_sees_what_reviews_cost_besides_reading(
    client: Client, project: Project, queue: Queue, ada: User, lead: User
) -> None:
    for number in range(5):
        slot = add_slot(queue, f"t{number}")
        taken = take_this(slot_id=slot.pk, user=ada)
        assert taken is not None
        submit(client, taken, waiting_ms="100", reading_ms="9000", entering_ms=str(1000 * (number + 1)))
    rows = people_rows(project)
    [row] = [row for row in rows if row.person == ada]

    assert row.overhead is not None
    assert (row.overhead.median_ms, row.overhead.p95_ms) == (3100, 5100)
    assert overhead_of_all(rows) == row.overhead
    # Of people, leads alone are told.
    page = url("queue_page", project, queue.pk)
    assert "Time not reading" not in client.get(page).content.decode()
    client.force_login(lead)
    assert "a review takes 3.1 s, and 19 of 20 no more than 5.1 s (5 measured" in client.get(page).content.decode()
