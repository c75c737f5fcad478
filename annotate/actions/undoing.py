"""Skips, and taking back. Nothing is deleted: what is taken back is marked and kept."""

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.reviews import Told, new_slot
from annotate.claims import LEASE
from annotate.models import (
    Draft,
    Failure,
    QueueItem,
    Review,
    Slot,
    SlotState,
)
from annotate.queries.judgements import failures_of, last_review, standing_review
from common.errors import Refused

SKIP_REASONS = {
    "not_my_field": "Not my field",
    "unreadable": "Unreadable",
    "duplicate": "Seen it before",
    "other": "Other",
}


@transaction.atomic
def skip_slot(*, slot: Slot, reviewer: User, reason: str) -> None:
    """Puts a session aside for this reviewer; a new free slot lets others take it. Refused if they do not hold it."""
    if reason not in SKIP_REASONS:
        raise Refused("Say why you skip it.", field="reason")
    item = QueueItem.objects.select_for_update().get(pk=slot.item_id)
    held = Slot.objects.filter(pk=slot.pk, reviewer=reviewer, state=SlotState.LEASED)
    ended = {"state": SlotState.SKIPPED, "skip_reason": reason, "ended_at": timezone.now()}
    if not held.update(lease_token=None, lease_until=None, **ended):
        raise Refused("You no longer hold this session.")
    if not slot.is_extra:
        new_slot(item)


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
