"""Average linkage that remembers its way, and takes back the merges that joined two dense groups across a gap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Two groups stay apart where they are this much less like each other than the looser of them is inside. Measured on
# made-up failures, bank questions of even and uneven classes and failures of a real agent, ¾ helped or changed nothing
# nearly everywhere; 0.65 never bit, from 0.8 on it tore apart the large groups of uneven sets.
GAP = 0.75
# A pair is no evidence of how dense a group is.
FEWEST_DENSE = 3

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """Points to begin with, or two linked `halves`; `nearness` is the mean cosine between the two."""

    first: tuple[int, ...] = ()
    nearness: float = 1.0
    halves: tuple["Part", "Part"] | None = None

    def points(self) -> list[int]:
        """All points in it, sorted. They are looked up, not kept: a copy for each merge would be n² of them."""
        found: list[int] = []
        waiting = [self]
        while waiting:
            part = waiting.pop()
            found += part.first
            waiting += part.halves or ()
        return sorted(found)


def cohesion(points: NDArray[np.floating]) -> float:
    """Mean cosine over the pairs of unit rows; 1.0 for a single one."""
    count = len(points)
    if count < 2:  # noqa: PLR2004  # a pair needs two
        return 1.0
    total = points.astype(np.float64).sum(axis=0)
    # Σ over all pairs (i, j) is |Σv|²; each row with itself contributes its own length.
    own = float((points.astype(np.float64) ** 2).sum())
    return float((total @ total - own) / (count * (count - 1)))


def split(points: Matrix, weights: Matrix, parts: Sequence[Part]) -> list[list[int]]:
    """The points of each part; one that bridges a gap between two dense halves is given as those, from the top down."""
    waiting, whole = list(parts), []
    while waiting:
        part = waiting.pop()
        if part.halves is not None and _has_gap(points, weights, part.nearness, part.halves):
            waiting += part.halves
        else:
            whole.append(part.points())
    return sorted(whole)


def _has_gap(points: Matrix, weights: Matrix, nearness: float, halves: tuple[Part, Part]) -> bool:
    rows = [half.points() for half in halves]
    if min(weights[half].sum() for half in rows) < FEWEST_DENSE:
        return False
    return nearness < GAP * min(cohesion(points[half]) for half in rows)


def link(points: Matrix, weights: Matrix, cores: Sequence[Sequence[int]], threshold: float) -> list[Part]:
    """Exact average linkage over cores and single points, weighted by size, down to `threshold`.

    The mean cosine between two groups is the product of their mean vectors, so that one vector per group is enough.
    Nearest-neighbour chains make it O(n²): average linkage is reducible, and below the threshold nothing ever joins.
    """
    taken = {point for core in cores for point in core}
    singles = [[point] for point in range(len(points)) if point not in taken]
    groups = sorted([*map(list, cores), *singles], key=min)
    parts = [Part(tuple(group)) for group in groups]
    sizes = np.array([weights[group].sum() for group in groups])
    means = np.stack([weights[group] @ points[group] for group in groups]) / sizes[:, None]
    alive = np.ones(len(parts), dtype=bool)
    open_ = alive.copy()
    chain: list[int] = []
    while open_.any():
        if not chain:
            chain.append(int(open_.argmax()))
        top = chain[-1]
        near = np.where(open_, means @ means[top], -np.inf)
        near[top] = -np.inf
        best = _nearest(near, chain[-2] if len(chain) > 1 else None)
        if near[best] < threshold:
            open_[top] = False
            chain.clear()
        elif len(chain) > 1 and best == chain[-2]:
            into, gone = min(top, best), max(top, best)
            parts[into] = Part(nearness=float(near[best]), halves=(parts[into], parts[gone]))
            _merge(sizes, means, into=into, gone=gone)
            alive[gone] = open_[gone] = False
            del chain[-2:]
        else:
            chain.append(best)
    return [parts[index] for index in np.flatnonzero(alive)]


def _nearest(near: Matrix, previous: int | None) -> int:
    """The nearest part; of equally near ones the chain's previous, so that a chain cannot run in a circle."""
    best = int(near.argmax())
    return previous if previous is not None and near[previous] >= near[best] - 1e-12 else best


def _merge(sizes: Matrix, means: Matrix, *, into: int, gone: int) -> None:
    total = sizes[into] + sizes[gone]
    means[into] = (means[into] * sizes[into] + means[gone] * sizes[gone]) / total
    sizes[into] = total
