"""Does a new failure belong to a known issue? Near enough *and* clearly nearer than to any other, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clustering.engine.embed import Vectors

EXEMPLARS = 16
# How much nearer the best issue must be than the second. Two issues this close are for a person to tell apart.
CLEAR_MARGIN = 0.05


@dataclass(frozen=True)
class Match:
    """`score`: half nearest, half mean cosine to the issue's exemplars. `margin`: how far ahead of the second."""

    issue: int
    score: float
    margin: float


def pick_exemplars(vectors: Vectors) -> Vectors:
    """At most EXEMPLARS rows that stand for all: the most central one, then always the one farthest from the chosen."""
    if len(vectors) <= EXEMPLARS:
        return vectors
    chosen = [int((vectors @ vectors.mean(axis=0)).argmax())]
    nearest = vectors @ vectors[chosen[0]]
    while len(chosen) < EXEMPLARS:
        chosen.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
    return vectors[chosen]


def rank(vector: Vectors, issues: Mapping[int, Vectors]) -> list[Match]:
    """Every issue by how near it is, nearest first. `margin` is the lead over the one that follows."""
    scores = [(_nearness(vector, rows), issue) for issue, rows in issues.items() if len(rows)]
    scores.sort(key=lambda pair: (-pair[0], pair[1]))
    following = [*[score for score, _ in scores], -1.0][1:]
    return [Match(issue, score, score - behind) for (score, issue), behind in zip(scores, following, strict=True)]


def match(vector: Vectors, issues: Mapping[int, Vectors], threshold: float) -> Match | None:
    """The issue that the failure joins, or None: then it waits in the pool, never forced."""
    ranked = rank(vector, issues)
    if not ranked or ranked[0].score < threshold or ranked[0].margin < CLEAR_MARGIN:
        return None
    return ranked[0]


def _nearness(vector: Vectors, rows: Vectors) -> float:
    cosines = rows @ vector
    return float(cosines.max() + cosines.mean()) / 2
