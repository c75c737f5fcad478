"""Reviews that stand, their failures, and the labels these have."""

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Project, User
from annotate.models import Failure, FailureType, Review, Slot


def failure_types(project: Project) -> QuerySet[FailureType]:
    """The team's own labels, the most used first, as a reviewer is offered them."""
    standing = Failure.objects.filter(failure_type=OuterRef("pk"), withdrawn_at=None).order_by().values("failure_type")
    uses = Coalesce(Subquery(standing.annotate(uses=Count("pk")).values("uses")), 0)
    return FailureType.objects.filter(project=project).annotate(uses=uses).order_by("-uses", "name")


def standing_review(slot: Slot, user: User) -> Review | None:
    """The judgement of this person that stands in the slot."""
    standing = Review.objects.filter(slot=slot, reviewer=user, withdrawn_at=None)
    return standing.select_related("slot__queue", "slot__item").first()


def failures_of(review: Review) -> QuerySet[Failure]:
    """What the review said went wrong, in the order it was said."""
    return Failure.objects.filter(review=review).select_related("failure_type").order_by("pk")
