"""Estimated shares of all sessions: outcome failure, and whatever sessions are labelled with.

A session's outcome is what a lead settled, else what most of its standing reviews say; those that cannot tell say
nothing. Where none is left, or they are evenly split, the session is in no numerator and no denominator.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Project
from annotate.estimation import Cell, Share, estimate_shares
from annotate.models import Outcome, Review
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.frames import Frame, read_frame
from traces.models import AgentSession

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Sample:
    """What shares are estimated from: the frame's cells, and the cell of each judged session that was drawn.

    `reviewed` sessions of the frame were judged, however they were chosen, and `failed` of them failed.
    """

    frame: Frame
    sizes: Mapping[int, int]
    cell_of: Mapping[int, int]
    drawn_failures: frozenset[int]
    reviewed: int
    failed: int
    sight: Sight = EVERYTHING

    @property
    def failure(self) -> Share:
        """The share of sessions with outcome failure."""
        return shares_of(self, {0: self.drawn_failures}, {0: self.failed})[0]

    @property
    def weights(self) -> dict[int, float]:
        """By judged session that was drawn: how many sessions of the frame it stands for."""
        read = Counter(self.cell_of.values())
        return {pk: self.sizes[cell] / read[cell] for pk, cell in self.cell_of.items()}

    @property
    def frame_in_words(self) -> str:
        """4,120 sessions that queue “Everything” draws from."""
        return self.frame.in_words(sum(self.sizes.values()))


def read_sample(project: Project, within: Q | None = None, sight: Sight = EVERYTHING) -> Sample:
    """The project's judged drawn sessions, within a condition on sessions, as a reader may see: five queries."""
    frame = read_frame(project, within)
    drawn_ones = judged(frame.sessions.filter(frame.drawn), sight)
    rows = drawn_ones.annotate(cell=frame.cell).values_list("pk", "cell", "lean")
    among = None if frame.is_whole and not frame.within else frame.sessions
    counts = leans(project, among, sight).aggregate(
        reviewed=Count("session"), failed=Count("session", filter=Q(lean__gt=0))
    )
    drawn = list(rows)
    return Sample(
        frame=frame,
        sizes=frame.sizes(),
        cell_of={pk: cell for pk, cell, _ in drawn},
        drawn_failures=frozenset(pk for pk, _, lean in drawn if lean > 0),
        sight=sight,
        **counts,
    )


def judged(sessions: QuerySet[AgentSession], sight: Sight = EVERYTHING) -> QuerySet[AgentSession, Any]:
    """Those of the sessions whose reviews lean to one side, with `lean`: above 0 where most of them say failure."""
    standing = sessions.filter(sight.of("pk"), reviews__withdrawn_at=None, reviews__isnull=False)
    return standing.order_by().values("pk").annotate(lean=_lean("reviews__")).exclude(lean=0)


def leans(
    project: Project, sessions: QuerySet[AgentSession] | None = None, sight: Sight = EVERYTHING
) -> QuerySet[Any, Any]:
    """The same as `session` and `lean`, from the side of the reviews: where few are read, a tenth of the work.

    Of all the project's sessions where none are given.
    """
    standing = Review.objects.filter(sight.of(), project=project, withdrawn_at=None)
    if sessions is not None:
        standing = standing.filter(session__in=sessions.order_by().values("pk"))
    return standing.order_by().values("session").annotate(lean=_lean("")).exclude(lean=0)


def _lean(to_reviews: str) -> Coalesce:
    """What a lead settled, else the sum of what reviewers say: 1 is failure, -1 success."""
    sides = (
        When(**{f"{to_reviews}outcome": outcome}, then=Value(side))
        for outcome, side in ((Outcome.FAILURE, 1), (Outcome.SUCCESS, -1))
    )
    side = Case(*sides, default=Value(0), output_field=IntegerField())
    return Coalesce(Max(Case(When(**{f"{to_reviews}is_gold": True}, then=side))), Sum(side))


def shares_of(
    sample: Sample, labelled: Mapping[Key, Collection[int]], found: Mapping[Key, int] | None = None
) -> dict[Key, Share]:
    """The share of each label. No query, however many labels.

    `labelled`: the sessions that have it, of which only those in the sample count. `found`: how many judged sessions of
    the frame have it; as many as `labelled` names unless told.
    """
    read = Counter(sample.cell_of.values())
    names = list(sample.sizes)
    hits = {key: Counter(sample.cell_of[pk] for pk in ids if pk in sample.cell_of) for key, ids in labelled.items()}
    shares = estimate_shares(
        [Cell(sample.sizes[name], read[name]) for name in names],
        [[hits[key][name] for name in names] for key in labelled],
        [(found.get(key, 0) if found else len(ids), sample.reviewed) for key, ids in labelled.items()],
    )
    return dict(zip(labelled, shares, strict=True))


def grouped(pairs: Iterable[tuple[Key, int]]) -> dict[Key, set[int]]:
    """Session ids by label."""
    found: defaultdict[Key, set[int]] = defaultdict(set)
    for label, session_id in pairs:
        found[label].add(session_id)
    return dict(found)
