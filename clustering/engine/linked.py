"""What people taught, laid over the groups of a mechanism that knows no links: v1's."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clustering.engine import group as v1
from clustering.engine.embed import Vectors
from clustering.engine.grouping import Grouping
from clustering.engine.links import NONE, Links, Pair, collapse

ALONE = -1


def group(texts: Sequence[str], vectors: Vectors, links: Links = NONE) -> Grouping:
    """v1's groups; bundled rows go where most of them are, and of two that are apart the less typical one leaves."""
    found = v1.group(texts, vectors)
    labels = np.full(len(texts), ALONE, dtype=np.int64)
    for number, rows in enumerate(found.groups):
        labels[list(rows)] = number
    if links.together or links.apart:
        bundles, apart = collapse(len(texts), links)
        _bind(labels, bundles)
        _part(labels, bundles, apart, vectors)
    return Grouping(groups_of(labels, texts), strengths_of(labels, vectors), found.threshold, found.background)


def groups_of(labels: NDArray[np.int64], texts: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """The rows of each label that has two or more, largest first, ties by content."""
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    parts = [tuple(part.tolist()) for part in np.split(order, cuts) if len(part) > 1 and labels[part[0]] != ALONE]
    return tuple(sorted(parts, key=lambda rows: (-len(rows), min(texts[row] for row in rows), rows)))


def strengths_of(labels: NDArray[np.int64], vectors: Vectors) -> NDArray[np.float32]:
    """How like the mean of its group each row is; 0 for those in none."""
    strengths = np.zeros(len(labels), dtype=np.float32)
    for label in np.unique(labels[labels != ALONE]):
        rows = np.flatnonzero(labels == label)
        strengths[rows] = np.clip(vectors[rows] @ vectors[rows].mean(axis=0), 0, 1)
    return strengths


def _bind(labels: NDArray[np.int64], bundles: NDArray[np.int64]) -> None:
    fresh = int(labels.max(initial=ALONE)) + 1
    for bundle in np.flatnonzero(np.bincount(bundles) > 1):
        rows = np.flatnonzero(bundles == bundle)
        counts = Counter(label for label in labels[rows].tolist() if label != ALONE)
        labels[rows] = min(counts, key=lambda label: (-counts[label], label)) if counts else fresh + int(bundle)


def _part(labels: NDArray[np.int64], bundles: NDArray[np.int64], apart: frozenset[Pair], vectors: Vectors) -> None:
    for pair in sorted(apart):
        sides = [np.flatnonzero(bundles == bundle) for bundle in pair]
        label = labels[sides[0][0]]
        if label == ALONE or label != labels[sides[1][0]]:
            continue
        mean = vectors[labels == label].mean(axis=0)
        weaker = min(sides, key=lambda rows: (float((vectors[rows] @ mean).mean()), -int(rows[0])))
        labels[weaker] = int(labels.max()) + 1 if len(weaker) > 1 else ALONE
