"""Gold judgements. A lead settles what reviewers said of a session: a new row with a reason, never an edit."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from annotate.actions.checking import check_outcome, checked_failures, settled_answers
from annotate.actions.overruling import lock_failures, overrule, reinstate
from annotate.actions.reviews import NO_ANSWERS, add_answers, add_failures, types_of
from annotate.models import Failure, Outcome, QueueItem, Review
from annotate.queries.gold import gold_of, reviewed_failures, reviews_of, rubric_to_settle
from annotate.told import Told
from common.errors import Refused
from traces.models import AgentSession

LONGEST_REASON = 2_000
ANOTHER_RUBRIC = (
    "Meanwhile somebody judged this session under another version of the rubric. Its questions stand here now: look at"
    " them again."
)


@transaction.atomic
def settle(
    *,
    session: AgentSession,
    lead: User,
    client_id: uuid.UUID,
    outcome: str,
    reason: str,
    adopted: Collection[int] = (),
    failures: Sequence[Told] = (),
    answers: Mapping[str, Any] = NO_ANSWERS,
    instead_of: int | None = None,
    rubric: int | None = None,
    opened_at: datetime | None = None,
) -> Review:
    """Settles a session. Sent twice with one `client_id`, it counts once.

    Of the reviewers' failures those `adopted` (ids) stand, the others are overruled; `failures` are the lead's own.
    `answers` are by the key of the question, of the newest version of the rubric that was judged under; any may be left
    open. `instead_of` is the settlement that the lead saw standing, `rubric` the version whose questions they answer
    (ids), and `opened_at` when they saw it: a type that was renamed since is known by the name it had. Refused where
    another settlement stands by now, or other questions are asked, and for a failed session without a failure, a
    failure that was taken back meanwhile, a wrong answer, or no reason.
    """
    _lock(session)
    known = Review.objects.filter(project=session.project_id, client_id=client_id).first()
    if known is not None:
        return known
    standing = gold_of(session)
    _check_standing(standing, instead_of)
    check_outcome(outcome)
    reason = _checked_reason(reason)
    told = checked_failures(session, outcome, failures) if failures else ()
    types = types_of(told, lead, session, since=opened_at)
    lock_failures(Failure.objects.filter(session=session))
    if standing is not None:
        _take_back(standing, lead)
    gold = _create(session, lead, client_id, outcome, reason)
    if rubric not in (None, gold.rubric_id):
        raise Refused(ANOTHER_RUBRIC, field="rubric")
    _adopt(gold, set(adopted) if outcome == Outcome.FAILURE else set(), has_own=bool(failures))
    add_failures(gold, told, types)
    add_answers(gold, settled_answers(gold.rubric, answers))
    return gold


@transaction.atomic
def unsettle(*, session: AgentSession, lead: User, gold_id: int) -> None:
    """Takes the settlement back: what it overruled stands again. Refused where it does not stand any more."""
    _lock(session)
    standing = gold_of(session)
    if standing is None:
        raise Refused("It has been taken back already.")
    _check_standing(standing, gold_id)
    lock_failures(Failure.objects.filter(session=session))
    _take_back(standing, lead)


def _lock(session: AgentSession) -> None:
    """Whoever submits or takes back a review of the session waits, as does another lead."""
    list(QueueItem.objects.select_for_update().filter(session=session).order_by("pk").values_list("pk", flat=True))


def _check_standing(standing: Review | None, expected: int | None) -> None:
    if standing is not None and standing.pk != expected:
        said = Outcome(standing.outcome).label.lower()
        raise Refused(f"Meanwhile {standing.reviewer} has settled this session: {said}. Look at it again.")
    if standing is None and expected is not None:
        raise Refused("Meanwhile the settlement that you saw was taken back. Look at it again.")


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused("Say why you settle it so: reviewers learn from it.", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"Keep the reason under {LONGEST_REASON:,} characters.", field="reason")
    return reason


def _create(session: AgentSession, lead: User, client_id: uuid.UUID, outcome: str, reason: str) -> Review:
    theirs = list(reviews_of(session))
    if not theirs:
        raise Refused("Nobody has judged this session yet: there is nothing to settle.")
    try:
        with transaction.atomic():
            return Review.objects.create(
                project_id=session.project_id,
                session=session,
                reviewer=lead,
                rubric=rubric_to_settle(theirs),
                client_id=client_id,
                outcome=outcome,
                session_revision=session.revision,
                submitted_at=timezone.now(),
                is_gold=True,
                reason=reason,
            )
    except IntegrityError as error:  # of a session that is in no queue any more, no lock holds the other lead back
        raise Refused("Meanwhile somebody else has settled this session. Look at it again.") from error


def _adopt(gold: Review, adopted: set[int], *, has_own: bool) -> None:
    told = Failure.objects.filter(pk__in=reviewed_failures(gold.session).values("pk"), withdrawn_at=None)
    standing = set(told.values_list("pk", flat=True))
    if not adopted <= standing:
        raise Refused("One of these failures was taken back meanwhile. Look at them again.", field="adopted")
    if gold.outcome == Outcome.FAILURE and not adopted and not has_own:
        raise Refused("Choose what went wrong, or say it yourself.", field="adopted")
    gold.adopts.set(adopted)
    # Whoever reads what changed since a moment learns that it was adopted.
    Failure.objects.filter(pk__in=adopted).update(updated_at=gold.submitted_at)
    overrule(Failure.objects.filter(pk__in=standing - adopted), gold)


def _take_back(gold: Review, lead: User) -> None:
    now = timezone.now()
    Failure.objects.filter(review=gold, withdrawn_at=None).update(withdrawn_at=now, updated_at=now)
    Failure.objects.filter(adopted_by=gold).update(updated_at=now)
    reinstate(gold)
    Review.objects.filter(pk=gold.pk).update(withdrawn_at=now, withdrawn_by=lead)
