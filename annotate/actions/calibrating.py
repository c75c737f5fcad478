"""Judgements that measure their reviewer: kept apart, in no share, count or lesson."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotate.actions.checking import check_outcome, checked_answers, checked_failures
from annotate.actions.places import lock_item
from annotate.actions.reviews import NO_ANSWERS, end_draft, place_for
from annotate.models import CalibrationReview, Rubric, Slot
from annotate.queries.calibration import standard_of
from annotate.told import Told, as_draft
from common.errors import Refused


@transaction.atomic
def submit_calibration(
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
) -> CalibrationReview:
    """Records what was said of a settled or repeated session and closes its slot; asks for what `submit_review` does.

    Sent twice with one `client_id`, it counts once. No failure type is made, and no failure goes anywhere.
    """
    item = lock_item(slot.item_id)
    known = CalibrationReview.objects.filter(project=slot.queue.project, client_id=client_id).first()
    if known is not None:
        return known
    standard = standard_of(slot, reviewer)
    if slot.assigned_to_id != reviewer.pk or standard is None:
        raise Refused("This session is not yours to judge.")
    rubric = rubric or slot.queue.rubric
    check_outcome(outcome)
    told = checked_failures(item.session, outcome, failures)
    answered = checked_answers(rubric, outcome, answers)
    place = place_for(slot, item, reviewer, lease_token)
    end_draft(item, reviewer, half_told)
    return CalibrationReview.objects.create(
        project=slot.queue.project,
        slot=place,
        session=item.session,
        reviewer=reviewer,
        rubric=rubric,
        compared_with=standard,
        client_id=client_id,
        outcome=outcome,
        answers={question.key: value for question, value in answered},
        failures=[as_draft(one) for one in told],
        opened_at=place.opened_at,
        submitted_at=timezone.now(),
    )
