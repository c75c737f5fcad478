"""Skips, and taking back. Nothing is deleted: what is taken back is marked and kept."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.overruling import keep_adopted, lock_failures
from annotate.actions.places import lock_item, new_slot, offer, retire_spare, set_aside, skips_of
from annotate.claims import LEASE, give_back_ready
from annotate.models import CalibrationReview, Draft, Failure, QueueItem, Review, SkipPolicy, Slot, SlotState
from annotate.queries.calibration import calibration_content, standing_calibration
from annotate.queries.decisions import CALIBRATION, REVIEW, SKIP, Decision, decisions
from annotate.queries.judgements import failures_of, standing_review
from annotate.told import Assertion, Quote, Told, as_draft
from common.errors import Refused
from common.keys import is_key

SKIP_REASONS = {
    "not_my_field": "Not my field",
    "unreadable": "Unreadable",
    "duplicate": "Seen it before",
    "other": "Other",
}
NOTHING = "There is no review or skip of yours to undo."


@transaction.atomic
def skip_slot(*, slot: Slot, reviewer: User, reason: str, lease_token: uuid.UUID | None) -> None:
    """Puts a session aside for this reviewer; what others get of it is the queue's policy. Sent twice, it counts once.

    So many skips as the queue says put it before the lead, and nobody else is given it. Refused under any lease but the
    one that holds the session now: a skip that comes late must not put aside what was opened again.
    """
    if reason not in SKIP_REASONS:
        raise Refused("Say why you skip it.", field="reason")
    item = lock_item(slot.item_id)
    now = Slot.objects.get(pk=slot.pk)
    if now.state == SlotState.SKIPPED and now.reviewer_id == reviewer.pk:
        return
    if now.state != SlotState.LEASED or now.reviewer_id != reviewer.pk or now.lease_token != lease_token:
        raise Refused("You no longer hold this session.")
    now.state, now.skip_reason, now.ended_at = SlotState.SKIPPED, reason, timezone.now()
    now.lease_token = now.lease_until = None
    if not item.is_measuring:  # what measures its reviewer is never another's
        now.assigned_to = None
    now.save()
    if not (now.is_extra or item.is_measuring):
        _pass_on(item)


def _pass_on(item: QueueItem) -> None:
    """Another place instead of the skipped one; what becomes of it is the queue's to say."""
    if skips_of(item) % item.queue.skips_to_lead == 0:
        item.before_lead_at = timezone.now()
        item.save(update_fields=["before_lead_at"])
    is_kept = item.before_lead_at or item.removed_at or item.queue.skip_policy == SkipPolicy.NOBODY
    new_slot(item, state=SlotState.ASIDE if is_kept else SlotState.FREE)
    if is_kept:
        set_aside(item)


@transaction.atomic
def undo_decision(*, project: Project, reviewer: User, key: str = "") -> Slot:
    """Takes back one of the person's last 20 decisions, and leases its slot to them again with all they had entered.

    `key` says which; without one it is the newest. One that was taken back already stays so: whoever pressed the key
    twice is led to the same session. Refused where there is nothing to undo, or the key is none of theirs.
    """
    standing = decisions(project, reviewer)
    chosen = next((decision for decision in standing if key in ("", decision.key)), None)
    if chosen is not None:
        return _undo_before_what_is_ready(chosen, reviewer)
    slot = _undone_before(project, reviewer, key)
    if slot is None:
        raise Refused(NOTHING)
    return slot


@transaction.atomic
def undo_review(*, slot: Slot, reviewer: User) -> Slot:
    """The same for the judgement that stands in this slot, however old. Refused when it holds none of theirs."""
    lock_item(slot.item_id)
    taken_back = _take_back_in(slot, reviewer)
    if taken_back is None:
        raise Refused(NOTHING)
    return taken_back


def _take_back_in(slot: Slot, reviewer: User) -> Slot | None:
    """Takes back what the person has said in this place; None where nothing of theirs stands."""
    if slot.item.is_measuring:
        measured = standing_calibration(slot, reviewer)
        return _take_back_measured(measured) if measured else None
    review = standing_review(slot, reviewer)
    return _take_back(review) if review else None


def _take_back_measured(measured: CalibrationReview) -> Slot:
    # As failures are: what it quotes may be redacted at this moment.
    measured = CalibrationReview.objects.select_for_update(no_key=True).get(pk=measured.pk)
    _draft_again(measured.slot.item, measured.reviewer, calibration_content(measured))
    CalibrationReview.objects.filter(pk=measured.pk).update(withdrawn_at=timezone.now())
    return lease_again(measured.slot)


