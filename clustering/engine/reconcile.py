"""What a fresh grouping says about today's issues: which group is which issue, what to merge, what to split.

It moves nothing: people decide. What they taught already is not proposed against.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustering.engine.embed import Vectors
from clustering.engine.grouping import Grouping
from clustering.engine.linkage import GAP, cohesion
from clustering.engine.links import NONE, Links
from clustering.engine.matching import Anchors

NOWHERE = -1
# A group is an issue from this overlap on (Jaccard), or where it holds more than half of it.
SAME = 0.3
HALF = 0.5
FEWEST = 2
LEAST_SHARE = 0.2
MOST_EVIDENCE = 5


@dataclass(frozen=True)
class Merge:
    """Two issues that one group holds. `evidence`: rows of either that are nearest to the other one, best first."""

    issues: tuple[int, int]
    score: float
    evidence: tuple[int, ...]


@dataclass(frozen=True)
class Split:
    """`rows` of the issue are a group of their own, the smaller side; `score`: the wider the gap, the nearer to 1."""

    issue: int
    rows: tuple[int, ...]
    score: float


@dataclass(frozen=True)
class Reconciled:
    """`identity`: the issue that a group is. `fresh`: groups that are nobody's."""

    identity: Mapping[int, int]
    merges: tuple[Merge, ...]
    splits: tuple[Split, ...]
    fresh: tuple[int, ...]


def reconcile(issue_of: NDArray[np.int64], grouping: Grouping, vectors: Vectors, links: Links = NONE) -> Reconciled:
    """`issue_of`: per row its issue today, -1 for those in the pool. The grouping is of the same rows."""
    group_of = np.full(len(issue_of), NOWHERE, dtype=np.int64)
    for number, rows in enumerate(grouping.groups):
        group_of[list(rows)] = number
    table = _Table(issue_of, group_of)
    identity = table.identity()
    apart = _pairs_of(links.apart, issue_of)
    merges = [
        merge
        for pair in table.meeting()
        if pair not in apart and (merge := _merge(pair, table, vectors, grouping.threshold))
    ]
    splits = [
        split
        for issue, sides in table.torn()
        for side in sides[1:]
        if (split := _split(issue, table, sides[0], side, vectors)) and not _parts(split, issue_of, links)
    ]
    held = set(group_of[issue_of != NOWHERE].tolist())
    return Reconciled(
        identity=identity,
        merges=tuple(sorted(merges, key=lambda merge: (-merge.score, merge.issues))),
        splits=tuple(sorted(splits, key=lambda split: (-split.score, split.issue, split.rows))),
        fresh=tuple(number for number in range(len(grouping.groups)) if number not in held),
    )


class _Table:
    """How many rows each group shares with each issue."""

    def __init__(self, issue_of: NDArray[np.int64], group_of: NDArray[np.int64]) -> None:
        self.issue_of, self.group_of = issue_of, group_of
        self.issues = np.unique(issue_of[issue_of != NOWHERE])
        self.groups = np.unique(group_of[group_of != NOWHERE])
        both = (issue_of != NOWHERE) & (group_of != NOWHERE)
        self.counts = np.zeros((len(self.groups), len(self.issues)), dtype=np.int64)
        at = np.searchsorted(self.groups, group_of[both]), np.searchsorted(self.issues, issue_of[both])
        np.add.at(self.counts, at, 1)

    def identity(self) -> dict[int, int]:
        """The best pairing of groups with issues, where it is good enough."""
        from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  # only runs that reconcile pay for it

        sizes = np.array([(self.issue_of == issue).sum() for issue in self.issues])
        grown = np.array([(self.group_of == group).sum() for group in self.groups])
        jaccard = self.counts / np.maximum(grown[:, None] + sizes[None, :] - self.counts, 1)
        share = self.counts / np.maximum(sizes, 1)
        rows, columns = linear_sum_assignment(jaccard, maximize=True)
        return {
            int(self.groups[row]): int(self.issues[column])
            for row, column in zip(rows, columns, strict=True)
            if jaccard[row, column] >= SAME or share[row, column] > HALF
        }

    def meeting(self) -> list[tuple[int, int]]:
        """Pairs of issues of each of which a group holds most."""
        clustered = self.counts.sum(axis=0)
        most = (self.counts >= FEWEST) & (self.counts >= HALF * clustered)
        pairs = {
            (int(self.issues[one]), int(self.issues[other]))
            for row in most
            for index, one in enumerate(np.flatnonzero(row))
            for other in np.flatnonzero(row)[index + 1 :]
        }
        return sorted(pairs)

    def torn(self) -> list[tuple[int, list[int]]]:
        """Issues that lie in several groups, with these, the one that holds most first."""
        found = []
        for column, issue in enumerate(self.issues):
            counts = self.counts[:, column]
            large = np.flatnonzero((counts >= FEWEST) & (counts >= LEAST_SHARE * counts.sum()))
            if len(large) > 1:
                order = large[np.argsort(-counts[large], kind="stable")]
                found.append((int(issue), [int(self.groups[row]) for row in order]))
        return found

    def share(self, issue: int, group: int) -> float:
        members = self.issue_of == issue
        return float((members & (self.group_of == group)).sum() / max(1, (members & (self.group_of != NOWHERE)).sum()))

    def rows(self, issue: int, group: int | None = None) -> NDArray[np.int64]:
        members = self.issue_of == issue
        return np.flatnonzero(members if group is None else members & (self.group_of == group))

    def shared_group(self, pair: tuple[int, int]) -> int:
        """The group that holds most of both."""
        columns = np.searchsorted(self.issues, pair)
        return int(self.groups[self.counts[:, columns].min(axis=1).argmax()])


