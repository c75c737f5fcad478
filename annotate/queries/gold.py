"""Gold judgements: what leads settled."""

from django.db.models import QuerySet

from annotate.models import Failure, Review
from traces.models import AgentSession


def gold_of(session: AgentSession | int) -> Review | None:
    """The session's settlement that stands."""
    standing = Review.objects.filter(session=session, is_gold=True, withdrawn_at=None)
    return standing.select_related("reviewer").first()


def settlements(session: AgentSession) -> QuerySet[Review]:
    """All that leads have settled about a session, the newest first; those taken back, too."""
    gold = Review.objects.filter(session=session, is_gold=True).select_related("reviewer", "withdrawn_by")
    return gold.order_by("-submitted_at", "-pk")


def reviewed_failures(session: AgentSession) -> QuerySet[Failure]:
    """What reviewers told of a session and did not take back themselves, whether a lead adopted it or not."""
    told = Failure.objects.filter(session=session, review__is_gold=False, review__withdrawn_at=None)
    return told.select_related("failure_type", "review").order_by("review__submitted_at", "review_id", "pk")
