"""Two issues side by side, for whoever asks whether they are one."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from annotate.queries.blind import EVERYTHING, Sight
from clustering.engine.embed import Vectors
from clustering.engine.linkage import cohesion
from clustering.queries import read_embeddings
from issues.deciding import who_keeps_apart
from issues.models import Issue, likeness_in_words, verdict_in_words
from issues.proposing.typical import READ_FOR_TYPICAL, representatives
from issues.queries import Part, Told, breakdown, standing_members, with_steps
from issues.queries.extent import sessions_of
from issues.queries.types import types_of

FEWEST_INSIDE = 2


@dataclass(frozen=True)
class Side:
    """One of the two. `issue` has its counts; `inside`: the mean likeness of its failures, None below two of them."""

    issue: Any
    typical: list[Told]
    workflows: list[Part]
    inside: float | None


@dataclass(frozen=True)
class Comparison:
    """Two issues. `between`: the mean likeness of the one's failures to the other's, a cosine; None where unknown.

    `types`: (name, failures in the first, in the second). `shared`: sessions that have both. `against`: who said that
    they are different, in words.
    """

    first: Side
    second: Side
    between: float | None
    types: list[tuple[str, int, int]]
    shared: int
    against: str

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both, in order."""
        return self.first, self.second

    @property
    def first_stays(self) -> bool:
        """Which of the two is proposed to stay: the one with more confirmed sessions, of equals the older."""
        return (-self.first.issue.sessions, self.first.issue.number) < (
            -self.second.issue.sessions,
            self.second.issue.number,
        )

    @property
    def words(self) -> str:
        """How alike they are, and what to make of it."""
        if self.between is None:
            return "How alike their notes are is not known yet: they wait to be compared."
        within = [side.inside for side in self.sides if side.inside is not None]
        return f"Across the two, notes are {likeness_in_words(self.between)}. {verdict_in_words(self.between, within)}"


def compare(first: Any, second: Any, sight: Sight = EVERYTHING) -> Comparison:
    """Two issues with their counts (see `counted_issues`), as far as the reader may see them."""
    vectors = _vectors(first, second, sight)
    return Comparison(
        first=_side(first, vectors[0], sight),
        second=_side(second, vectors[1], sight),
        between=_between(*vectors),
        types=_types(first, second, sight),
        shared=sessions_of(first, sight).filter(pk__in=sessions_of(second, sight).values("pk")).count(),
        against=who_keeps_apart(first, second),
    )


def _side(issue: Any, vectors: Vectors, sight: Sight) -> Side:
    typical = representatives(issue, sight=sight)
    inside = cohesion(vectors) if len(vectors) >= FEWEST_INSIDE else None
    return Side(
        issue, with_steps([row.failure for row in typical], typical), breakdown(issue, "workflow", sight=sight), inside
    )


def _vectors(first: Issue, second: Issue, sight: Sight) -> list[Vectors]:
    """Of each the vectors of its newest members, read at once: only so they may meet."""
    members = [
        set(standing_members(issue, sight).values_list("failure_id", flat=True)[:READ_FOR_TYPICAL])
        for issue in (first, second)
    ]
    found = read_embeddings(first.project, set.union(*members))
    rows = [[place for place, row in enumerate(found.rows) if row.failure_id in ids] for ids in members]
    return [found.vectors[places] if places else found.vectors[:0] for places in rows]


def _between(first: Vectors, second: Vectors) -> float | None:
    """The mean cosine over all pairs is the product of the means."""
    if not (len(first) and len(second)):
        return None
    means = [np.asarray(rows, dtype=np.float64).mean(axis=0) for rows in (first, second)]
    return float(means[0] @ means[1])


def _types(first: Issue, second: Issue, sight: Sight) -> list[tuple[str, int, int]]:
    """The failure types of both, those that they share first."""
    counts = [{kind.name: kind.failures for kind in types_of(issue, sight)} for issue in (first, second)]
    rows = [(name, counts[0].get(name, 0), counts[1].get(name, 0)) for name in {**counts[0], **counts[1]}]
    return sorted(rows, key=lambda row: (-min(row[1:]), -max(row[1:]), row[0]))
