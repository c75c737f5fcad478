"""Skips and what others get of them; the last twenty decisions and taking them back."""

import uuid

import pytest

from accounts.models import Project, User
from annotate.actions.undoing import undo_decision
from annotate.claims import give_back, take_next
from annotate.models import Draft, Queue, QueueItem, Review, SkipPolicy, Slot, SlotState
from annotate.queries.decisions import decisions
from common.errors import Refused
from tests.annotate.actions.deciding import add_item, skip, states, submit, take
from tests.builders import make_project


def test_skip_slot_sent_twice_counts_once(queue: Queue, ada: User) -> None:
    item = add_item(queue)
    slot = take(queue, ada)
    for _ in range(2):
        skip(slot, ada)

    assert states(item) == {"skipped": 1, "free": 1}


def test_skip_slot_sent_late_does_not_skip_what_was_taken_back(project: Project, queue: Queue, ada: User) -> None:
    add_item(queue)
    slot = take(queue, ada)
    skip(slot, ada)
    undo_decision(project=project, reviewer=ada)

    with pytest.raises(Refused):
        skip(slot, ada)
    assert Slot.objects.get(pk=slot.pk).state == SlotState.LEASED


def test_skip_slot_offers_it_to_nobody_where_that_is_the_policy(queue: Queue, ada: User, bob: User) -> None:
    Queue.objects.update(skip_policy=SkipPolicy.NOBODY, skips_to_lead=3)
    item = add_item(queue, places=2)
    skip(take(queue, ada), ada)

    assert take_next(queue=queue, user=bob) is None
    item.refresh_from_db()
    assert (states(item), item.before_lead_at) == ({"skipped": 1, "aside": 2}, None)


def test_so_many_skips_put_a_session_before_the_lead(queue: Queue, ada: User, bob: User, cyd: User) -> None:
    item = add_item(queue)
    skip(take(queue, ada), ada)
    assert not QueueItem.objects.filter(before_lead_at__isnull=False).exists()
    skip(take(queue, bob), bob)

    assert QueueItem.objects.get().before_lead_at is not None
    assert states(item) == {"skipped": 2, "aside": 1}
    assert take_next(queue=queue, user=cyd) is None


def test_a_colleague_who_reads_what_goes_before_the_lead_can_still_submit(
    queue: Queue, ada: User, bob: User, cyd: User
) -> None:
    item = add_item(queue, places=2)
    open_at_cyds = take(queue, cyd)
    for person in (ada, bob):
        skip(take(queue, person), person)
    assert states(item) == {"skipped": 2, "aside": 2}

    submit(open_at_cyds, cyd)
    open_at_cyds.refresh_from_db()
    assert not open_at_cyds.is_extra
    assert states(item) == {"skipped": 2, "aside": 1, "submitted": 1}


def test_undo_of_a_skip_takes_back_what_others_were_given_instead(
    project: Project, queue: Queue, ada: User, bob: User
) -> None:
    item = add_item(queue)
    Draft.objects.create(item=item, reviewer=ada, content={"outcome": "failure"}, version=3)
    skip(take(queue, ada), ada)
    slot = undo_decision(project=project, reviewer=ada)

    assert (slot.state, slot.reviewer, slot.skip_reason, slot.ended_at) == (SlotState.LEASED, ada, "", None)
    assert states(item) == {"leased": 1}
    assert Draft.objects.get().content == {"outcome": "failure"}
    assert take_next(queue=queue, user=bob) is None


def test_undo_of_a_skip_that_another_has_taken_over_makes_an_extra(
    project: Project, queue: Queue, ada: User, bob: User
) -> None:
    item = add_item(queue)
    skip(take(queue, ada), ada)
    theirs = take(queue, bob)
    mine = undo_decision(project=project, reviewer=ada)

    assert (mine.is_extra, states(item)) == (True, {"leased": 1})
    submit(theirs, bob)
    submit(mine, ada)
    assert Review.objects.count() == 2


