"""Judgements. Each action is one transaction; judgements are added, never overwritten."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotate.actions.checking import check_outcome, checked_answers, checked_failures
from annotate.actions.naming import types_named
from annotate.actions.overruling import overrule_late
from annotate.actions.places import fill_spare, lock_item, new_slot, retire_spare
from annotate.answers import Value
from annotate.models import (
    Answer,
    Draft,
    Failure,
    FailureType,
    Question,
    QueueItem,
    Review,
    Rubric,
    Slot,
    SlotState,
)
from annotate.told import ISSUE_NUMBER, Told
from common.errors import Refused
from traces.models import AgentSession

NO_ANSWERS: Mapping[str, Any] = {}


@transaction.atomic
def save_draft(*, slot: Slot, reviewer: User, content: dict[str, Any], version: int) -> Draft:
    """Keeps what a reviewer has entered so far, unless a newer draft stands; returns the one that stands.

    One that their review has overtaken on its way is not kept: all of it was in the review.
    """
    lock_item(slot.item_id)
    if Slot.objects.filter(pk=slot.pk, reviewer=reviewer, state=SlotState.SUBMITTED).exists():
        return Draft(item=slot.item, reviewer=reviewer, content=content, version=version)
    draft, _ = Draft.objects.get_or_create(item=slot.item, reviewer=reviewer)
    if version > draft.version:
        draft.content, draft.version = content, version
        draft.save()
    return draft


@transaction.atomic
def submit_review(
    *,
    slot: Slot,
    reviewer: User,
    client_id: uuid.UUID,
    outcome: str,
    failures: Sequence[Told] = (),
    half_told: Sequence[Mapping[str, Any]] = (),
    answers: Mapping[str, Any] = NO_ANSWERS,
    rubric: Rubric | None = None,
    lease_token: uuid.UUID | None = None,
) -> Review:
    """Records a judgement and closes its slot. Sent twice with one `client_id`, it counts once.

    Under the lease that it names, it takes that slot. One whose lease was lost still takes a place of the session that
    nobody has; else it is kept as an extra one. Work is never thrown away. `answers` are by the key of the question, of
    the `rubric` that was shown; the queue's where none is given. `half_told` are failures that were entered before
    another outcome was chosen, in the shape of a draft: they count nowhere, and come back with an undo. Refused for an
    outcome that is none, for a required question without an answer, and for a failure without a root step of this
    session, that showed before its root step, without a note, or that quotes what is not there.
    """
    # Two submissions for one session wait for each other here.
    item = lock_item(slot.item_id)
    if item.is_measuring:
        raise ValueError("What measures its reviewer is no review: see submit_calibration.")
    known = Review.objects.filter(project=slot.queue.project, client_id=client_id).first()
    if known is not None:
        return known
    rubric = rubric or slot.queue.rubric
    check_outcome(outcome)
    told = checked_failures(item.session, outcome, failures)
    answered = checked_answers(rubric, outcome, answers)
    place = place_for(slot, item, reviewer, lease_token)
    review = Review.objects.create(
        project=slot.queue.project,
        session=item.session,
        slot=place,
        reviewer=reviewer,
        rubric=rubric,
        client_id=client_id,
        outcome=outcome,
        session_revision=item.session.revision,
        expected_failure=item.priority,
        opened_at=place.opened_at,
        submitted_at=timezone.now(),
    )
    add_failures(review, told, types_of(told, reviewer, item.session, since=review.opened_at))
    overrule_late(review)
    add_answers(review, answered)
    end_draft(item, reviewer, half_told)
    return review


def end_draft(item: QueueItem, reviewer: User, half_told: Sequence[Mapping[str, Any]]) -> None:
    """Forgets the draft of what was submitted, all but failures that do not count beside another outcome.

    Those stay a draft, which nobody sees as long as the judgement stands: taking it back brings them again.
    """
    if not half_told:
        Draft.objects.filter(item=item, reviewer=reviewer).delete()
        return
    content = {"outcome": "", "failures": list(half_told)}
    Draft.objects.update_or_create(item=item, reviewer=reviewer, defaults={"content": content})


def place_for(slot: Slot, item: QueueItem, reviewer: User, token: uuid.UUID | None) -> Slot:
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
    if own is not None and own.state == SlotState.SKIPPED and not (own.is_extra or item.is_measuring):
        own.is_extra, own.skip_reason = not retire_spare(item), ""
    return own


def types_of(
    failures: Sequence[Told], reviewer: User, session: AgentSession, *, since: datetime | None
) -> Mapping[str, FailureType]:
    """By the names that are told, the failure types, locked; `since`: when the one who tells opened their page."""
    names = [told.failure_type for told in failures]
    return types_named(session=session, names=names, creator=reviewer, since=since)


def add_failures(review: Review, failures: Sequence[Told], types: Mapping[str, FailureType]) -> None:
    """Writes what the review tells of; each failure is as old as the review."""
    for told in failures:
        Failure.objects.create(
            project=review.project,
            session=review.session,
            review=review,
            root_step=told.root_step,
            surfaced_step=told.surfaced_step,
            note=told.note.strip(),
            failure_type=types.get(told.failure_type),
            severity=told.severity,
            expected=told.expected.strip(),
            quotes=[asdict(quote) for quote in told.quotes],
            assertions=[asdict(assertion) for assertion in told.assertions],
            chosen_issue=_issue_number(told.chosen_issue),
            created_at=review.submitted_at,
            updated_at=review.submitted_at,
        )


def _issue_number(text: str) -> int | None:
    """The number that the reviewer chose. Whether there is such an issue is known above: the one who places looks."""
    found = ISSUE_NUMBER.match(text)
    return int(found[1]) if found else None


def add_answers(review: Review, answers: Sequence[tuple[Question, Value]]) -> None:
    """Writes what the review answers to the rubric's questions."""
    Answer.objects.bulk_create(Answer(review=review, question=question, value=value) for question, value in answers)
