"""Settled and repeated sessions among a reviewer's others."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.calibrating import submit_calibration
from annotate.actions.items import hand_back_slot, unassign_slot
from annotate.actions.queues import QueueSettings, create_queue, edit_queue
from annotate.actions.reviews import submit_review
from annotate.actions.taking import following_for, next_for
from annotate.actions.undoing import skip_slot, undo_decision, undo_review
from annotate.claims import give_back, take_next
from annotate.models import (
    CalibrationReview,
    Draft,
    Failure,
    FailureType,
    Outcome,
    Queue,
    QueueItem,
    Review,
    Slot,
    SlotState,
    Stratum,
)
from annotate.queries.candidates import count_waiting, outside, waiting
from annotate.queries.decisions import decisions
from annotate.queries.items import item_counts, item_ids
from annotate.queries.matching import not_yet_queued
from annotate.queries.people import people_rows
from annotate.queries.progress import OwnNumbers, own_numbers, place_in_queue, queue_rows
from annotate.told import Told
from common.errors import Refused
from tests.annotate.readers import review_in
from tests.builders import make_queue, make_review, make_session, make_slot, make_talk
from traces.models import AgentSession
from traces.queries.work import queued

pytestmark = pytest.mark.django_db


def told(outcome: str = "failure") -> dict[str, Any]:
    failures = [Told(root_step="k2", note="It lied.", failure_type="New kind")] if outcome == "failure" else []
    return {"client_id": uuid.uuid4(), "outcome": outcome, "failures": failures}


@pytest.fixture
def queue(queue: Queue) -> Queue:
    """A queue that always measures where it can, with two sessions waiting."""
    queue.is_blind = True
    queue.gold_share = 0.5
    queue.repeat_share = 0.5
    queue.save()
    for name in ("w-1", "w-2"):
        make_slot(queue, _session(queue.project, name), priority=0.5)
    return queue


def _session(project: Project, name: str) -> AgentSession:
    session = make_session(project, name, settled_revision=1)
    make_talk(session)
    return session


@pytest.fixture
def settled(queue: Queue, bob: User, cyd: User, monkeypatch: pytest.MonkeyPatch) -> AgentSession:
    """A session that Bob judged and Cyd settled. Wherever it can be, it is time for it."""
    monkeypatch.setattr("annotate.actions.mixing.dealt", lambda *_: (0.0, 0.0))
    session = _session(queue.project, "gold")
    review = review_in(queue, session, bob, Outcome.SUCCESS)
    QueueItem.objects.filter(slots__reviews=review).update(reasons=["the tool failed"], priority=0.7)
    make_review(session, cyd, Outcome.FAILURE, is_gold=True, reason="Look at step 2.")
    return session


@pytest.fixture
def measuring(queue: Queue, settled: AgentSession, ada: User) -> Slot:
    """Ada has the settled session open."""
    slot = next_for(queue=queue, user=ada)
    assert slot is not None
    assert slot.item.session == settled
    return slot


def test_a_settled_session_comes_next_and_looks_as_it_did(measuring: Slot, ada: User, settled: AgentSession) -> None:
    item = measuring.item
    assert (item.stratum, item.reasons, item.priority) == (Stratum.GOLD, ["the tool failed"], 0.7)
    assert (measuring.state, measuring.reviewer, measuring.assigned_to) == (SlotState.LEASED, ada, ada)
    assert not measuring.in_turn
    assert item.selection_probability is None


def test_it_comes_once_however_often_it_is_asked(measuring: Slot, queue: Queue, ada: User) -> None:
    assert next_for(queue=queue, user=ada) == measuring
    assert Slot.objects.measuring().count() == 1


def test_nobody_is_measured_by_what_they_judged_or_settled(settled: AgentSession, queue: Queue, bob: User) -> None:
    Queue.objects.filter(pk=queue.pk).update(repeat_share=0)
    queue.refresh_from_db()
    for person in (bob, Review.objects.get(is_gold=True).reviewer):
        slot = next_for(queue=queue, user=person)
        assert slot is not None
        assert slot.item.stratum == Stratum.PRIORITY


@pytest.mark.parametrize(
    "change",
    [{"withdrawn_at": timezone.now()}, {"outcome": Outcome.UNKNOWN}, {"session_revision": 7}],
    ids=["taken back", "could not tell", "the session has grown"],
)
def test_a_settlement_that_measures_nothing_is_left_out(
    settled: AgentSession, queue: Queue, ada: User, change: dict[str, Any]
) -> None:
    Review.objects.filter(is_gold=True).update(**change)
    slot = next_for(queue=queue, user=ada)
    assert slot is not None
    assert slot.item.stratum == Stratum.PRIORITY


def test_a_session_that_others_still_judge_is_left_out(settled: AgentSession, queue: Queue, ada: User) -> None:
    make_slot(queue, settled, ordinal=2)
    slot = next_for(queue=queue, user=ada)
    assert slot is not None
    assert slot.item.stratum == Stratum.PRIORITY


def test_nobody_is_measured_when_nothing_waits(settled: AgentSession, queue: Queue, ada: User) -> None:
    Slot.objects.filter(state=SlotState.FREE).update(state=SlotState.ASIDE)
    assert next_for(queue=queue, user=ada) is None
    assert not Slot.objects.measuring().exists()


def test_what_one_has_open_or_was_given_comes_first(settled: AgentSession, queue: Queue, ada: User) -> None:
    given = Slot.objects.filter(item__session__external_id="w-2")
    given.update(assigned_to=ada)
    assert next_for(queue=queue, user=ada) == given.get()
    assert next_for(queue=queue, user=ada) == given.get()


def test_without_shares_nobody_is_measured(settled: AgentSession, queue: Queue, ada: User) -> None:
    queue.gold_share = queue.repeat_share = 0
    queue.save()
    slot = next_for(queue=queue, user=ada)
    assert slot is not None
    assert slot.item.stratum == Stratum.PRIORITY


@pytest.mark.parametrize("share", ["gold", "repeat"])
def test_a_queue_that_is_not_blind_measures_nobody(queue: Queue, lead: User, share: str) -> None:
    mixed_in: dict[str, Any] = {f"{share}_share": 0.1}
    settings = QueueSettings(name=queue.name, **mixed_in)
    with pytest.raises(Refused, match="Blind") as refused:
        edit_queue(queue=queue, settings=settings)
    assert refused.value.field == f"{share}_percent"
    with pytest.raises(Refused, match="Blind"):
        create_queue(project=queue.project, creator=lead, filters={}, settings=replace(settings, name="Another"))
    with pytest.raises(IntegrityError, match="queue_measures_only_blind"), transaction.atomic():
        make_queue(queue.project, "Another", **{f"{share}_share": 0.1})


def test_what_measures_is_kept_back_when_its_queue_is_blind_no_more(measuring: Slot, queue: Queue, ada: User) -> None:
    token = measuring.lease_token
    edit_queue(queue=queue, settings=QueueSettings(name=queue.name))
    measuring.refresh_from_db()
    assert measuring.state == SlotState.ASIDE
    taken = take_next(queue=queue, user=ada)
    assert taken is not None
    assert not taken.item.is_measuring
    kept = submit_calibration(slot=measuring, reviewer=ada, lease_token=token, **told())
    assert kept.slot == measuring


def test_what_measures_waits_on_while_its_queue_stays_blind(measuring: Slot, queue: Queue) -> None:
    edit_queue(queue=queue, settings=QueueSettings(name="Renamed", is_blind=True))
    measuring.refresh_from_db()
    assert measuring.state == SlotState.LEASED


def test_a_judgement_measures_and_counts_for_nobody_but_its_reviewer(
    measuring: Slot, queue: Queue, ada: User, settled: AgentSession
) -> None:
    before = (Review.objects.count(), Failure.objects.count())
    kept = submit_calibration(slot=measuring, reviewer=ada, lease_token=measuring.lease_token, **told())
    assert (kept.outcome, kept.failures[0]["note"], kept.compared_with.is_gold) == ("failure", "It lied.", True)
    assert (Review.objects.count(), Failure.objects.count()) == before
    # Were it left out of what they are told of their own work, they would know.
    assert own_numbers(queue.project, ada) == OwnNumbers(reviews=1, failures=1, today=1)
    assert not FailureType.objects.exists()
    measuring.refresh_from_db()
    assert measuring.state == SlotState.SUBMITTED


def test_a_judgement_sent_twice_counts_once(measuring: Slot, ada: User) -> None:
    what = told()
    first = submit_calibration(slot=measuring, reviewer=ada, lease_token=measuring.lease_token, **what)
    assert submit_calibration(slot=measuring, reviewer=ada, **what) == first
    with pytest.raises(Refused, match="already"):
        submit_calibration(slot=measuring, reviewer=ada, **told())


def test_a_judgement_that_comes_late_is_kept_in_its_place(measuring: Slot, ada: User) -> None:
    give_back(slot_id=measuring.pk, user=ada, token=measuring.lease_token or uuid.uuid4())
    kept = submit_calibration(slot=measuring, reviewer=ada, lease_token=measuring.lease_token, **told())
    assert (kept.slot, kept.slot.is_extra) == (measuring, False)


def test_nobody_else_judges_what_measures_a_person(measuring: Slot, queue: Queue, ada: User, bob: User) -> None:
    with pytest.raises(Refused, match="not yours"):
        submit_calibration(slot=measuring, reviewer=bob, **told())
    Slot.objects.filter(pk=measuring.pk).update(lease_until=timezone.now() - timedelta(hours=1))
    slot = take_next(queue=queue, user=bob)
    assert slot is not None
    assert slot != measuring
    for act in (unassign_slot, hand_back_slot):
        with pytest.raises(Refused, match="nobody else"):
            act(slot=measuring)


def test_it_is_never_kept_as_a_review(measuring: Slot, ada: User) -> None:
    with pytest.raises(ValueError, match="no review"):
        submit_review(slot=measuring, reviewer=ada, **told())


def test_one_that_is_left_comes_back(measuring: Slot, queue: Queue, ada: User) -> None:
    give_back(slot_id=measuring.pk, user=ada, token=measuring.lease_token or uuid.uuid4())
    assert next_for(queue=queue, user=ada) == measuring


def test_a_skip_passes_it_on_to_nobody_and_can_be_undone(measuring: Slot, queue: Queue, ada: User, bob: User) -> None:
    skip_slot(slot=measuring, reviewer=ada, reason="other", lease_token=measuring.lease_token)
    assert Slot.objects.filter(item=measuring.item).count() == 1
    assert QueueItem.objects.get(pk=measuring.item_id).before_lead_at is None
    following = next_for(queue=queue, user=ada)
    assert following is not None
    assert following.item.stratum == Stratum.PRIORITY
    back = undo_decision(project=queue.project, reviewer=ada, key=f"skip-{measuring.pk}")
    assert (back, back.assigned_to, back.is_extra) == (measuring, ada, False)
    kept = submit_calibration(slot=measuring, reviewer=ada, lease_token=back.lease_token, **told("success"))
    assert kept.slot == measuring


@pytest.mark.parametrize("by_key", [True, False])
def test_undo_brings_it_back_with_the_work_in_it(measuring: Slot, queue: Queue, ada: User, *, by_key: bool) -> None:
    kept = submit_calibration(slot=measuring, reviewer=ada, lease_token=measuring.lease_token, **told())
    decision = decisions(queue.project, ada)[0]
    assert (decision.words, decision.slot_id) == ("Failure", measuring.pk)
    back = (
        undo_decision(project=queue.project, reviewer=ada, key=decision.key)
        if by_key
        else undo_review(slot=measuring, reviewer=ada)
    )
    assert (back, back.state) == (measuring, SlotState.LEASED)
    assert Draft.objects.get(item=measuring.item).content["failures"][0]["note"] == "It lied."
    kept.refresh_from_db()
    assert kept.withdrawn_at is not None
    assert not decisions(queue.project, ada)
    assert undo_decision(project=queue.project, reviewer=ada, key=decision.key) == measuring


def test_the_place_in_the_queue_goes_on_and_tells_nothing(measuring: Slot, queue: Queue, ada: User) -> None:
    assert place_in_queue(queue) == (2, 3)
    submit_calibration(slot=measuring, reviewer=ada, lease_token=measuring.lease_token, **told())
    assert place_in_queue(queue) == (3, 4)


def test_what_measures_is_in_no_list_and_no_count(measuring: Slot, queue: Queue, ada: User) -> None:
    def counted() -> list[Any]:
        rows = queue_rows(queue.project, ada)[0]
        person = next(row for row in people_rows(queue.project) if row.person == ada)
        sessions = AgentSession.objects.filter(project=queue.project)
        return [
            (rows.waiting, rows.done, rows.mine_begun, rows.mine_given, rows.overdue),
            item_counts(queue),
            item_ids(queue, "waiting"),
            item_ids(queue, "done"),
            len(waiting(queue, 10)),
            count_waiting(queue),
            (person.skipped, person.given),
            sessions.filter(queued(sessions, queue=queue.pk, stands="waiting")).count(),
            sessions.filter(queued(sessions, queue=queue.pk, stands="done")).count(),
        ]

    pending = counted()
    give_back(slot_id=measuring.pk, user=ada, token=measuring.lease_token or uuid.uuid4())
    given_back = counted()
    Slot.objects.measuring().delete()
    QueueItem.objects.filter(stratum=Stratum.GOLD).delete()
    assert pending == given_back == counted()


def test_what_measures_does_not_keep_a_session_out_of_the_queue(
    measuring: Slot, queue: Queue, settled: AgentSession
) -> None:
    Review.objects.filter(session=settled).update(slot=None)
    QueueItem.objects.work().filter(session=settled).delete()
    assert settled in outside(queue)
    assert settled in not_yet_queued(queue)


def _read_before(queue: Queue, reader: User, name: str, *, days: int) -> AgentSession:
    session = _session(queue.project, name)
    review = review_in(queue, session, reader, Outcome.SUCCESS)
    Review.objects.filter(pk=review.pk).update(submitted_at=timezone.now() - timedelta(days=days))
    return session


def test_a_session_comes_again_once_it_is_forgotten(queue: Queue, ada: User) -> None:
    fresh = _read_before(queue, ada, "fresh", days=2)
    old = _read_before(queue, ada, "old", days=8)
    Queue.objects.filter(pk=queue.pk).update(gold_share=0, repeat_share=0.5)
    queue.refresh_from_db()
    again = _taken_again(queue, ada)
    assert again == [old]
    assert fresh not in again


def test_a_session_comes_again_once_fifty_others_were_judged(queue: Queue, ada: User) -> None:
    old = _read_before(queue, ada, "old", days=2)
    for n in range(50):
        make_review(_session(queue.project, f"r-{n}"), ada, Outcome.SUCCESS)
    assert _taken_again(queue, ada) == [old]


def _taken_again(queue: Queue, person: User) -> list[AgentSession]:
    """The repeats among the next 12 sessions of a queue that is never empty."""
    found = []
    for n in range(12):
        make_slot(queue, _session(queue.project, f"more-{n}"))
        slot = next_for(queue=queue, user=person)
        assert slot is not None
        if slot.item.stratum == Stratum.REPEAT:
            found.append(slot.item.session)
            kept = submit_calibration(slot=slot, reviewer=person, lease_token=slot.lease_token, **told("success"))
            assert kept.compared_with.reviewer == person
        else:
            submit_review(slot=slot, reviewer=person, lease_token=slot.lease_token, **told("success"))
    assert CalibrationReview.objects.count() == len(found)
    return found


def test_what_is_kept_ready_may_measure_too_and_is_one(settled: AgentSession, queue: Queue, ada: User) -> None:
    Queue.objects.filter(pk=queue.pk).update(gold_share=0)
    queue.refresh_from_db()
    open_now = next_for(queue=queue, user=ada)
    queue.gold_share = 0.5
    assert open_now is not None
    ready = following_for(queue=queue, user=ada, besides=open_now)
    assert ready is not None
    assert (ready.item.session, ready.opened_at) == (settled, None)
    assert following_for(queue=queue, user=ada, besides=open_now) == ready
    assert Slot.objects.measuring().count() == 1
    assert place_in_queue(queue) == (2, 3)
