"""What reviewers said of sessions that two or more of them judged: the ground of agreement and of disagreement.

A failure that a lead overruled was said all the same. Gold judgements are nobody's review, and calibration is kept
apart from all of this.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Project
from annotate.differences import Judgement
from annotate.models import Failure, Outcome, Queue, Review, Rubric
from annotate.queries.blind import EVERYTHING, Sight
from traces.models import Step

# Reviews: the newest say how people judge now, and so many say it to two digits.
MOST = 10_000


@dataclass(frozen=True)
class Chosen:
    """Which judgements are meant: of a queue, of a rubric's version, of the last days; all where nothing is said."""

    queue: Queue | None = None
    rubric: Rubric | None = None
    days: int | None = None

    @property
    def condition(self) -> Q:
        """On reviews."""
        wanted = Q(slot__queue=self.queue) if self.queue else Q()
        wanted &= Q(rubric=self.rubric) if self.rubric else Q()
        return wanted & (Q(submitted_at__gte=timezone.now() - timedelta(days=self.days)) if self.days else Q())


class Said(NamedTuple):
    """One person's review. `meaning` tells under which definition of the outcome: rubric and version since when."""

    review: int
    reviewer: int
    meaning: tuple[str, int]
    judgement: Judgement


@dataclass(frozen=True)
class Twice:
    """By session, what its reviewers said, the newest first; `is_cut` where only the newest of more are here."""

    sessions: Mapping[int, Sequence[Said]]
    is_cut: bool

    @property
    def reviews(self) -> list[int]:
        return [said.review for told in self.sessions.values() for said in told]

    def of(self, reviewer: int) -> "Twice":
        """Only the sessions that this person judged, too."""
        theirs = {
            session: told for session, told in self.sessions.items() if any(one.reviewer == reviewer for one in told)
        }
        return replace(self, sessions=theirs)


def read_twice(project: Project, chosen: Chosen | None = None, sight: Sight = EVERYTHING) -> Twice:
    """Three queries, however many reviews. Who judged a session twice counts once, with what they said last."""
    standing = _standing(project, chosen or Chosen(), sight)
    several = standing.order_by().values("session").annotate(several=Count("pk")).filter(several__gt=1)
    rows = standing.filter(session__in=several.values("session")).order_by("-submitted_at", "-pk")
    columns = ("pk", "session_id", "reviewer_id", "outcome", "rubric_id")
    told: defaultdict[int, dict[int, tuple[int, str, int]]] = defaultdict(dict)
    count = 0
    for pk, session, reviewer, outcome, rubric in rows.values_list(*columns)[: MOST + 1]:
        told[session].setdefault(reviewer, (pk, outcome, rubric))
        count += 1
    paired = {session: people for session, people in told.items() if len(people) > 1}
    meanings, failures = _meanings(project), _failures(paired)
    return Twice(
        {
            session: [
                Said(pk, reviewer, meanings[rubric], Judgement(outcome, *failures.get(pk, (frozenset(), None))))
                for reviewer, (pk, outcome, rubric) in people.items()
            ]
            for session, people in paired.items()
        },
        is_cut=count > MOST,
    )


def _standing(project: Project, chosen: Chosen, sight: Sight) -> QuerySet[Review]:
    return Review.objects.filter(chosen.condition, sight.of(), project=project, is_gold=False, withdrawn_at=None)


def _meanings(project: Project) -> dict[int, tuple[str, int]]:
    rubrics = Rubric.objects.filter(project=project).values_list("pk", "name", "outcome_since")
    return {pk: (name, since) for pk, name, since in rubrics}


def _failures(
    paired: Mapping[int, Mapping[int, tuple[int, str, int]]],
) -> dict[int, tuple[frozenset[str], int | None]]:
    """By review, the names of the types and the earliest root step of its failures."""
    failing = [pk for people in paired.values() for pk, outcome, _ in people.values() if outcome == Outcome.FAILURE]
    types: defaultdict[int, set[str]] = defaultdict(set)
    roots: defaultdict[int, list[int]] = defaultdict(list)
    for review, name, position in _told_in(failing).values_list("review_id", "failure_type__name", "position"):
        types[review] |= {name} if name else set()
        roots[review] += [position] if position is not None else []
    return {pk: (frozenset(types[pk]), min(roots[pk], default=None)) for pk in failing}


def _told_in(reviews: Collection[int]) -> QuerySet[Any, Any]:
    """The failures of standing reviews, overruled or not, each with the `position` of its root step."""
    root = Step.objects.filter(session=OuterRef("session"), key=OuterRef("root_step"))
    return Failure.objects.filter(review__in=reviews).annotate(position=Subquery(root.values("position")[:1]))
