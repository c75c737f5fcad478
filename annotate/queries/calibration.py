"""Sessions that measure reviewers: which ones could, and what was said of them."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from annotate.models import CALIBRATING, CalibrationReview, Outcome, Queue, Review, Slot, SlotState, Stratum
from annotate.queries.examples import used_as_examples
from annotate.queries.filters import matching

# A repeat comes when its first reading is so long ago, or so many reviews: whichever is sooner.
FORGOTTEN_AFTER = timedelta(days=7)
FORGOTTEN_AFTER_REVIEWS = 50
MOST_CANDIDATES = 500
OPEN = (SlotState.FREE, SlotState.LEASED)
BEGUN = (SlotState.LEASED, SlotState.SUBMITTED, SlotState.SKIPPED)


def number_of(queue: Queue, user: User) -> int:
    """How many sessions of the queue the person has begun, so far as they still have them or decided them."""
    return Slot.objects.filter(queue=queue, reviewer=user, state__in=BEGUN).count()


def waits_for(queue: Queue, user: User, besides: Slot | None = None) -> bool:
    """Whether the person has a session of the queue open, or was given one, that they would be led to first."""
    theirs = Q(state=SlotState.LEASED, reviewer=user) | Q(state=SlotState.FREE, assigned_to=user)
    waiting = Slot.objects.filter(theirs, queue=queue)
    return (waiting.exclude(pk=besides.pk) if besides else waiting).exists()


def settled_for(queue: Queue, user: User) -> list[int]:
    """Sessions of the queue's filter that a lead has settled, and that the person has nothing to do with; by id.

    None that still waits for reviewers: they could be given it for its own sake. None that has grown since, none of
    which the lead could not tell either, and none that the guidance shows as an example.
    """
    theirs = Slot.objects.filter(Q(reviewer=user) | Q(assigned_to=user), item__session=OuterRef("session"))
    open_still = Slot.objects.filter(item__session=OuterRef("session"), state__in=OPEN)
    judged = Review.objects.filter(session=OuterRef("session"), reviewer=user)
    golds = Review.objects.filter(
        ~Exists(theirs),
        ~Exists(open_still),
        ~Exists(judged),
        project=queue.project_id,
        is_gold=True,
        withdrawn_at=None,
        session_revision=F("session__revision"),
        session__in=matching(queue.project, queue.filters).order_by().values("pk"),
    ).exclude(Q(outcome=Outcome.UNKNOWN) | Q(session__in=used_as_examples(queue.project)))
    return list(golds.order_by("-pk").values_list("session_id", flat=True)[:MOST_CANDIDATES])


def repeatable(queue: Queue, user: User) -> list[int]:
    """Sessions that the person has judged in the queue, long enough ago, and was not given again; by id.

    None that the guidance shows as an example.
    """
    measured = Slot.objects.filter(
        Q(reviewer=user) | Q(assigned_to=user), item__session=OuterRef("session"), item__stratum__in=CALIBRATING
    )
    theirs = Review.objects.filter(project=queue.project_id, reviewer=user, is_gold=False, withdrawn_at=None)
    newest = theirs.order_by("-submitted_at").values_list("submitted_at", flat=True)
    newer = list(newest[FORGOTTEN_AFTER_REVIEWS - 1 : FORGOTTEN_AFTER_REVIEWS])
    before = max([timezone.now() - FORGOTTEN_AFTER, *newer])
    forgotten = theirs.exclude(session__in=used_as_examples(queue.project)).filter(
        ~Exists(measured), slot__queue=queue, submitted_at__lt=before, session_revision=F("session__revision")
    )
    return list(forgotten.order_by("-pk").values_list("session_id", flat=True)[:MOST_CANDIDATES])


def standard_of(slot: Slot, user: User) -> Review | None:
    """What a judgement in this place is measured by: the settlement, or the person's own review.

    The one that stands; where it was taken back meanwhile, the last that did.
    """
    said = Review.objects.filter(session=slot.item.session_id)
    wanted = (
        said.filter(is_gold=True) if slot.item.stratum == Stratum.GOLD else said.filter(is_gold=False, reviewer=user)
    )
    return wanted.order_by(F("withdrawn_at").desc(nulls_first=True), "-submitted_at", "-pk").first()


def standing_calibration(slot: Slot, user: User) -> CalibrationReview | None:
    """The judgement of this person that stands in a place that measures them."""
    standing = CalibrationReview.objects.filter(slot=slot, reviewer=user, withdrawn_at=None)
    return standing.select_related("slot__queue", "slot__item", "rubric").first()


def calibration_content(judged: CalibrationReview) -> dict[str, Any]:
    """What was entered, in the shape of a draft: as a form holds it."""
    answers = {key: str(value) if isinstance(value, int) else value for key, value in judged.answers.items()}
    return {"outcome": judged.outcome, "failures": judged.failures, **({"answers": answers} if answers else {})}
