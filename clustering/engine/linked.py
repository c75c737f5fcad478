"""What people taught, laid over the groups of a mechanism that knows no links."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from clustering.engine import group as v1
from clustering.engine.embed import Vectors
from clustering.engine.grouping import Grouping
from clustering.engine.links import NONE, Links, Pair, collapse

ALONE = -1
Rows = NDArray[np.int64]

Unlinked = Callable[[Sequence[str], Vectors], v1.Grouping]


def group(texts: Sequence[str], vectors: Vectors, links: Links = NONE, by: Unlinked = v1.group) -> Grouping:
    """The groups of `by`; bundled rows go where most of them are, and of two that are apart the less typical leaves."""
    found = by(texts, vectors)
    labels = np.full(len(texts), ALONE, dtype=np.int64)
    for number, rows in enumerate(found.groups):
        labels[list(rows)] = number
    if links.together or links.apart:
        bundles, apart = collapse(len(texts), links)
        rows_of = rows_by(bundles)
        _bind(labels, rows_of)
        _part(labels, _by_content(rows_of, apart, texts), vectors)
    return Grouping(groups_of(labels, texts), strengths_of(labels, vectors), found.threshold, found.background)


def rows_by(labels: NDArray[np.int64]) -> list[Rows]:
    """The rows of each label, by label; those of one in their order."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)


def groups_of(labels: NDArray[np.int64], texts: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """The rows of each label that has two or more, largest first, ties by content."""
    parts = [tuple(part.tolist()) for part in rows_by(labels) if len(part) > 1 and labels[part[0]] != ALONE]
    return tuple(sorted(parts, key=lambda rows: (-len(rows), min(texts[row] for row in rows), rows)))


def strengths_of(labels: NDArray[np.int64], vectors: Vectors) -> NDArray[np.float32]:
    """How like the mean of its group each row is; 0 for those in none."""
    strengths = np.zeros(len(labels), dtype=np.float32)
    for rows in rows_by(labels):
        if len(rows) and labels[rows[0]] != ALONE:
            strengths[rows] = np.clip(vectors[rows] @ vectors[rows].mean(axis=0), 0, 1)
    return strengths


def _bind(labels: NDArray[np.int64], rows_of: Sequence[Rows]) -> None:
    fresh = int(labels.max(initial=ALONE)) + 1
    for bundle, rows in enumerate(rows_of):
        if len(rows) > 1:
            counts = Counter(label for label in labels[rows].tolist() if label != ALONE)
            labels[rows] = min(counts, key=lambda label: (-counts[label], label)) if counts else fresh + bundle


def _by_content(rows_of: Sequence[Rows], apart: Iterable[Pair], texts: Sequence[str]) -> list[tuple[Rows, Rows]]:
    """The two sides of each pair, in an order that is the same in whatever order the rows came."""

    def told(rows: Rows) -> list[str]:
        return sorted(texts[row] for row in rows)

    sides = [sorted((rows_of[one], rows_of[other]), key=told) for one, other in apart]
    return [(first, second) for first, second in sorted(sides, key=lambda pair: [told(rows) for rows in pair])]


def _part(labels: NDArray[np.int64], apart: Iterable[tuple[Rows, Rows]], vectors: Vectors) -> None:
    for sides in apart:
        label = labels[sides[0][0]]
        if label == ALONE or label != labels[sides[1][0]]:
            continue
        mean = vectors[labels == label].mean(axis=0)
        # Of equally typical ones the second; a sum is not the same to the last bit in every order.
        first, second = (round(float((vectors[rows] @ mean).mean()), 6) for rows in sides)
        weaker = sides[0] if first < second else sides[1]
        labels[weaker] = int(labels.max()) + 1 if len(weaker) > 1 else ALONE
