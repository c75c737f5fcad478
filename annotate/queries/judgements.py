"""Reviews that stand, their failures, and the labels these have."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Project, User
from annotate.models import Failure, FailureType, Review, Slot
from annotate.queries.blind import EVERYTHING, Sight


def failure_types(project: Project, sight: Sight = EVERYTHING) -> QuerySet[FailureType]:
    """The team's own labels, the most used first; those that were merged into others are not among them."""
    seen = _with_types(sight).values("failure_type")
    uses = Coalesce(Subquery(seen.annotate(uses=Count("pk")).values("uses")), 0)
    return known_types(project, sight).filter(merged_into=None).annotate(uses=uses).order_by("-uses", "name")


def known_types(project: Project, sight: Sight) -> QuerySet[FailureType]:
    """Those whose names the reader may know, merged ones among them.

    A name that was first said of what is withheld can tell it all, until it is said of something else, too. One that a
    lead made tells nothing, and stays for all whatever it is used for: that it is gone would tell.
    """
    types = FailureType.objects.filter(project=project)
    return types.filter(Exists(_with_types(sight)) | sight.of("coined_on")) if sight.is_partial else types


def _with_types(sight: Sight) -> QuerySet[Failure]:
    """The standing failures of a type that the reader may see."""
    return Failure.objects.filter(sight.of(), failure_type=OuterRef("pk"), withdrawn_at=None).order_by()


class OfferedType(NamedTuple):
    """A failure type as a reviewer is offered it. `also`: the names of what was merged into it, one to a line.

    `description`: when it is the right one.
    """

    name: str
    group: str
    uses: int
    also: str
    description: str


def offered_types(project: Project, sight: Sight, most: int) -> list[OfferedType]:
    """The most used failure types: two queries, three for whom something is withheld."""
    merged = FailureType.objects.filter(project=project, merged_into__isnull=False).order_by("name")
    rows = list(merged.values_list("pk", "name", "merged_into"))
    leads_to = {pk: target for pk, _, target in rows}
    unknown = set(merged.filter(sight.hides("coined_on")).values_list("pk", flat=True))
    names: defaultdict[int, list[str]] = defaultdict(list)
    for pk, name, _ in rows:
        if pk not in unknown:
            names[_end(pk, leads_to)].append(name)
    types: Any = failure_types(project, sight)[:most]
    return [
        OfferedType(kind.name, kind.group, kind.uses, "\n".join(names[kind.pk]), kind.description) for kind in types
    ]


def _end(pk: int, leads_to: Mapping[int, int | None]) -> int:
    while (target := leads_to.get(pk)) is not None:
        pk = target
    return pk


def standing_review(slot: Slot, user: User) -> Review | None:
    """The judgement of this person that stands in the slot."""
    standing = Review.objects.filter(slot=slot, reviewer=user, withdrawn_at=None)
    return standing.select_related("slot__queue", "slot__item").first()


def failures_of(review: Review) -> QuerySet[Failure]:
    """What the review said went wrong, in the order it was said."""
    return Failure.objects.filter(review=review).select_related("failure_type").order_by("pk")
