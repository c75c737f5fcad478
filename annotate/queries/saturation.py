"""What reviews found, in the order of reading: whether reading on still shows kinds of failure that nobody has seen."""

from collections import defaultdict
from collections.abc import Hashable, Iterable

from django.db.models import Q

from accounts.models import Project
from annotate.coverage import Saturation, saturate
from annotate.models import Failure, Review
from annotate.queries.blind import EVERYTHING, Sight
from traces.models import AgentSession


def saturation(project: Project, within: Q | None = None, sight: Sight = EVERYTHING) -> Saturation:
    """By failure type: two queries. Failures without a type are of no kind."""
    typed = Failure.objects.filter(project=project, withdrawn_at=None, failure_type__isnull=False)
    return saturation_of(project, "failure type", typed.values_list("review_id", "failure_type_id"), within, sight)


def saturation_of(
    project: Project,
    noun: str,
    kinds: Iterable[tuple[int, Hashable]],
    within: Q | None = None,
    sight: Sight = EVERYTHING,
) -> Saturation:
    """By any kinds, as (review, kind), of the reviews that a reader may see: one query beside theirs.

    `noun` is what a kind is called, `within` a condition on sessions.
    """
    reviews = Review.objects.filter(sight.of(), project=project, withdrawn_at=None)
    if within:
        reviews = reviews.filter(session__in=AgentSession.objects.filter(within, project=project))
    found: defaultdict[int, set[Hashable]] = defaultdict(set)
    for review_id, kind in kinds:
        found[review_id].add(kind)
    told: set[tuple[int, Hashable]] = set()
    rows: list[set[Hashable]] = []
    # What a lead settled was met when the session was first read.
    in_order = list(reviews.order_by("submitted_at", "pk").values_list("pk", "session_id", "is_gold"))
    settled = {session_id: found[pk] for pk, session_id, is_gold in in_order if is_gold}
    for review_id, session_id, is_gold in in_order:
        if is_gold:
            continue
        # What a second reviewer says of the same session is no new find.
        met = found[review_id] | settled.get(session_id, set())
        rows.append({kind for kind in met if (session_id, kind) not in told})
        told.update((session_id, kind) for kind in met)
    return saturate(rows, noun)
