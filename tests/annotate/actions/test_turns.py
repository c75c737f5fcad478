"""What becomes of a session's turn when it is skipped, taken back, given away, or judged too late."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.items import assign_item, hand_back_slot, offer_item, remove_item, take_over_item
from annotate.actions.undoing import undo_decision, undo_review
from annotate.claims import take_next, take_this
from annotate.models import Queue, QueueItem, Slot, SlotState, Stratum
from annotate.queries.frames import read_frame
from tests.annotate.actions.deciding import add_item, skip, submit, take


def add_drawn(queue: Queue, places: int = 1) -> QueueItem:
    item = add_item(queue, places=places)
    QueueItem.objects.filter(pk=item.pk).update(stratum=Stratum.RANDOM)
    return item


def is_read_in_turn(queue: Queue) -> bool:
    """Whether the line up to which the sample counts as read has reached the one drawn session."""
    return bool(read_frame(queue.project).reaches)


def expire(slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_what_the_queue_handed_out_and_somebody_judged_was_read_in_its_turn(queue: Queue, ada: User) -> None:
    add_drawn(queue)
    slot = take(queue, ada)
    assert not is_read_in_turn(queue)
    submit(slot, ada)
    assert is_read_in_turn(queue)


def test_what_somebody_opened_by_its_address_was_not_read_in_its_turn(queue: Queue, ada: User) -> None:
    item = add_drawn(queue)
    slot = take_this(slot_id=item.slots.get().pk, user=ada)
    assert slot is not None
    submit(slot, ada)
    assert not is_read_in_turn(queue)


def test_what_nobody_opened_and_somebody_judged_was_not_read_in_its_turn(queue: Queue, ada: User) -> None:
    submit(add_drawn(queue).slots.get(), ada)
    assert not is_read_in_turn(queue)


def test_a_judgement_that_is_taken_back_and_given_again_keeps_its_turn(queue: Queue, ada: User) -> None:
    add_drawn(queue)
    slot = take(queue, ada)
    submit(slot, ada)
    slot = undo_review(slot=slot, reviewer=ada)
    assert not is_read_in_turn(queue)
    submit(slot, ada)
    assert is_read_in_turn(queue)


def test_a_skip_is_no_reading_and_keeps_the_turn_for_who_takes_it_back(
    project: Project, queue: Queue, ada: User
) -> None:
    add_drawn(queue)
    skip(take(queue, ada), ada)
    assert not is_read_in_turn(queue)
    submit(undo_decision(project=project, reviewer=ada), ada)
    assert is_read_in_turn(queue)


def test_what_one_skipped_another_reads_in_its_turn(queue: Queue, ada: User, bob: User) -> None:
    add_drawn(queue)
    skip(take(queue, ada), ada)
    submit(take(queue, bob), bob)
    assert is_read_in_turn(queue)


def test_a_skip_of_what_was_opened_by_its_address_gives_it_no_turn(project: Project, queue: Queue, ada: User) -> None:
    item = add_drawn(queue)
    slot = take_this(slot_id=item.slots.get().pk, user=ada)
    assert slot is not None
    skip(slot, ada)
    submit(undo_decision(project=project, reviewer=ada), ada)
    assert not is_read_in_turn(queue)


@pytest.mark.parametrize("undone", [False, True], ids=["judged", "skipped and taken back"])
def test_what_was_given_by_name_was_not_read_in_its_turn(
    project: Project, queue: Queue, ada: User, *, undone: bool
) -> None:
    assign_item(item=add_drawn(queue), person=ada)
    slot = take(queue, ada)
    if undone:
        skip(slot, ada)
        slot = undo_decision(project=project, reviewer=ada)
    submit(slot, ada)
    assert not is_read_in_turn(queue)


def test_what_a_lead_takes_over_was_not_read_in_its_turn(queue: Queue, ada: User, bob: User, lead: User) -> None:
    item = add_drawn(queue)
    skip(take(queue, ada), ada)
    skip(take(queue, bob), bob)
    submit(take_over_item(item=item, lead=lead), lead)
    assert not is_read_in_turn(queue)


def test_a_judgement_that_comes_when_the_lease_ran_out_keeps_its_turn(queue: Queue, ada: User) -> None:
    add_drawn(queue)
    slot = take(queue, ada)
    expire(slot)
    submit(slot, ada)
    assert is_read_in_turn(queue)


def test_an_extra_judgement_is_not_in_turn_and_who_has_the_place_is(queue: Queue, ada: User, bob: User) -> None:
    add_drawn(queue)
    late = take(queue, ada)
    expire(late)
    slot = take(queue, bob)
    extra = submit(late, ada)
    assert extra.slot is not None
    assert (extra.slot.is_extra, extra.slot.in_turn) == (True, False)
    assert not is_read_in_turn(queue)
    submit(slot, bob)
    assert is_read_in_turn(queue)


def test_a_place_that_is_filled_after_another_had_it_in_turn_has_lost_it(queue: Queue, ada: User, bob: User) -> None:
    """Bob judges through the place that Ada was handed: of that nothing says that it was his turn."""
    item = add_drawn(queue)
    slot = take(queue, ada)
    expire(slot)
    submit(item.slots.get(), bob, lease_token=None)
    assert not is_read_in_turn(queue)


@pytest.mark.parametrize("how", ["handed back", "removed and put back"])
def test_what_is_freed_has_its_turn_again_when_the_queue_hands_it_out(
    queue: Queue, ada: User, bob: User, lead: User, how: str
) -> None:
    item = add_drawn(queue)
    slot = take(queue, ada)
    if how == "handed back":
        hand_back_slot(slot=slot)
    else:
        remove_item(item=item, remover=lead)
        offer_item(item=item)
    slot.refresh_from_db()
    assert (slot.state, slot.in_turn) == (SlotState.FREE, False)
    assert take_next(queue=queue, user=bob) == slot
    slot.refresh_from_db()
    assert slot.in_turn
