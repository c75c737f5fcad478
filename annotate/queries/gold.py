"""Gold judgements: what leads settled, and what of."""

from collections.abc import Sequence

from django.db.models import QuerySet

from annotate.models import Failure, Review, Rubric
from traces.models import AgentSession


def gold_of(session: AgentSession | int) -> Review | None:
    """The session's settlement that stands."""
    standing = Review.objects.filter(session=session, is_gold=True, withdrawn_at=None)
    return standing.select_related("reviewer").first()


def settlements(session: AgentSession) -> QuerySet[Review]:
    """All that leads have settled about a session, the newest first; those taken back, too."""
    gold = Review.objects.filter(session=session, is_gold=True).select_related("reviewer", "withdrawn_by")
    return gold.order_by("-submitted_at", "-pk")


def reviews_of(session: AgentSession) -> QuerySet[Review]:
    """The reviews that stand, the oldest first; settlements are not among them."""
    standing = Review.objects.filter(session=session, is_gold=False, withdrawn_at=None)
    return standing.select_related("reviewer", "rubric").order_by("submitted_at", "pk")


def rubric_to_settle(reviews: Sequence[Review]) -> Rubric:
    """The newest version that one of these reviews was given under: a settlement answers its questions."""
    return max(reviews, key=lambda review: (review.rubric.version, review.pk)).rubric


def reviewed_failures(session: AgentSession) -> QuerySet[Failure]:
    """What reviewers told of a session and did not take back themselves, whether a lead adopted it or not."""
    told = Failure.objects.filter(session=session, review__is_gold=False, review__withdrawn_at=None)
    return told.select_related("failure_type", "review").order_by("review__submitted_at", "review_id", "pk")
