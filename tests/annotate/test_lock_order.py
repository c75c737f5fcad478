"""Who writes several rows locks them in the order of their keys: on PostgreSQL two would else wait for each other."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from accounts.models import Project
from annotate.actions.gold import settle
from annotate.actions.places import lock_item, new_slot, offer, set_aside
from annotate.actions.queues import QueueSettings, edit_queue
from annotate.actions.redacting import quotes_follow
from annotate.actions.types import edit_type
from annotate.actions.undoing import undo_review
from annotate.models import (
    CalibrationReview,
    Draft,
    Failure,
    Outcome,
    QueueItem,
    Review,
    Slot,
    SlotState,
    Stratum,
)
from annotate.told import Told
from tests.builders import (
    make_failure,
    make_failure_type,
    make_member,
    make_project,
    make_queue,
    make_review,
    make_session,
    make_slot,
    make_talk,
)
from traces.models import AgentSession
from traces.storing import settle_again

Act = Callable[[], object]
# Two rows, the first of which is to be locked before the second, and what locks them.
Scene = tuple[Model, Model, Act]
PATIENCE_SECONDS = 10
IS_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def two_sessions() -> Scene:
    project = make_project()
    first, second = (make_session(project, name) for name in ("first", "second"))
    # PostgreSQL comes upon the first row last: its newest version lies behind the second.
    AgentSession.objects.filter(pk=first.pk).update(title="Changed.")
    return first, second, lambda: settle_again([first.pk, second.pk])


def two_places(state: SlotState, act: Callable[..., object]) -> Scene:
    queue = make_queue(make_project())
    session = make_session(queue.project)
    slots = [make_slot(queue, session, ordinal=ordinal, state=state) for ordinal in (1, 2)]
    Slot.objects.filter(pk=slots[0].pk).update(priority=0.5)

    @transaction.atomic
    def write() -> None:
        act(lock_item(slots[0].item_id))

    return slots[0], slots[1], write


def two_failures(act: Callable[[Review], object]) -> Scene:
    """Of one review and of one type."""
    queue = make_queue(make_project())
    session, lead = make_session(queue.project), make_member(queue.project)
    make_talk(session)
    slot = make_slot(queue, session, state=SlotState.SUBMITTED, reviewer=lead)
    review, kind = make_review(session, lead, slot=slot), make_failure_type(queue.project)
    first, second = (make_failure(review, note, failure_type=kind) for note in ("One.", "Two."))
    come_upon_last(first)
    return first, second, lambda: act(review)


def come_upon_last(failure: Failure) -> None:
    """Its newest version lies behind all others, and indexes lead there, for one of what they hold has changed."""
    Failure.objects.filter(pk=failure.pk).update(updated_at=timezone.now())


def rename(review: Review) -> None:
    kind = Failure.objects.filter(review=review).select_related("failure_type").first()
    assert kind is not None
    assert kind.failure_type is not None
    edit_type(kind=kind.failure_type, actor=review.reviewer, name="Renamed", description="", group="")


def type_and_failure() -> Scene:
    """Who settles with a failure of a type that somebody is merging."""
    first, _, _ = two_failures(lambda _: None)
    assert isinstance(first, Failure)
    assert first.failure_type is not None
    told = Told(root_step="k2", note="My own.", failure_type=first.failure_type.name)
    given: dict[str, Any] = {
        "client_id": uuid.uuid4(),
        "outcome": Outcome.FAILURE,
        "reason": "So it is.",
        "failures": [told],
    }
    return first.failure_type, first, lambda: settle(session=first.session, lead=first.review.reviewer, **given)


def failure_and_draft() -> Scene:
    """Who takes a review back whose quotes somebody is redacting: its draft is made of what stands then."""
    failure, _, _ = two_failures(lambda _: None)
    assert isinstance(failure, Failure)
    slot, lead = Slot.objects.get(), failure.review.reviewer
    draft = Draft.objects.create(item=slot.item, reviewer=lead)
    return failure, draft, lambda: undo_review(slot=slot, reviewer=lead)


def measured_and_draft(act: Callable[[CalibrationReview], object]) -> Scene:
    """Of one person and one session, whose judgement measures them."""
    queue = make_queue(make_project())
    session, person = make_session(queue.project), make_member(queue.project)
    slot = make_slot(queue, session, state=SlotState.SUBMITTED, reviewer=person)
    QueueItem.objects.filter(pk=slot.item_id).update(stratum=Stratum.REPEAT)
    measured = CalibrationReview.objects.create(
        project=queue.project,
        slot=slot,
        session=session,
        reviewer=person,
        rubric=queue.rubric,
        compared_with=make_review(session, person),
        client_id=uuid.uuid4(),
        outcome=Outcome.SUCCESS,
        submitted_at=timezone.now(),
    )
    draft = Draft.objects.create(item=slot.item, reviewer=person)
    return measured, draft, lambda: act(CalibrationReview.objects.get(pk=measured.pk))


@transaction.atomic
def redact(quoting: CalibrationReview | Slot) -> None:
    session = quoting.session if isinstance(quoting, CalibrationReview) else quoting.item.session
    with quotes_follow(session, str):
        pass


def draft_and_item() -> Scene:
    """Who redacts what somebody is entering a draft of."""
    slot = make_slot(make_queue(make_project()), make_session(Project.objects.get()))
    draft = Draft.objects.create(item=slot.item, reviewer=make_member(slot.queue.project))
    return draft, slot.item, lambda: redact(slot)


def await_waiting() -> None:
    """Until the other connection waits for a row."""
    until = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(IS_WAITING)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("It waits for nothing.")


@contextmanager
def meanwhile(act: Act, first: Model) -> Iterator[None]:
    """While somebody else, who acts, waits for this row, which is held here; after it their act is done."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    other = Thread(target=run)
    with transaction.atomic():
        type(first)._default_manager.select_for_update(no_key=True).get(pk=first.pk)
        other.start()
        await_waiting()
        yield
    other.join(PATIENCE_SECONDS)
    assert not other.is_alive()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.parametrize(
    "scene",
    [
        two_sessions,
        lambda: two_places(SlotState.FREE, set_aside),
        lambda: two_places(SlotState.ASIDE, offer),
        lambda: two_failures(rename),
        lambda: two_failures(lambda review: undo_review(slot=Slot.objects.get(), reviewer=review.reviewer)),
        type_and_failure,
        failure_and_draft,
        draft_and_item,
        lambda: measured_and_draft(redact),
        lambda: measured_and_draft(lambda said: undo_review(slot=said.slot, reviewer=said.reviewer)),
    ],
    ids=[
        *("settle_again", "set_aside", "offer", "edit_type", "undo_review", "settle", "undo_redacted", "redact"),
        *("redact_measured", "undo_measured"),
    ],
)
def test_whoever_waits_for_the_first_row_holds_no_later_one(
    scene: Callable[[], Scene],
) -> None:
    first, second, act = scene()
    with meanwhile(act, first):
        type(second)._default_manager.select_for_update(nowait=True).get(pk=second.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("name", ["Everything", "Renamed"])
def test_whoever_edits_a_queue_keeps_nobody_from_adding_a_place(name: str) -> None:
    """Who submits late holds the item and adds a place, which refers to the queue."""
    queue = make_queue(make_project(), is_blind=True)
    slot = make_slot(queue, make_session(queue.project))
    QueueItem.objects.filter(pk=slot.item_id).update(stratum=Stratum.GOLD)
    with meanwhile(lambda: edit_queue(queue=queue, settings=QueueSettings(name=name)), slot.item):
        new_slot(slot.item, is_extra=True)
    slot.refresh_from_db()
    assert slot.state == SlotState.ASIDE
