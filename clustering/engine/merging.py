"""Exact average linkage of many groups, by those pairs that are near enough to matter, in bounded memory.

A mean is never above the greatest of what it is the mean of: a pair of groups below the threshold stays there until
one of them merges with something nearer to the other, so that only pairs from the threshold on are kept. And average
linkage is reducible: mutual nearest neighbours merge with the same result whenever they do, so that all of them merge
at once, in rounds (Sumengen et al., Scaling Hierarchical Agglomerative Clustering to Billion-sized Datasets, 2021).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustering.engine.embed import Vectors
from clustering.engine.windows import Rows

# How many cosines there are at once and how many pairs are kept: what keeps memory from growing with n².
PIECE = 1 << 24
MOST_PAIRS = 1 << 21
# As many pairs of vectors as a processor has near at hand: five times as fast as forty thousand at once.
NEAR_AT_HAND = 512


@dataclass(frozen=True, eq=False, slots=True)
class Pairs:
    """Pairs of rows, `first` below `second`, and how near they are."""

    first: Rows
    second: Rows
    near: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.first)

    def at(self, places: NDArray[np.bool_] | Rows) -> "Pairs":
        """Some of them."""
        return Pairs(self.first[places], self.second[places], self.near[places])


def merge(means: Vectors, sizes: Rows, threshold: float) -> Rows:
    """For each group the lowest row among those that it is one with, down to a mean cosine of `threshold`.

    `means`: the mean vector of each group; `sizes`: of how many points.
    """
    merging = _Merging(means, sizes)
    while not merging.go_down(threshold):
        pass
    return merging.into


class _Merging:
    """Groups while they merge. A row that merged `into` a lower one is looked at no more."""

    def __init__(self, means: Vectors, sizes: Rows) -> None:
        self.means = means.copy()
        self.sizes = sizes.astype(np.float64)
        self.into: Rows = np.arange(len(means))

    def go_down(self, threshold: float) -> bool:
        """Whether the threshold was reached: where more pairs than fit are above it, only the nearest merge."""
        alive = np.unique(self.into)
        found, is_all = near_pairs(self.means[alive], threshold)
        pairs = Pairs(alive[found.first], alive[found.second], found.near)
        lowest = threshold if is_all else pairs.near.min()
        while len(pairs):
            pairs = self._merge(pairs, lowest)
        return is_all

    def _merge(self, pairs: Pairs, lowest: float) -> Pairs:
        """Merges mutual nearest neighbours; returns the pairs that are there then, from `lowest` on."""
        merged = mutual(pairs, len(self.into))
        touched = np.zeros(len(self.into), dtype=bool)
        touched[merged.first] = touched[merged.second] = True
        changes = touched[pairs.first] | touched[pairs.second]
        halves = pairs.at(changes)
        weights = self.sizes[halves.first] * self.sizes[halves.second]
        self._join(merged.first, merged.second)
        changed = self._combine(halves, weights)
        return _all([pairs.at(~changes), changed.at(changed.near >= lowest)])

    def _join(self, into: Rows, gone: Rows) -> None:
        sizes = self.sizes[into] + self.sizes[gone]
        share = (self.sizes[into] / sizes).astype(np.float32)[:, None]
        self.means[into] = share * self.means[into] + (1 - share) * self.means[gone]
        self.sizes[into] = sizes
        to = np.arange(len(self.into))
        to[gone] = into
        self.into = to[self.into]

    def _combine(self, halves: Pairs, weights: NDArray[np.float64]) -> Pairs:
        """The pairs that these have become; `weights`: between how many pairs of points each was the mean."""
        one, other = self.into[halves.first], self.into[halves.second]
        keys = np.minimum(one, other) * len(self.into) + np.maximum(one, other)
        order = np.argsort(keys, kind="stable")
        order = order[(one != other)[order]]
        starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
        if not len(starts):
            return halves.at(starts)
        known = np.add.reduceat(weights[order], starts)
        near = np.add.reduceat((weights * halves.near)[order], starts) / known
        first, second = np.divmod(keys[order][starts], len(self.into))
        # A half that was too far to be kept is known by the means alone.
        lacking = np.flatnonzero(known < self.sizes[first] * self.sizes[second])
        near[lacking] = self._cosines(first[lacking], second[lacking])
        return Pairs(first, second, near)

    def _cosines(self, first: Rows, second: Rows) -> NDArray[np.float64]:
        found = np.empty(len(first))
        for at in range(0, len(first), NEAR_AT_HAND):
            piece = slice(at, at + NEAR_AT_HAND)
            found[piece] = np.einsum("ij,ij->i", self.means[first[piece]], self.means[second[piece]])
        return found


def mutual(pairs: Pairs, count: int) -> Pairs:
    """Those pairs of `count` rows that are each other's nearest; of equally near ones the first by row."""
    best = np.full(count, -np.inf)
    np.maximum.at(best, pairs.first, pairs.near)
    np.maximum.at(best, pairs.second, pairs.near)
    nearest = pairs.at(np.flatnonzero((pairs.near == best[pairs.first]) & (pairs.near == best[pairs.second])))
    nearest = nearest.at(np.lexsort((nearest.second, nearest.first)))
    taken: set[int] = set()
    free = []
    for place, ends in enumerate(zip(nearest.first.tolist(), nearest.second.tolist(), strict=True)):
        if taken.isdisjoint(ends):
            taken.update(ends)
            free.append(place)
    return nearest.at(np.array(free, dtype=np.int64))


def near_pairs(means: Vectors, threshold: float) -> tuple[Pairs, bool]:
    """The pairs of rows from the threshold on, and whether these are all: of more than MOST_PAIRS only the nearest."""
    found: list[Pairs] = []
    lowest, is_all = threshold, True
    step = PIECE // max(len(means), 1) + 1
    for at in range(0, max(len(means), 1), step):
        found.append(_piece(means, at, step, lowest))
        if sum(map(len, found)) > MOST_PAIRS:
            pairs = _all(found)
            found = [pairs.at(np.argsort(-pairs.near, kind="stable")[: MOST_PAIRS // 2])]
            lowest, is_all = found[0].near.min(), False
    return _all(found), is_all


def _piece(means: Vectors, at: int, step: int, lowest: float) -> Pairs:
    near = means[at : at + step] @ means[at:].T
    places = np.flatnonzero(near.ravel() >= lowest)
    first, second = np.divmod(places, max(near.shape[1], 1))
    above = second > first
    return Pairs(first[above] + at, second[above] + at, near.ravel()[places[above]].astype(np.float64))


def _all(parts: Sequence[Pairs]) -> Pairs:
    if len(parts) == 1:
        return parts[0]
    return Pairs(
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.second for part in parts]),
        np.concatenate([part.near for part in parts]),
    )
