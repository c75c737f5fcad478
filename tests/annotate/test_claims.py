"""Who gets which slot: the order, the leases, and nobody twice."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Project, Role, User
from annotate.claims import LEASE, give_back, renew, take_next, take_this
from annotate.models import Queue, QueueItem, Slot, SlotState, Stratum
from tests.builders import make_member, make_queue, make_session, make_slot


@pytest.fixture
def people(project: Project) -> list[User]:
    return [make_member(project, Role.REVIEWER, f"r{number}@example.com") for number in range(5)]


def make_slots(queue: Queue, *priorities: float) -> list[Slot]:
    return [
        make_slot(queue, make_session(queue.project, f"s{number}"), priority=priority)
        for number, priority in enumerate(priorities)
    ]


def expire(slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_five_reviewers_at_once_get_the_one_order(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    slots = make_slots(queue, 0.1, 0.9, 0.5, 0.9, 0.3, 0.5)

    given = [take_next(queue=queue, user=person) for person in people]

    # Best first; equals in the order in which they came.
    assert [slot.pk if slot else None for slot in given] == [slots[index].pk for index in (1, 3, 2, 5, 4)]


def test_take_next_leases_for_a_quarter_of_an_hour(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    make_slots(queue, 0.5)

    slot = take_next(queue=queue, user=people[0])

    assert slot is not None
    assert (slot.state, slot.reviewer) == (SlotState.LEASED, people[0])
    assert slot.lease_token is not None
    assert slot.lease_until is not None
    assert timedelta(0) <= timezone.now() + LEASE - slot.lease_until < timedelta(seconds=5)


def test_take_next_resumes_what_one_has_begun(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    make_slots(queue, 0.5, 0.9)
    first = take_next(queue=queue, user=people[0])
    again = take_next(queue=queue, user=people[0])

    assert first is not None
    assert again is not None
    assert (first.pk, first.opened_at) == (again.pk, again.opened_at)


def test_take_next_gives_none_when_nothing_is_left(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    make_slots(queue, 0.5)
    take_next(queue=queue, user=people[0])

    assert take_next(queue=queue, user=people[1]) is None


def test_nobody_gets_two_slots_of_one_session(project: Project, people: list[User]) -> None:
    queue = make_queue(project, reviewers_per_session=2)
    session = make_session(project)
    for ordinal in (1, 2):
        make_slot(queue, session, ordinal=ordinal)
    mine = take_next(queue=queue, user=people[0])
    assert mine is not None
    Slot.objects.filter(pk=mine.pk).update(state=SlotState.SUBMITTED)

    assert take_next(queue=queue, user=people[0]) is None
    other = take_next(queue=queue, user=people[1])
    assert other is not None
    assert other.pk != mine.pk


def test_a_session_that_someone_began_comes_before_a_better_untouched_one(project: Project, people: list[User]) -> None:
    queue = make_queue(project, reviewers_per_session=2)
    low = make_session(project, "low")
    for ordinal in (1, 2):
        make_slot(queue, low, ordinal=ordinal, priority=0.1)
    take_next(queue=queue, user=people[0])
    make_slot(queue, make_session(project, "high"), priority=0.9)

    given = take_next(queue=queue, user=people[1])

    assert given is not None
    assert given.item.session == low


def test_an_expired_lease_is_free_again_for_others(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    (slot,) = make_slots(queue, 0.5)
    take_next(queue=queue, user=people[0])
    expire(slot)

    taken = take_next(queue=queue, user=people[1])

    assert taken is not None
    assert (taken.pk, taken.reviewer) == (slot.pk, people[1])


def test_an_expired_lease_that_nobody_took_is_resumed(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    slot, _ = make_slots(queue, 0.5, 0.4)
    take_next(queue=queue, user=people[0])
    expire(slot)

    taken = take_next(queue=queue, user=people[0])

    assert taken is not None
    assert taken.pk == slot.pk


def test_renew_holds_on_and_knows_when_it_is_lost(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    (slot,) = make_slots(queue, 0.5)
    held = take_next(queue=queue, user=people[0])
    assert held is not None
    assert held.lease_token is not None
    expire(slot)

    assert renew(slot_id=slot.pk, user=people[0], token=held.lease_token)
    assert take_next(queue=queue, user=people[1]) is None
    assert not renew(slot_id=slot.pk, user=people[0], token=uuid.uuid4())
    assert not renew(slot_id=slot.pk, user=people[1], token=held.lease_token)


def test_give_back_frees_the_slot_but_not_one_that_was_opened_anew(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    (slot,) = make_slots(queue, 0.5)
    old = take_next(queue=queue, user=people[0])
    new = take_next(queue=queue, user=people[0])
    assert old is not None
    assert new is not None
    assert old.lease_token is not None
    assert new.lease_token is not None

    # The page that was reloaded says goodbye after its successor has opened.
    assert not give_back(slot_id=slot.pk, user=people[0], token=old.lease_token)
    assert not give_back(slot_id=slot.pk, user=people[1], token=new.lease_token)
    assert give_back(slot_id=slot.pk, user=people[0], token=new.lease_token)
    slot.refresh_from_db()
    assert (slot.state, slot.reviewer, slot.lease_token, slot.opened_at) == (SlotState.FREE, None, None, None)


def test_take_this_respects_a_live_lease_of_another(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    (slot,) = make_slots(queue, 0.5)
    take_this(slot_id=slot.pk, user=people[0])

    assert take_this(slot_id=slot.pk, user=people[1]) is None
    assert take_this(slot_id=slot.pk, user=people[0]) is not None


@pytest.mark.parametrize("state", [SlotState.SUBMITTED, SlotState.SKIPPED])
def test_take_this_leaves_what_is_done(project: Project, people: list[User], state: SlotState) -> None:
    slot = make_slot(make_queue(project), make_session(project), state=state)

    assert take_this(slot_id=slot.pk, user=people[0]) is None


def draw(slot: Slot) -> None:
    QueueItem.objects.filter(pk=slot.item_id).update(stratum=Stratum.RANDOM)


def is_in_turn(slot: Slot) -> bool:
    slot.refresh_from_db()
    return slot.in_turn


def test_only_what_the_queue_hands_out_of_its_sample_is_in_turn(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    drawn, ranked, given = make_slots(queue, 0.9, 0.8, 0.7)
    draw(drawn)
    draw(given)
    Slot.objects.filter(pk=given.pk).update(assigned_to=people[2])

    taken = [take_next(queue=queue, user=person) for person in people[:3]]

    assert [(slot.pk, slot.in_turn) for slot in taken if slot] == [
        *((drawn.pk, True), (ranked.pk, False), (given.pk, False))
    ]


def test_what_somebody_opens_by_its_address_is_not_in_turn_even_where_it_is_the_next(
    project: Project, people: list[User]
) -> None:
    queue = make_queue(project)
    (slot,) = make_slots(queue, 0.5)
    draw(slot)

    take_this(slot_id=slot.pk, user=people[0])
    assert not is_in_turn(slot)
    assert take_next(queue=queue, user=people[0]) == slot
    assert not is_in_turn(slot)


def test_what_was_handed_out_stays_in_turn_when_its_reader_opens_it_again(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    (slot,) = make_slots(queue, 0.5)
    draw(slot)
    take_next(queue=queue, user=people[0])
    expire(slot)

    take_this(slot_id=slot.pk, user=people[0])
    assert is_in_turn(slot)
    take_next(queue=queue, user=people[0])
    assert is_in_turn(slot)


def test_whoever_takes_a_lease_that_ran_out_has_it_in_turn_only_from_the_queue(
    project: Project, people: list[User]
) -> None:
    queue = make_queue(project)
    (slot,) = make_slots(queue, 0.5)
    draw(slot)
    take_next(queue=queue, user=people[0])
    expire(slot)
    take_this(slot_id=slot.pk, user=people[1])
    assert not is_in_turn(slot)

    expire(slot)
    take_next(queue=queue, user=people[2])
    assert is_in_turn(slot)


def test_a_slot_that_is_given_back_has_had_no_turn(project: Project, people: list[User]) -> None:
    queue = make_queue(project)
    (slot,) = make_slots(queue, 0.5)
    draw(slot)
    taken = take_next(queue=queue, user=people[0])
    assert taken is not None
    assert taken.lease_token is not None

    give_back(slot_id=slot.pk, user=people[0], token=taken.lease_token)
    assert not is_in_turn(slot)


@pytest.mark.parametrize("begun_in_turn", [True, False])
def test_what_another_has_begun_is_in_turn_if_theirs_was(
    project: Project, people: list[User], *, begun_in_turn: bool
) -> None:
    """It comes before all else: what was opened by its address would else carry the others along."""
    queue = make_queue(project, reviewers_per_session=2)
    far = make_session(project, "far")
    mine, other = (make_slot(queue, far, ordinal=ordinal, priority=0.1) for ordinal in (1, 2))
    draw(mine)
    if begun_in_turn:
        take_next(queue=queue, user=people[0])
    else:
        make_slot(queue, make_session(project, "near"), priority=0.9)
        take_this(slot_id=mine.pk, user=people[0])

    assert take_next(queue=queue, user=people[1]) == other
    assert is_in_turn(other) is begun_in_turn


def test_a_colleague_reads_in_turn_what_was_skipped_in_turn(project: Project, people: list[User]) -> None:
    queue = make_queue(project, reviewers_per_session=2)
    session = make_session(project)
    first, other = (make_slot(queue, session, ordinal=ordinal) for ordinal in (1, 2))
    draw(first)
    take_next(queue=queue, user=people[0])
    Slot.objects.filter(pk=first.pk).update(state=SlotState.SKIPPED)

    take_next(queue=queue, user=people[1])
    assert is_in_turn(other)
