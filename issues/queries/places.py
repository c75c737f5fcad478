"""Where an issue happens: where in the session, and beside which other issues."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from annotate.queries.blind import EVERYTHING, Sight
from issues.models import Issue
from issues.queries.withholding import standing
from traces.models import Step

PARTS = 10
BESIDE = 6


@dataclass(frozen=True)
class Whereabouts:
    """Where in their sessions an issue's failures first went wrong, and how long it took until it showed.

    `parts`: (label, failures) of ten parts of a session, in order. `lost`: failures whose step is gone. `later`: the
    middle number of steps from the root step to where it showed; None where nobody said where it showed.
    """

    parts: list[tuple[str, int]]
    placed: int
    lost: int
    later: float | None
    told: int

    @property
    def words(self) -> str:
        """What the picture shows, for those who do not see it."""
        place, most = max(self.parts, key=lambda part: part[1])
        return f"{most} of {self.placed} first went wrong in {place} of the session, in no other part were more"


def whereabouts(issue: Issue, sight: Sight = EVERYTHING) -> Whereabouts:
    """One query."""
    rows = standing(sight).filter(issue=issue).annotate(root=_position("root"), shown=_position("surfaced"))
    return spread(rows.values_list("root", "shown", "failure__session__step_count"))


def _position(which: str) -> Subquery:
    named = Step.objects.filter(session=OuterRef("failure__session"), key=OuterRef(f"failure__{which}_step"))
    return Subquery(named.values("position")[:1])


def spread(places: Iterable[tuple[int | None, int | None, int]]) -> Whereabouts:
    """Of (root step, step where it showed, steps of the session), counted from 1; None where a step is unknown."""
    counts, lost, distances = [0] * PARTS, 0, []
    for root, shown, steps in places:
        if root is None:
            lost += 1
            continue
        # A session that is still growing may say fewer steps than it has by now.
        part = PARTS * (root - 1) // max(steps - 1, root - 1, 1)
        counts[min(part, PARTS - 1)] += 1
        if shown is not None:
            distances.append(shown - root)
    parts = list(zip(_labels(), counts, strict=True))
    return Whereabouts(parts, sum(counts), lost, median(distances) if distances else None, len(distances))


def _labels() -> list[str]:
    """In words that stand in a sentence: the first tenth, …, the last tenth."""
    ordinals = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "last")
    return [f"the {ordinal} tenth" for ordinal in ordinals]


@dataclass(frozen=True)
class Beside:
    """Another issue that some of the same sessions have: in how many both were confirmed, and in how many it is at all.

    `share`: of the sessions of the issue that was asked about, 0..1.
    """

    issue: Issue
    together: int
    in_all: int
    share: float


def issues_beside(issue: Issue, sessions: int, sight: Sight = EVERYTHING) -> list[Beside]:
    """Those that occur most often in the same sessions, at most six: three queries. `sessions`: those of the issue."""
    own = standing(sight).filter(issue=issue).values("failure__session")
    others = standing(sight).filter(issue__project=issue.project_id)
    shared = others.filter(failure__session__in=own).exclude(issue=issue)
    together = _counted(shared.order_by())[:BESIDE]
    in_all = dict(_counted(others.filter(issue__in=[key for key, _ in together])))
    issues = Issue.objects.in_bulk([key for key, _ in together])
    return [Beside(issues[key], count, in_all[key], count / max(sessions, 1)) for key, count in together]


def _counted(rows: Any) -> list[tuple[int, int]]:
    """(issue, distinct sessions), the most first."""
    counted = rows.values("issue_id").annotate(sessions=Count("failure__session", distinct=True))
    return list(counted.order_by("-sessions", "issue_id").values_list("issue_id", "sessions"))
