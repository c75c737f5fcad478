"""What reviewers do: submit, skip, undo. Judgements are added, never lost."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.queues import QueueSettings, create_default_queue, create_queue
from annotate.actions.reviews import save_draft, submit_review
from annotate.actions.undoing import skip_slot, undo_decision, undo_review
from annotate.claims import take_next
from annotate.models import Draft, Failure, FailureType, Outcome, Queue, Review, Severity, Slot, SlotState
from annotate.told import Told
from common.errors import Refused
from tests.builders import make_failure_type, make_project, make_session, make_slot, make_talk

TOLD = Told(
    root_step="k2",
    surfaced_step="k3",
    note="The refund failed and it said it was done.",
    failure_type="Silent failure",
    severity=Severity.HIGH.value,
    expected="Say that it failed.",
    chosen_issue="ISS-12 Says it is done although it failed",
)


@pytest.fixture
def slot(queue: Queue) -> Slot:
    session = make_session(queue.project)
    make_talk(session)
    return make_slot(queue, session)


def submit(slot: Slot, reviewer: User, *told: Told, **fields: Any) -> Review:
    values = {"client_id": uuid.uuid4(), "outcome": Outcome.FAILURE if told else Outcome.SUCCESS, **fields}
    return submit_review(slot=slot, reviewer=reviewer, failures=told, **values)


def expire(slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_submit_review_records_all_that_was_told(queue: Queue, slot: Slot, ada: User) -> None:
    taken = take_next(queue=queue, user=ada)
    assert taken is not None
    review = submit(taken, ada, TOLD)

    failure = Failure.objects.get()
    assert (review.outcome, review.reviewer, review.slot_id, review.rubric) == ("failure", ada, slot.pk, queue.rubric)
    assert (review.opened_at, review.session_revision) == (taken.opened_at, 1)
    assert failure.failure_type is not None
    assert (failure.root_step, failure.surfaced_step, failure.note, failure.severity, failure.expected) == (
        "k2",
        "k3",
        TOLD.note,
        "high",
        TOLD.expected,
    )
    assert failure.chosen_issue == 12
    assert (failure.failure_type.name, failure.failure_type.created_by) == ("Silent failure", ada)
    assert failure.created_at == failure.updated_at == review.submitted_at
    slot.refresh_from_db()
    assert (slot.state, slot.reviewer, slot.lease_token) == (SlotState.SUBMITTED, ada, None)


def test_submit_review_sent_twice_counts_once(slot: Slot, ada: User) -> None:
    client_id = uuid.uuid4()
    reviews = [submit(slot, ada, TOLD, client_id=client_id) for _ in range(2)]

    assert reviews[0] == reviews[1]
    assert (Review.objects.count(), Failure.objects.count()) == (1, 1)


def test_submit_review_takes_several_failures(slot: Slot, ada: User) -> None:
    submit(slot, ada, TOLD, Told(root_step="k3", note="Second."))

    assert list(Failure.objects.order_by("pk").values_list("root_step", flat=True)) == ["k2", "k3"]


@pytest.mark.parametrize("outcome", [Outcome.SUCCESS, Outcome.UNKNOWN])
def test_submit_review_drops_failures_unless_it_failed(slot: Slot, ada: User, outcome: Outcome) -> None:
    submit(slot, ada, TOLD, outcome=outcome)

    assert (Review.objects.get().outcome, Failure.objects.count()) == (outcome, 0)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (Told(root_step="", note="x"), "failures-0-root_step"),
        (Told(root_step="k9", note="x"), "failures-0-root_step"),
        (Told(root_step="k2", note=" "), "failures-0-note"),
        (Told(root_step="k2", note="x", surfaced_step="k9"), "failures-0-surfaced_step"),
        (Told(root_step="k2", note="x", surfaced_step="k1"), "failures-0-surfaced_step"),
        (Told(root_step="k2", note="x", severity="dire"), "failures-0-severity"),
        (Told(root_step="k2", note="x", chosen_issue="the refund one"), "failures-0-chosen_issue"),
    ],
)
def test_submit_review_refuses_an_incomplete_failure(slot: Slot, ada: User, told: Told, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        submit(slot, ada, told)

    assert refusal.value.field == field
    assert Review.objects.count() == 0
    slot.refresh_from_db()
    assert slot.state == SlotState.FREE


def test_submit_review_takes_a_failure_that_showed_where_it_went_wrong(slot: Slot, ada: User) -> None:
    submit(slot, ada, Told(root_step="k2", surfaced_step="k2", note="x"))

    assert Failure.objects.get().surfaced_step == "k2"


@pytest.mark.parametrize("outcome", ["", "brilliant"])
def test_submit_review_refuses_an_outcome_that_is_none(slot: Slot, ada: User, outcome: str) -> None:
    with pytest.raises(Refused) as refusal:
        submit(slot, ada, outcome=outcome)

    assert refusal.value.field == "outcome"


def test_submit_review_refuses_a_failure_that_says_nothing(slot: Slot, ada: User) -> None:
    with pytest.raises(Refused):
        submit(slot, ada, outcome=Outcome.FAILURE)


def test_submit_review_refuses_a_second_judgement_of_the_same_person(slot: Slot, ada: User) -> None:
    submit(slot, ada)

    with pytest.raises(Refused):
        submit(slot, ada)


def test_submit_review_finds_a_type_whatever_its_case(project: Project, slot: Slot, ada: User) -> None:
    known = make_failure_type(project, "Silent failure")
    submit(slot, ada, Told(root_step="k2", note="x", failure_type="  silent   FAILURE "))

    assert Failure.objects.get().failure_type == known
    assert FailureType.objects.count() == 1


def test_submit_review_after_expiry_counts_while_the_slot_is_untaken(queue: Queue, slot: Slot, ada: User) -> None:
    take_next(queue=queue, user=ada)
    expire(slot)
    review = submit(slot, ada)

    assert review.slot_id == slot.pk
    assert Slot.objects.count() == 1


def test_submit_review_after_another_took_the_slot_is_kept_as_an_extra(
    queue: Queue, slot: Slot, ada: User, bob: User
) -> None:
    take_next(queue=queue, user=ada)
    expire(slot)
    take_next(queue=queue, user=bob)
    extra = submit(slot, ada)
    regular = submit(slot, bob)

    assert regular.slot_id == slot.pk
    assert extra.slot is not None
    assert (extra.slot.is_extra, extra.slot.state, extra.slot.reviewer) == (True, SlotState.SUBMITTED, ada)


def test_submit_review_after_another_took_the_slot_fills_another_free_one(
    queue: Queue, slot: Slot, ada: User, bob: User
) -> None:
    second = Slot.objects.create(queue=queue, item=slot.item, ordinal=2)
    Slot.objects.filter(pk=slot.pk).update(
        state=SlotState.LEASED, reviewer=bob, lease_until=timezone.now() + timedelta(minutes=5)
    )

    assert submit(slot, ada).slot_id == second.pk


def test_save_draft_keeps_the_newest_and_only_ones_own(slot: Slot, ada: User, bob: User) -> None:
    versions = [
        save_draft(slot=slot, reviewer=ada, content={"outcome": outcome}, version=version).version
        for outcome, version in (("success", 2), ("failure", 5), ("unknown", 4))
    ]
    save_draft(slot=slot, reviewer=bob, content={"outcome": "unknown"}, version=1)

    assert versions == [2, 5, 5]
    assert Draft.objects.get(reviewer=ada).content == {"outcome": "failure"}
    submit(slot, ada)
    assert [draft.reviewer for draft in Draft.objects.all()] == [bob]


def test_a_draft_that_its_review_has_overtaken_is_not_kept(slot: Slot, ada: User) -> None:
    submit(slot, ada)
    late = save_draft(slot=slot, reviewer=ada, content={"outcome": "failure"}, version=7)

    assert (late.version, late.content) == (7, {"outcome": "failure"})
    assert not Draft.objects.exists()


def test_skip_slot_leaves_the_session_to_others(queue: Queue, slot: Slot, ada: User, bob: User) -> None:
    taken = take_next(queue=queue, user=ada)
    assert taken is not None
    skip_slot(slot=slot, reviewer=ada, reason="unreadable", lease_token=taken.lease_token)

    assert take_next(queue=queue, user=ada) is None
    offered = take_next(queue=queue, user=bob)
    assert offered is not None
    assert (offered.item, offered.ordinal) == (slot.item, 2)
    slot.refresh_from_db()
    assert (slot.state, slot.skip_reason) == (SlotState.SKIPPED, "unreadable")


def test_skip_slot_refuses_an_unknown_reason_and_a_foreign_slot(queue: Queue, slot: Slot, ada: User, bob: User) -> None:
    taken = take_next(queue=queue, user=ada)
    assert taken is not None

    for reviewer, reason, token in (
        (ada, "bored", taken.lease_token),
        (bob, "other", taken.lease_token),
        (ada, "other", uuid.uuid4()),
    ):
        with pytest.raises(Refused):
            skip_slot(slot=slot, reviewer=reviewer, reason=reason, lease_token=token)
    assert Slot.objects.count() == 1


def test_undo_decision_withdraws_it_and_gives_all_back(project: Project, slot: Slot, ada: User) -> None:
    review = submit(slot, ada, TOLD)
    before = Failure.objects.get().updated_at
    again = undo_decision(project=project, reviewer=ada)

    review.refresh_from_db()
    failure = Failure.objects.get()
    assert again.pk == slot.pk
    assert (again.state, again.reviewer) == (SlotState.LEASED, ada)
    assert review.withdrawn_at is not None
    assert failure.withdrawn_at == failure.updated_at
    assert failure.updated_at > before
    assert Draft.objects.get().content == {
        "outcome": "failure",
        "failures": [
            {
                "root_step": "k2",
                "note": TOLD.note,
                "surfaced_step": "k3",
                "failure_type": "Silent failure",
                "severity": "high",
                "expected": "Say that it failed.",
                "chosen_issue": "ISS-12",
            }
        ],
    }
    submit(again, ada, TOLD)
    assert Review.objects.filter(withdrawn_at=None).count() == 1


def test_undo_decision_goes_back_one_by_one(project: Project, queue: Queue, ada: User) -> None:
    slots = [make_slot(queue, make_session(project, name)) for name in ("first", "second")]
    for slot in slots:
        submit(slot, ada)

    assert [undo_decision(project=project, reviewer=ada).pk for _ in slots] == [slots[1].pk, slots[0].pk]
    with pytest.raises(Refused):
        undo_decision(project=project, reviewer=ada)


def test_undo_review_takes_back_the_one_that_stands_in_the_slot(queue: Queue, slot: Slot, ada: User, bob: User) -> None:
    submit(slot, ada, TOLD)
    newer = make_slot(queue, make_session(queue.project, "newer"))
    submit(newer, ada)

    with pytest.raises(Refused):
        undo_review(slot=slot, reviewer=bob)
    again = undo_review(slot=slot, reviewer=ada)

    assert (again.pk, again.state) == (slot.pk, SlotState.LEASED)
    assert list(Review.objects.filter(withdrawn_at=None).values_list("slot", flat=True)) == [newer.pk]
    assert Draft.objects.get().content["failures"][0]["note"] == TOLD.note
    with pytest.raises(Refused):
        undo_review(slot=slot, reviewer=ada)


def test_undo_decision_never_touches_other_people_or_projects(
    project: Project, slot: Slot, ada: User, bob: User
) -> None:
    submit(slot, ada)

    with pytest.raises(Refused):
        undo_decision(project=project, reviewer=bob)
    with pytest.raises(Refused):
        undo_decision(project=make_project("other"), reviewer=ada)


def test_create_queue_refuses_a_name_that_is_taken(project: Project, lead: User) -> None:
    values: dict[str, Any] = {"filters": {}, "settings": QueueSettings("Billing")}
    create_queue(project=project, creator=lead, **values)

    with pytest.raises(Refused) as refusal:
        create_queue(project=project, creator=lead, **values)
    assert refusal.value.field == "name"


def test_create_default_queue_is_made_once(project: Project) -> None:
    assert create_default_queue(project=project) == create_default_queue(project=project)
