"""What people do with queues and sessions. Each action is one transaction; judgements are added, never overwritten."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from annotate.claims import LEASE, take_this
from annotate.filling import make_default_queue
from annotate.models import (
    Draft,
    Failure,
    FailureType,
    Outcome,
    Queue,
    QueueItem,
    Review,
    Severity,
    Slot,
    SlotState,
)
from annotate.queries import failures_of, last_review, standing_review
from common.errors import Refused
from traces.models import Step

SKIP_REASONS = {
    "not_my_field": "Not my field",
    "unreadable": "Unreadable",
    "duplicate": "Seen it before",
    "other": "Other",
}
MOST_FAILURES = 10
ISSUE_NUMBER = re.compile(r"\s*(?:ISS-)?(\d{1,9})\b", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """One failure as a reviewer told it. Steps are keys; `failure_type` is a name, new or known.

    `chosen_issue` begins with the number of the issue that it looks like: "ISS-12", "12" or "ISS-12 its title".
    """

    root_step: str
    note: str
    surfaced_step: str = ""
    failure_type: str = ""
    severity: str = Severity.MEDIUM.value
    expected: str = ""
    chosen_issue: str = ""


def create_default_queue(*, project: Project) -> Queue:
    """The queue that every project starts with; the one that is there, if it is."""
    return make_default_queue(project)


@transaction.atomic
def create_queue(
    *,
    project: Project,
    creator: User,
    name: str,
    filters: dict[str, Any],
    reviewers_per_session: int,
    random_share: float,
) -> Queue:
    """An open queue that fills itself with what matches `filters`. Refused when the name is taken."""
    if Queue.objects.filter(project=project, name=name).exists():
        raise Refused("There is a queue of this name already.", field="name")
    return Queue.objects.create(
        project=project,
        name=name,
        filters=filters,
        rubric=make_default_queue(project).rubric,
        reviewers_per_session=reviewers_per_session,
        random_share=random_share,
        created_by=creator,
    )


@transaction.atomic
def set_queue_open(*, queue: Queue, is_open: bool) -> None:
    """Opens or closes a queue. A closed one takes in nothing and gives out nothing; its reviews stay."""
    Queue.objects.filter(pk=queue.pk).update(is_open=is_open)


@transaction.atomic
def save_draft(*, slot: Slot, reviewer: User, content: dict[str, Any], version: int) -> int:
    """Keeps what a reviewer has entered so far, unless a newer draft stands; returns the version that stands."""
    draft, _ = Draft.objects.select_for_update().get_or_create(item=slot.item, reviewer=reviewer)
    if version > draft.version:
        draft.content, draft.version = content, version
        draft.save()
    return draft.version


@transaction.atomic
def submit_review(
    *, slot: Slot, reviewer: User, client_id: uuid.UUID, outcome: str, failures: Sequence[Told] = ()
) -> Review:
    """Records a judgement and closes its slot. Sent twice with one `client_id`, it counts once.

    A judgement whose lease ran out still takes its slot if that is free; if someone else has it, any other free slot of
    the session; else it is kept as an extra one. Work is never thrown away. Refused for an outcome that is none, or a
    failure without a root step of this session, that showed before its root step, or without a note.
    """
    # Two submissions for one session wait for each other here.
    item = QueueItem.objects.select_for_update(of=("self",)).select_related("session").get(pk=slot.item_id)
    known = Review.objects.filter(project=slot.queue.project, client_id=client_id).first()
    if known is not None:
        return known
    told = _checked(item, outcome, failures)
    place = _place_for(slot, item, reviewer)
    review = Review.objects.create(
        project=slot.queue.project,
        session=item.session,
        slot=place,
        reviewer=reviewer,
        rubric=slot.queue.rubric,
        client_id=client_id,
        outcome=outcome,
        session_revision=item.session.revision,
        opened_at=place.opened_at,
        submitted_at=timezone.now(),
    )
    _add_failures(review, told)
    Draft.objects.filter(item=item, reviewer=reviewer).delete()
    return review


def _checked(item: QueueItem, outcome: str, failures: Sequence[Told]) -> Sequence[Told]:
    """The failures that count; Refused where the judgement is not complete. Only a failed session has failures."""
    if outcome not in Outcome.values:
        raise Refused("Say first whether it worked: success, failure, or can't tell.", field="outcome")
    if outcome != Outcome.FAILURE:
        return ()
    if not 1 <= len(failures) <= MOST_FAILURES:
        raise Refused(f"A failed session needs 1 to {MOST_FAILURES} failures.", field="failures")
    positions = dict(Step.objects.filter(session=item.session_id).values_list("key", "position"))
    for index, told in enumerate(failures):
        _check_steps(told, positions, f"failures-{index}-")
        _check_words(told, f"failures-{index}-")
    return failures


def _check_steps(told: Told, positions: Mapping[str, int], prefix: str) -> None:
    root = positions.get(told.root_step)
    if root is None:
        raise Refused("Mark the step where it first went wrong.", field=f"{prefix}root_step")
    if told.surfaced_step and told.surfaced_step not in positions:
        raise Refused("This session has no such step.", field=f"{prefix}surfaced_step")
    if positions.get(told.surfaced_step, root) < root:
        raise Refused(
            f"This is before step {root}, where it first went wrong. Choose step {root} or a later one.",
            field=f"{prefix}surfaced_step",
        )


def _check_words(told: Told, prefix: str) -> None:
    if not told.note.strip():
        raise Refused("Say in a sentence what went wrong.", field=f"{prefix}note")
    if told.severity not in Severity.values:
        raise Refused("Choose how severe it is.", field=f"{prefix}severity")
    if told.chosen_issue.strip() and not ISSUE_NUMBER.match(told.chosen_issue):
        raise Refused("Choose a known issue, such as ISS-12, or leave this empty.", field=f"{prefix}chosen_issue")


def _place_for(slot: Slot, item: QueueItem, reviewer: User) -> Slot:
    """The slot that the judgement fills, marked submitted."""
    mine = Slot.objects.filter(item=item, reviewer=reviewer).first()
    place = mine or _free_place(slot, item, reviewer) or _extra_place(item, reviewer)
    if place.state == SlotState.SUBMITTED:
        raise Refused("You have reviewed this session already. Undo that review to change it.")
    place.state, place.reviewer = SlotState.SUBMITTED, reviewer
    place.lease_token = place.lease_until = None
    place.save()
    return place


def _free_place(slot: Slot, item: QueueItem, reviewer: User) -> Slot | None:
    others = Slot.objects.filter(item=item, is_extra=False).exclude(pk=slot.pk).order_by("pk")
    for pk in [slot.pk, *others.values_list("pk", flat=True)]:
        taken = take_this(slot_id=pk, user=reviewer)
        if taken is not None:
            return taken
    return None


def _extra_place(item: QueueItem, reviewer: User) -> Slot:
    return _new_slot(item, is_extra=True, reviewer=reviewer, opened_at=None)


def _new_slot(item: QueueItem, **fields: Any) -> Slot:
    last = Slot.objects.filter(item=item).order_by("-ordinal")[0]
    return Slot.objects.create(
        queue_id=item.queue_id, item=item, ordinal=last.ordinal + 1, priority=last.priority, begun=last.begun, **fields
    )


def _add_failures(review: Review, failures: Sequence[Told]) -> None:
    for told in failures:
        Failure.objects.create(
            project=review.project,
            session=review.session,
            review=review,
            root_step=told.root_step,
            surfaced_step=told.surfaced_step,
            note=told.note.strip(),
            failure_type=_failure_type(review, told.failure_type),
            severity=told.severity,
            expected=told.expected.strip(),
            chosen_issue=_issue_number(told.chosen_issue),
            created_at=review.submitted_at,
            updated_at=review.submitted_at,
        )


def _issue_number(text: str) -> int | None:
    """The number that the reviewer chose. Whether there is such an issue is known above: the one who places looks."""
    found = ISSUE_NUMBER.match(text)
    return int(found[1]) if found else None


def _failure_type(review: Review, name: str) -> FailureType | None:
    """The project's type of this name, whatever its case; a new one if there is none."""
    name = " ".join(name.split())
    if not name:
        return None
    known, _ = FailureType.objects.get_or_create(
        project=review.project, name__iexact=name, defaults={"name": name, "created_by": review.reviewer}
    )
    return known