def test_undo_of_a_skip_takes_the_session_from_before_the_lead(
    project: Project, queue: Queue, ada: User, bob: User
) -> None:
    item = add_item(queue, places=2)
    for person in (ada, bob):
        skip(take(queue, person), person)
    undo_decision(project=project, reviewer=ada)

    item.refresh_from_db()
    assert item.before_lead_at is None
    assert states(item) == {"skipped": 1, "leased": 1, "free": 1}


def test_an_extra_that_is_left_is_offered_to_nobody(project: Project, queue: Queue, ada: User, bob: User) -> None:
    add_item(queue)
    skip(take(queue, ada), ada)
    take(queue, bob)
    mine = undo_decision(project=project, reviewer=ada)
    assert mine.lease_token is not None
    give_back(slot_id=mine.pk, user=ada, token=mine.lease_token)

    mine.refresh_from_db()
    assert (mine.state, mine.reviewer) == (SlotState.ASIDE, ada)
    assert take_next(queue=queue, user=ada) is None


def test_decisions_are_reviews_and_skips_newest_first(project: Project, queue: Queue, ada: User, bob: User) -> None:
    for number in range(4):
        add_item(queue, f"s{number}", priority=1 - number / 10)
    for decide in (submit, skip, submit):
        decide(take(queue, ada), ada)
    submit(take(queue, bob), bob)

    assert [each.words for each in decisions(project, ada)] == ["Success", "Skip", "Success"]
    assert decisions(make_project("other"), ada) == []


def test_undo_goes_back_through_reviews_and_skips(project: Project, queue: Queue, ada: User) -> None:
    for number in range(3):
        add_item(queue, f"s{number}", priority=1 - number / 10)
    decided = []
    for decide in (submit, skip, submit):
        slot = take(queue, ada)
        decide(slot, ada)
        decided.append(slot.pk)

    undone = []
    while decisions(project, ada):
        undone.append(undo_decision(project=project, reviewer=ada, key=decisions(project, ada)[0].key).pk)
    assert undone == decided[::-1]
    with pytest.raises(Refused):
        undo_decision(project=project, reviewer=ada)


def test_undo_pressed_twice_on_one_page_takes_back_one_decision(project: Project, queue: Queue, ada: User) -> None:
    for number in range(2):
        add_item(queue, f"s{number}", priority=1 - number / 10)
    for decide in (submit, skip):
        decide(take(queue, ada), ada)

    for _ in range(2):
        newest = decisions(project, ada)[0].key
        first, second = (undo_decision(project=project, reviewer=ada, key=newest) for _ in range(2))
        assert first == second
    assert decisions(project, ada) == []


@pytest.mark.parametrize("key", ["review-0", "skip-x", "review-9999999999999999999999", "review-٣", "x", "\0", "-"])
def test_undo_of_what_one_never_decided_is_refused(project: Project, queue: Queue, ada: User, key: str) -> None:
    add_item(queue)
    submit(take(queue, ada), ada)

    with pytest.raises(Refused):
        undo_decision(project=project, reviewer=ada, key=key)


def test_undo_of_anothers_decision_is_refused(project: Project, queue: Queue, ada: User, bob: User) -> None:
    add_item(queue)
    submit(take(queue, bob), bob)

    with pytest.raises(Refused):
        undo_decision(project=project, reviewer=ada, key=decisions(project, bob)[0].key)


def test_undo_reaches_back_twenty_decisions_and_no_further(project: Project, queue: Queue, ada: User) -> None:
    for number in range(22):
        add_item(queue, f"s{number}")
        submit(take(queue, ada), ada)

    assert len(decisions(project, ada)) == 20
    for _ in range(20):
        undo_decision(project=project, reviewer=ada)
    with pytest.raises(Refused):
        undo_decision(project=project, reviewer=ada)
    assert Review.objects.filter(withdrawn_at=None).count() == 2


def test_undo_works_in_a_queue_that_was_closed_meanwhile(project: Project, queue: Queue, ada: User) -> None:
    add_item(queue)
    submit(take(queue, ada), ada)
    Queue.objects.update(is_open=False)

    slot = undo_decision(project=project, reviewer=ada)
    assert submit(slot, ada, client_id=uuid.uuid4()).slot_id == slot.pk
