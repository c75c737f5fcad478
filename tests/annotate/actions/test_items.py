"""What leads do with one session of a queue."""

import pytest
from django.utils import timezone

from accounts.models import Project, Role, User
from annotate.actions.items import (
    assign_item,
    hand_back_slot,
    offer_item,
    remove_item,
    take_over_item,
    unassign_slot,
)
from annotate.claims import take_next, take_this
from annotate.models import Queue, QueueItem, SkipPolicy, Slot
from common.errors import Refused
from tests.annotate.actions.deciding import add_item, skip, states, submit, take
from tests.builders import make_member


def test_assign_item_puts_it_first_for_one_and_out_of_reach_of_others(queue: Queue, ada: User, bob: User) -> None:
    add_item(queue, "best", priority=0.9)
    given = add_item(queue, "given", priority=0.1)
    slot = assign_item(item=given, person=ada)

    assert take_this(slot_id=slot.pk, user=bob) is None
    assert take(queue, bob).item != given
    assert take_next(queue=queue, user=bob) is not None  # what bob has begun
    assert take(queue, ada).item == given


def test_assign_item_goes_past_the_takers_of_the_queue(queue: Queue, ada: User, bob: User) -> None:
    queue.takers.set([bob])
    add_item(queue, "best", priority=0.9)
    given = add_item(queue, "given", priority=0.1)
    assert take_next(queue=queue, user=ada) is None
    assign_item(item=given, person=ada)

    assert take(queue, ada).item == given
    submit(take(queue, ada), ada)
    assert take_next(queue=queue, user=ada) is None


def test_assign_item_refuses_who_has_or_had_it_and_what_is_taken(
    project: Project, queue: Queue, ada: User, bob: User
) -> None:
    item = add_item(queue)
    slot = take(queue, ada)
    for person in (ada, bob, make_member(project, Role.VIEWER)):
        with pytest.raises(Refused):
            assign_item(item=item, person=person)
    skip(slot, ada)
    with pytest.raises(Refused):
        assign_item(item=item, person=ada)
    assign_item(item=item, person=bob)
    with pytest.raises(Refused):
        assign_item(item=item, person=bob)


def test_unassign_slot_frees_it_unless_it_is_begun(queue: Queue, ada: User, bob: User) -> None:
    item = add_item(queue)
    slot = assign_item(item=item, person=ada)
    unassign_slot(slot=slot)
    assert take(queue, bob).item == item
    with pytest.raises(Refused):
        unassign_slot(slot=slot)


def test_hand_back_slot_frees_it_for_others_and_keeps_the_work(queue: Queue, ada: User, bob: User) -> None:
    add_item(queue)
    held = take(queue, ada)
    hand_back_slot(slot=held)
    with pytest.raises(Refused):
        hand_back_slot(slot=held)

    assert take(queue, bob).pk == held.pk
    extra = submit(held, ada)
    assert extra.slot is not None
    assert extra.slot.is_extra


def test_remove_item_keeps_it_out_and_lets_its_reader_finish(queue: Queue, ada: User, bob: User, lead: User) -> None:
    item = add_item(queue, places=2)
    held = take(queue, ada)
    remove_item(item=item, remover=lead)

    assert take_next(queue=queue, user=bob) is None
    assert states(item) == {"aside": 2}
    review = submit(held, ada)
    assert review.slot_id == held.pk
    assert states(item) == {"aside": 1, "submitted": 1}


def test_remove_item_twice_keeps_who_did_it_first(queue: Queue, ada: User, lead: User) -> None:
    item = add_item(queue)
    for person in (lead, ada):
        remove_item(item=item, remover=person)

    assert QueueItem.objects.get().removed_by == lead


def test_offer_item_puts_back_what_was_removed(queue: Queue, ada: User, lead: User) -> None:
    item = add_item(queue)
    remove_item(item=item, remover=lead)
    offer_item(item=item)

    assert take(queue, ada).item == item


def test_offer_item_gives_out_again_what_waits_for_the_lead(queue: Queue, ada: User, bob: User, cyd: User) -> None:
    item = add_item(queue)
    for person in (ada, bob):
        skip(take(queue, person), person)
    offer_item(item=item)

    assert [take_next(queue=queue, user=person) for person in (ada, bob)] == [None, None]
    skip(take(queue, cyd), cyd)
    assert not QueueItem.objects.filter(before_lead_at__isnull=False).exists()  # only every second skip


def test_offer_item_overrules_that_nobody_else_is_given_it(queue: Queue, ada: User, bob: User) -> None:
    Queue.objects.update(skip_policy=SkipPolicy.NOBODY)
    item = add_item(queue)
    skip(take(queue, ada), ada)
    offer_item(item=item)

    assert take(queue, bob).item == item


def test_take_over_item_keeps_a_place_for_the_lead_alone(queue: Queue, ada: User, bob: User, lead: User) -> None:
    Queue.objects.update(skips_to_lead=1)
    item = add_item(queue, places=2)
    skip(take(queue, ada), ada)
    slot = take_over_item(item=item, lead=lead)

    assert (slot.assigned_to, states(item)) == (lead, {"skipped": 1, "free": 1, "aside": 1})
    assert take_over_item(item=item, lead=lead) == slot
    assert take_next(queue=queue, user=bob) is None
    submit(take(queue, lead), lead)
    assert states(item) == {"skipped": 1, "submitted": 1, "aside": 1}


def test_take_over_item_refuses_who_skipped_it(queue: Queue, lead: User) -> None:
    Queue.objects.update(skips_to_lead=1)
    item = add_item(queue)
    skip(take(queue, lead), lead)

    with pytest.raises(Refused):
        take_over_item(item=item, lead=lead)


def test_a_lease_that_ran_out_on_a_removed_session_is_given_to_nobody(queue: Queue, ada: User, bob: User) -> None:
    add_item(queue)
    take(queue, ada)
    QueueItem.objects.update(removed_at=timezone.now())
    Slot.objects.update(lease_until=timezone.now())

    assert take_next(queue=queue, user=bob) is None