@transaction.atomic
def skip_slot(*, slot: Slot, reviewer: User, reason: str) -> None:
    """Puts a session aside for this reviewer; a new free slot lets others take it. Refused if they do not hold it."""
    if reason not in SKIP_REASONS:
        raise Refused("Say why you skip it.", field="reason")
    item = QueueItem.objects.select_for_update().get(pk=slot.item_id)
    held = Slot.objects.filter(pk=slot.pk, reviewer=reviewer, state=SlotState.LEASED)
    if not held.update(state=SlotState.SKIPPED, skip_reason=reason, lease_token=None, lease_until=None):
        raise Refused("You no longer hold this session.")
    if not slot.is_extra:
        _new_slot(item)


@transaction.atomic
def undo_last_review(*, project: Project, reviewer: User) -> Slot:
    """Takes back the reviewer's newest judgement and leases its slot to them again, with all they had entered.

    Nothing is deleted: the review and its failures are marked withdrawn. Refused when there is none.
    """
    return _take_back(last_review(project, reviewer))


@transaction.atomic
def undo_review(*, slot: Slot, reviewer: User) -> Slot:
    """The same for the judgement that stands in this slot. Refused when it holds none of the reviewer's."""
    return _take_back(standing_review(slot, reviewer))


def _take_back(review: Review | None) -> Slot:
    if review is None or review.slot is None:
        raise Refused("There is no review of yours to undo.")
    now = timezone.now()
    Draft.objects.update_or_create(
        item=review.slot.item,
        reviewer=review.reviewer,
        defaults={"content": content_of(review), "version": 1},
    )
    Failure.objects.filter(review=review, withdrawn_at=None).update(withdrawn_at=now, updated_at=now)
    Review.objects.filter(pk=review.pk).update(withdrawn_at=now)
    return _lease_again(review.slot, now)


def _lease_again(slot: Slot, now: datetime) -> Slot:
    slot.state, slot.lease_token, slot.lease_until, slot.opened_at = SlotState.LEASED, uuid.uuid4(), now + LEASE, now
    slot.save()
    return slot


def content_of(review: Review) -> dict[str, Any]:
    """What a reviewer had entered, in the shape of a draft."""
    return {"outcome": review.outcome, "failures": [asdict(_as_told(failure)) for failure in failures_of(review)]}


def _as_told(failure: Failure) -> Told:
    return Told(
        root_step=failure.root_step,
        surfaced_step=failure.surfaced_step,
        note=failure.note,
        failure_type=failure.failure_type.name if failure.failure_type else "",
        severity=failure.severity,
        expected=failure.expected,
        chosen_issue=f"ISS-{failure.chosen_issue}" if failure.chosen_issue else "",
    )
