"""What a fresh grouping says about today's issues: what to merge, what to split, what belongs to one of them.

It moves nothing: people decide. What they taught already is not proposed against.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from clustering.engine.embed import Vectors
from clustering.engine.grouping import Grouping
from clustering.engine.linkage import GAP, cohesion
from clustering.engine.links import NONE, Links, collapse
from clustering.engine.matching import Anchors
from clustering.engine.overlap import NOWHERE, Overlap

MOST_EVIDENCE = 3


@dataclass(frozen=True)
class Merge:
    """Two issues that one group holds. `evidence`: rows of each that are nearest to the other one, best first.

    `across`: the mean cosine between the two; `inside`: of the looser of them within itself.
    """

    issues: tuple[int, int]
    score: float
    evidence: tuple[int, ...]
    across: float = 0.0
    inside: float = 0.0


@dataclass(frozen=True)
class Split:
    """`rows` of the issue are a group of their own, the smaller side; `score`: the wider the gap, the nearer to 1.

    `across`: the mean cosine between those who leave and those who stay; `inside`: of those who leave.
    """

    issue: int
    rows: tuple[int, ...]
    score: float
    across: float = 0.0
    inside: float = 0.0


@dataclass(frozen=True)
class Attach:
    """`rows` of the pool are in the group that the issue is. `across`: their mean cosine to it; `inside`: its own."""

    issue: int
    rows: tuple[int, ...]
    score: float
    across: float
    inside: float


@dataclass(frozen=True)
class Reconciled:
    """`identity`: the issue that a group is. `fresh`: groups that are nobody's."""

    identity: Mapping[int, int]
    merges: tuple[Merge, ...]
    splits: tuple[Split, ...]
    attaches: tuple[Attach, ...]
    fresh: tuple[int, ...]


def reconcile(issue_of: NDArray[np.int64], grouping: Grouping, vectors: Vectors, links: Links = NONE) -> Reconciled:
    """`issue_of`: per row its issue today, -1 for those in the pool. The grouping is of the same rows."""
    group_of = np.full(len(issue_of), NOWHERE, dtype=np.int64)
    for number, rows in enumerate(grouping.groups):
        group_of[list(rows)] = number
    table = Overlap(issue_of, group_of)
    identity = table.identity()
    apart = _kept_apart(links, issue_of)
    merges = [
        merge
        for group, issues in table.meeting().items()
        for pair in combinations(issues, 2)
        if pair not in apart and (merge := _merge(pair, group, table, vectors, grouping.threshold))
    ]
    splits = [
        split
        for issue, sides in table.torn().items()
        for side in sides[1:]
        if (split := _split(issue, table, sides[0], side, vectors)) and not _parts(split, issue_of, links)
    ]
    free = {
        issue: [row for row in grouping.groups[group] if issue_of[row] == NOWHERE] for group, issue in identity.items()
    }
    attaches = [_attach(issue, rows, table, vectors) for issue, rows in _at_home(free, table, vectors).items()]
    held = table.held()
    return Reconciled(
        identity=identity,
        merges=tuple(sorted(_each_once(merges), key=lambda merge: (-merge.score, merge.issues))),
        splits=tuple(sorted(splits, key=lambda split: (-split.score, split.issue, split.rows))),
        attaches=tuple(sorted(attaches, key=lambda attach: (-attach.score, attach.issue))),
        fresh=tuple(number for number in range(len(grouping.groups)) if number not in held),
    )


def _each_once(merges: Sequence[Merge]) -> list[Merge]:
    """Two issues may meet in two groups, half of each in either: the better evidence counts."""
    best: dict[tuple[int, int], Merge] = {}
    for merge in merges:
        if merge.issues not in best or merge.score > best[merge.issues].score:
            best[merge.issues] = merge
    return list(best.values())


def _merge(pair: tuple[int, int], group: int, table: Overlap, vectors: Vectors, threshold: float) -> Merge | None:
    sides = [table.rows(issue) for issue in pair]
    means = [vectors[rows].mean(axis=0) for rows in sides]
    nearness = float(means[0] @ means[1])
    if nearness < threshold:
        return None
    near = [_nearest(rows, vectors[rows] @ mean) for rows, mean in zip(sides, reversed(means), strict=True)]
    return Merge(
        issues=pair,
        score=round(min(table.share(issue, group) for issue in pair) * nearness, 4),
        evidence=tuple(row for rows in near for row in rows),
        across=nearness,
        inside=min(cohesion(vectors[rows]) for rows in sides),
    )


def _nearest(rows: NDArray[np.int64], cosines: Vectors) -> list[int]:
    order = np.argsort(-cosines, kind="stable")[:MOST_EVIDENCE]
    nearest: list[int] = rows[order].tolist()
    return nearest


def _split(issue: int, table: Overlap, stays: int, leaves: int, vectors: Vectors) -> Split | None:
    sides = [vectors[table.rows(issue, group)] for group in (stays, leaves)]
    nearness = float(sides[0].mean(axis=0) @ sides[1].mean(axis=0))
    inside = [cohesion(side) for side in sides]
    bound = GAP * min(inside)
    if nearness >= bound:
        return None
    rows = tuple(table.rows(issue, leaves).tolist())
    return Split(issue, rows, round(1 - max(nearness, 0.0) / bound, 4), across=nearness, inside=inside[1])


def _at_home(free: Mapping[int, list[int]], table: Overlap, vectors: Vectors) -> dict[int, list[int]]:
    """By issue those of its rows that are more alike to it than to any other issue; O(rows · issues).

    A group that is one issue may hold what a neighbour would rather have: of banking questions of 77 kinds 200 of 264
    additions were right without this, and 184 of 202 with it.
    """
    issues = table.issues()
    means = np.stack([vectors[table.rows(issue)].mean(axis=0) for issue in issues]) if issues else vectors[:0]
    nearest = {issue: (vectors[rows] @ means.T).argmax(axis=1).tolist() for issue, rows in free.items() if rows}
    at_home = {
        issue: [row for row, place in zip(free[issue], places, strict=True) if issues[place] == issue]
        for issue, places in nearest.items()
    }
    return {issue: rows for issue, rows in at_home.items() if rows}


def _attach(issue: int, rows: Sequence[int], table: Overlap, vectors: Vectors) -> Attach:
    members = vectors[table.rows(issue)]
    across = float(vectors[list(rows)].mean(axis=0) @ members.mean(axis=0))
    return Attach(issue, tuple(sorted(rows)), round(max(across, 0.0), 4), across, cohesion(members))


def _parts(split: Split, issue_of: NDArray[np.int64], links: Links) -> bool:
    """Whether one of those who would leave belongs to one who would stay, in whatever group that one is."""
    leaving = set(split.rows)
    inside = (pair for pair in links.together if all(issue_of[row] == split.issue for row in pair))
    return any((one in leaving) != (other in leaving) for one, other in inside)


def _kept_apart(links: Links, issue_of: NDArray[np.int64]) -> set[tuple[int, int]]:
    """Pairs of issues with rows that are apart, also where those only belong to rows of theirs."""
    if not links.apart:
        return set()
    bundles, strangers = collapse(len(issue_of), links)
    issues: dict[int, set[int]] = {}
    for bundle, issue in zip(bundles.tolist(), issue_of.tolist(), strict=True):
        issues.setdefault(bundle, set()).add(issue)
    return {
        (min(one, other), max(one, other)) for pair in strangers for one in issues[pair[0]] for other in issues[pair[1]]
    }


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