def _merge(pair: tuple[int, int], table: _Table, vectors: Vectors, threshold: float) -> Merge | None:
    sides = [table.rows(issue) for issue in pair]
    means = [vectors[rows].mean(axis=0) for rows in sides]
    nearness = float(means[0] @ means[1])
    if nearness < threshold:
        return None
    group = table.shared_group(pair)
    near = [
        (-float(cosine), int(row))
        for rows, mean in zip(sides, reversed(means), strict=True)
        for row, cosine in zip(rows, vectors[rows] @ mean, strict=True)
    ]
    evidence = tuple(row for _, row in sorted(near)[:MOST_EVIDENCE])
    score = min(table.share(issue, group) for issue in pair) * nearness
    return Merge(pair, round(score, 4), evidence)


def _split(issue: int, table: _Table, stays: int, leaves: int, vectors: Vectors) -> Split | None:
    sides = [vectors[table.rows(issue, group)] for group in (stays, leaves)]
    nearness = float(sides[0].mean(axis=0) @ sides[1].mean(axis=0))
    bound = GAP * min(cohesion(side) for side in sides)
    if nearness >= bound:
        return None
    return Split(issue, tuple(table.rows(issue, leaves).tolist()), round(1 - max(nearness, 0.0) / bound, 4))


def _parts(split: Split, issue_of: NDArray[np.int64], links: Links) -> bool:
    """Whether one of those who would leave belongs to one who would stay, in whatever group that one is."""
    leaving = set(split.rows)
    inside = (pair for pair in links.together if all(issue_of[row] == split.issue for row in pair))
    return any((one in leaving) != (other in leaving) for one, other in inside)


def _pairs_of(links: tuple[tuple[int, int], ...], of: NDArray[np.int64]) -> set[tuple[int, int]]:
    """The pairs of numbers that links lie between."""
    return {(int(min(of[[*pair]])), int(max(of[[*pair]]))) for pair in links}


def suggest_merges(anchors: Anchors, apart: frozenset[tuple[int, int]] = frozenset(), most: int = 5) -> list[Merge]:
    """The pairs of issues that are most alike, best first, by the mean cosine between their members.

    `apart`: pairs of issue numbers, the lower first, that people said no to. O(issues²), a few rows at a time.
    """
    best: list[tuple[float, int, int]] = []
    for place, mean in enumerate(anchors.means[:-1]):
        near = anchors.means[place + 1 :] @ mean
        for other in np.argsort(-near, kind="stable")[: most + len(apart)]:
            pair = (anchors.issues[place], anchors.issues[place + 1 + int(other)])
            if pair not in apart:
                best.append((-float(near[other]), *pair))
        best = sorted(best)[:most]
    return [Merge((one, other), round(-score, 4), ()) for score, one, other in best]