def _undo_before_what_is_ready(decision: Decision, reviewer: User) -> Slot:
    """What was open comes next again, and not what was kept ready behind it."""
    slot = _undo(decision, reviewer)
    give_back_ready(queue=slot.queue, user=reviewer)
    return slot


def _undo(decision: Decision, reviewer: User) -> Slot:
    slot = Slot.objects.get(pk=decision.slot_id)
    item = lock_item(slot.item_id)
    if decision.kind != SKIP:
        return _take_back_in(slot, reviewer) or slot
    slot.refresh_from_db()
    return _unskip(slot, item) if slot.state == SlotState.SKIPPED else slot


def _undone_before(project: Project, reviewer: User, key: str) -> Slot | None:
    """The slot of a decision that does not stand any more, for the second press of a key."""
    kind, _, number = key.partition("-")
    mine = Slot.objects.filter(queue__project=project, reviewer=reviewer)
    pk = int(number) if is_key(number) else 0
    fields = {REVIEW: "reviews", CALIBRATION: "calibration_reviews"}
    found = mine.filter(**{fields.get(kind, "pk"): pk})
    return found.exclude(state=SlotState.SKIPPED).first()


def _take_back(review: Review) -> Slot:
    if review.slot is None:
        raise Refused(NOTHING)
    keep_adopted(review)
    now = timezone.now()
    # First: what they quote may be redacted at this moment, and the draft says what stands in them then.
    lock_failures(Failure.objects.filter(review=review))
    _draft_again(review.slot.item, review.reviewer, content_of(review))
    Failure.objects.filter(review=review, withdrawn_at=None).update(withdrawn_at=now, updated_at=now)
    Review.objects.filter(pk=review.pk).update(withdrawn_at=now)
    return lease_again(review.slot)


def _draft_again(item: QueueItem, reviewer: User, content: dict[str, Any]) -> None:
    """What was submitted is a draft again, with the failures that did not count beside its outcome."""
    kept = Draft.objects.filter(item=item, reviewer=reviewer).values_list("content", flat=True).first() or {}
    failures = content["failures"] or kept.get("failures", [])
    Draft.objects.update_or_create(
        item=item, reviewer=reviewer, defaults={"content": {**content, "failures": failures}, "version": 1}
    )


def _unskip(slot: Slot, item: QueueItem) -> Slot:
    """The place that others were given instead goes; if somebody has it already, this one is an extra."""
    if not (slot.is_extra or item.is_measuring):
        slot.is_extra = not retire_spare(item)
    slot.skip_reason = ""
    slot = lease_again(slot)
    skips = skips_of(item)
    was_before_lead, is_nobodys = item.before_lead_at is not None, item.queue.skip_policy == SkipPolicy.NOBODY
    if was_before_lead and (skips == 0 or skips % item.queue.skips_to_lead):
        item.before_lead_at = None
        item.save(update_fields=["before_lead_at"])
    if item.before_lead_at is None and (skips == 0 if is_nobodys else was_before_lead):
        offer(item)
    return slot


def lease_again(slot: Slot) -> Slot:
    """The place is its person's again, opened just now."""
    now = timezone.now()
    slot.state, slot.lease_token, slot.lease_until, slot.opened_at = SlotState.LEASED, uuid.uuid4(), now + LEASE, now
    slot.ended_at = None
    slot.save()
    return slot


def content_of(review: Review) -> dict[str, Any]:
    """What a reviewer had entered, in the shape of a draft."""
    given = {answer.question.key: answer.value for answer in review.answers.select_related("question")}
    # As a form holds them: text, or a list of texts.
    answers = {key: str(value) if isinstance(value, int) else value for key, value in given.items()}
    failures = [as_draft(as_told(failure)) for failure in failures_of(review)]
    return {"outcome": review.outcome, "failures": failures, **({"answers": answers} if answers else {})}


def as_told(failure: Failure) -> Told:
    """The failure as its reviewer told it."""
    return Told(
        root_step=failure.root_step,
        surfaced_step=failure.surfaced_step,
        note=failure.note,
        failure_type=failure.failure_type.name if failure.failure_type else "",
        severity=failure.severity,
        expected=failure.expected,
        chosen_issue=f"ISS-{failure.chosen_issue}" if failure.chosen_issue else "",
        quotes=tuple(Quote(**quote) for quote in failure.quotes),
        assertions=tuple(Assertion(**assertion) for assertion in failure.assertions),
    )
