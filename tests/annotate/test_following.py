"""What is kept ready: one session besides the open one, in the order of all others, and nobody else's meanwhile."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.undoing import undo_decision
from annotate.claims import give_back, open_ready, renew, take_following, take_next
from annotate.models import Queue, QueueItem, Slot, SlotState, Stratum
from annotate.queries.progress import queue_rows
from tests.annotate.actions.deciding import submit
from tests.builders import make_queue, make_session, make_slot


@pytest.fixture
def queue(project: Project) -> Queue:
    """Four sessions, the best first."""
    queue = make_queue(project)
    for number in range(4):
        make_slot(queue, make_session(project, f"s{number}"), priority=1 - number / 10)
    return queue


def opened(queue: Queue, user: User) -> Slot:
    slot = take_next(queue=queue, user=user)
    assert slot is not None
    return slot


def following(queue: Queue, user: User, besides: Slot) -> Slot:
    slot = take_following(queue=queue, user=user, besides=besides)
    assert slot is not None
    return slot


def number_of(slot: Slot) -> str:
    return slot.item.session.external_id


def test_what_comes_next_is_kept_ready_and_nobody_else_is_given_it(queue: Queue, ada: User, bob: User) -> None:
    first = opened(queue, ada)
    ready = following(queue, ada, first)

    assert (number_of(first), number_of(ready)) == ("s0", "s1")
    assert (ready.state, ready.reviewer, ready.opened_at) == (SlotState.LEASED, ada, None)
    assert number_of(opened(queue, bob)) == "s2"


def test_one_is_kept_ready_however_often_it_is_asked_for(queue: Queue, ada: User) -> None:
    first = opened(queue, ada)
    ready = following(queue, ada, first)
    again = following(queue, ada, first)

    # Two tabs share it, and its lease.
    assert (again.pk, again.lease_token) == (ready.pk, ready.lease_token)
    assert Slot.objects.filter(state=SlotState.LEASED).count() == 2


def test_what_is_open_is_resumed_before_what_is_only_ready(queue: Queue, ada: User) -> None:
    first = opened(queue, ada)
    following(queue, ada, first)

    assert opened(queue, ada).pk == first.pk


def test_opening_it_begins_its_time_under_the_lease_that_it_has(queue: Queue, ada: User) -> None:
    ready = following(queue, ada, opened(queue, ada))
    shown = open_ready(slot_id=ready.pk, user=ada)

    assert shown is not None
    assert shown.lease_token == ready.lease_token
    assert shown.opened_at is not None
    again = open_ready(slot_id=ready.pk, user=ada)
    assert again is not None
    assert again.opened_at == shown.opened_at


def test_it_is_renewed_and_given_back_like_any_lease(queue: Queue, ada: User, bob: User) -> None:
    ready = following(queue, ada, opened(queue, ada))
    assert ready.lease_token is not None

    assert renew(slot_id=ready.pk, user=ada, token=ready.lease_token)
    ready.refresh_from_db()
    assert ready.opened_at is None
    assert give_back(slot_id=ready.pk, user=ada, token=ready.lease_token)
    assert number_of(opened(queue, bob)) == "s1"


def test_undo_puts_what_was_open_before_what_was_ready(queue: Queue, ada: User) -> None:
    first = opened(queue, ada)
    submit(first, ada)
    second = opened(queue, ada)
    ready = following(queue, ada, second)
    assert undo_decision(project=queue.project, reviewer=ada) == first
    assert Slot.objects.get(pk=ready.pk).state == SlotState.FREE
    assert second.lease_token is not None
    give_back(slot_id=second.pk, user=ada, token=second.lease_token)  # the page that was left
    assert following(queue, ada, first) == second


def test_one_that_somebody_took_after_it_ran_out_is_gone(queue: Queue, ada: User, bob: User) -> None:
    ready = following(queue, ada, opened(queue, ada))
    Slot.objects.filter(pk=ready.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert opened(queue, bob).pk == ready.pk

    assert open_ready(slot_id=ready.pk, user=ada) is None


def test_one_that_ran_out_untaken_comes_back(queue: Queue, ada: User) -> None:
    ready = following(queue, ada, opened(queue, ada))
    Slot.objects.filter(pk=ready.pk).update(
        lease_until=None, state=SlotState.FREE, reviewer=None, lease_token=None, opened_at=None
    )

    shown = open_ready(slot_id=ready.pk, user=ada)
    assert shown is not None
    assert shown.opened_at is not None


def test_the_queue_has_handed_out_a_drawn_one(queue: Queue, ada: User) -> None:
    QueueItem.objects.update(stratum=Stratum.RANDOM)
    ready = following(queue, ada, opened(queue, ada))

    assert ready.in_turn
    assert ready.lease_token is not None
    give_back(slot_id=ready.pk, user=ada, token=ready.lease_token)
    ready.refresh_from_db()
    assert not ready.in_turn


def test_what_is_only_ready_has_not_been_begun(project: Project, ada: User) -> None:
    queue = make_queue(project, reviewers_per_session=2)
    for number in range(2):
        session = make_session(project, f"t{number}")
        slot = make_slot(queue, session, priority=1 - number / 10)
        Slot.objects.create(queue=queue, item=slot.item, ordinal=2, priority=slot.priority)
    ready = following(queue, ada, opened(queue, ada))

    assert not Slot.objects.filter(item=ready.item, begun=True).exists()
    [row] = queue_rows(project, ada)
    assert row.mine_begun == 1
    open_ready(slot_id=ready.pk, user=ada)
    assert Slot.objects.filter(item=ready.item, begun=True).count() == 1
    [row] = queue_rows(project, ada)
    assert row.mine_begun == 2


def test_nothing_is_ready_at_the_end(project: Project, ada: User) -> None:
    queue = make_queue(project)
    make_slot(queue, make_session(project, "only"))

    assert take_following(queue=queue, user=ada, besides=opened(queue, ada)) is None
