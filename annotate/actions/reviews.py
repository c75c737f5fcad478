"""Judgements. Each action is one transaction; judgements are added, never overwritten."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotate.actions.places import fill_spare, lock_item, new_slot, retire_spare
from annotate.models import (
    Draft,
    Failure,
    FailureType,
    Outcome,
    QueueItem,
    Review,
    Severity,
    Slot,
    SlotState,
)
from common.errors import Refused
from traces.models import Step

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
    *,
    slot: Slot,
    reviewer: User,
    client_id: uuid.UUID,
    outcome: str,
    failures: Sequence[Told] = (),
    lease_token: uuid.UUID | None = None,
) -> Review:
    """Records a judgement and closes its slot. Sent twice with one `client_id`, it counts once.

    Under the lease that it names, it takes that slot. One whose lease was lost still takes a place of the session that
    nobody has; else it is kept as an extra one. Work is never thrown away. Refused for an outcome that is none, or a
    failure without a root step of this session, that showed before its root step, or without a note.
    """
    # Two submissions for one session wait for each other here.
    item = lock_item(slot.item_id)
    known = Review.objects.filter(project=slot.queue.project, client_id=client_id).first()
    if known is not None:
        return known
    told = _checked(item, outcome, failures)
    place = _place_for(slot, item, reviewer, lease_token)
    review = Review.objects.create(
        project=slot.queue.project,
        session=item.session,
        slot=place,
        reviewer=reviewer,
        rubric=slot.queue.rubric,
        client_id=client_id,
        outcome=outcome,
        session_revision=item.session.revision,
        expected_failure=item.priority,
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


def _place_for(slot: Slot, item: QueueItem, reviewer: User, token: uuid.UUID | None) -> Slot:
    """The slot that the judgement fills, marked submitted."""
    place = _held(slot, reviewer, token) or _own(item, reviewer) or fill_spare(slot, item, reviewer)
    place = place or new_slot(item, is_extra=True, reviewer=reviewer)
    place.state, place.reviewer = SlotState.SUBMITTED, reviewer
    place.lease_token = place.lease_until = None
    place.ended_at = timezone.now()
    place.save()
    return place


def _held(slot: Slot, reviewer: User, token: uuid.UUID | None) -> Slot | None:
    """The slot under the lease that the submission names, while nobody else has it."""
    held = Slot.objects.filter(pk=slot.pk, reviewer=reviewer, state=SlotState.LEASED, lease_token=token)
    return held.first() if token else None


def _own(item: QueueItem, reviewer: User) -> Slot | None:
    """The reviewer's place on this session under another lease, or the one that they had skipped."""
    own = Slot.objects.filter(item=item, reviewer=reviewer).first()
    if own is not None and own.state == SlotState.SUBMITTED:
        raise Refused("You have reviewed this session already. Undo that review to change it.")
    if own is not None and own.state == SlotState.SKIPPED and not own.is_extra:
        own.is_extra, own.skip_reason = not retire_spare(item), ""
    return own


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
