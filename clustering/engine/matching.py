"""Which issues do new failures belong to? Near enough *and* clearly nearer than any other, or none: many at once.

A score is half the nearest exemplar's cosine and half the mean cosine to all members.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustering.engine.embed import Vectors
from clustering.engine.group import Background

EXEMPLARS = 16
# What one matrix of scores may hold: rows are taken in pieces of this many scores against exemplars.
CELLS = 8_000_000
# Before people have taught enough. Two issues this close are for a person to tell apart.
MARGIN = 0.05
NOBODY = -1.0
# Vectors that agree in this many coordinates are taken for equal where rows are put in order.
KEYS = 4


@dataclass(frozen=True)
class Match:
    """`margin`: how far `issue` is ahead of the `second` issue, of -1 where there is none."""

    issue: int
    score: float
    margin: float
    second: int | None = None


@dataclass(frozen=True)
class Rule:
    """Who joins: from `threshold` on, `margin` ahead of the second.

    `precision`: what joining by it reached on held-out `placements` of people; None where they were too few, and it
    was read from the background.
    """

    threshold: float
    margin: float
    precision: float | None = None
    placements: int = 0


@dataclass(frozen=True, eq=False)
class Anchors:
    """What stands for issues. Exemplars of `issues[i]`: `rows[starts[i]:starts[i + 1]]`; `means[i]`: of all members."""

    rows: Vectors
    starts: NDArray[np.int64]
    issues: tuple[int, ...]
    means: Vectors


def rule_of(background: Background) -> Rule:
    """What joining an issue asks for before people have taught enough: half a deviation more than founding one."""
    return Rule(threshold=background.threshold(0.5), margin=MARGIN)


def anchors_of(vectors: Vectors, issue_of: Sequence[int], by_person: Sequence[bool]) -> Anchors:
    """Anchors of the issues that rows are in (-1: in none), by number.

    At most EXEMPLARS exemplars per issue: of those that people placed, and as far as they are fewer, of machines'.
    """
    numbers, people = np.asarray(issue_of, dtype=np.int64), np.asarray(by_person, dtype=bool)
    order = np.argsort(numbers, kind="stable")
    issues = np.unique(numbers[numbers >= 0])
    ends = np.searchsorted(numbers[order], issues, side="right")
    begins = np.searchsorted(numbers[order], issues, side="left")
    exemplars: list[Vectors] = []
    means = np.zeros((len(issues), vectors.shape[1]), dtype=np.float32)
    for place, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        members = order[begin:end]
        means[place] = vectors[members].mean(axis=0)
        taught = pick_exemplars(vectors[members[people[members]]])
        others = pick_exemplars(vectors[members[~people[members]]], EXEMPLARS - len(taught))
        exemplars.append(np.concatenate([taught, others]))
    starts = np.cumsum([0, *(len(rows) for rows in exemplars)], dtype=np.int64)
    rows = np.concatenate(exemplars) if exemplars else means
    return Anchors(rows, starts, tuple(issues.tolist()), means)


def pick_exemplars(vectors: Vectors, most: int = EXEMPLARS) -> Vectors:
    """At most so many rows that stand for all: the most central one, then always the one farthest from the chosen.

    Whatever the order of the rows: they are sorted by what they hold first.
    """
    if len(vectors) <= most or not most:
        return vectors[:most]
    vectors = vectors[np.lexsort(vectors.T[:KEYS])]
    chosen = [int((vectors @ vectors.mean(axis=0)).argmax())]
    nearest = vectors @ vectors[chosen[0]]
    while len(chosen) < most:
        chosen.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
    return vectors[chosen]


def score_many(vectors: Vectors, anchors: Anchors) -> Vectors:
    """Scores of shape (rows, issues)."""
    if not anchors.issues or not len(vectors):
        return np.zeros((len(vectors), len(anchors.issues)), dtype=np.float32)
    return np.concatenate([_scores(vectors[piece], anchors) for piece in _pieces(len(vectors), anchors)])


def _pieces(count: int, anchors: Anchors) -> list[slice]:
    step = max(1, CELLS // max(1, len(anchors.rows)))
    return [slice(at, at + step) for at in range(0, count, step)]


def _scores(vectors: Vectors, anchors: Anchors) -> Vectors:
    nearest = np.maximum.reduceat(vectors @ anchors.rows.T, anchors.starts[:-1], axis=1)
    scores: Vectors = (nearest + vectors @ anchors.means.T) * np.float32(0.5)
    return scores


def rank_many(vectors: Vectors, anchors: Anchors, most: int = 8) -> list[list[Match]]:
    """Per row the nearest issues, nearest first, of equally near ones the lower number. `margin`: to the next."""
    scores = score_many(vectors, anchors)
    return [_ranked(row, anchors.issues, most) for row in scores]


def match_many(
    vectors: Vectors, anchors: Anchors, rule: Rule, forbidden: Mapping[int, frozenset[int]] | None = None
) -> list[Match | None]:
    """Per row the issue that it joins, or None: then it waits in the pool. `forbidden`: by row, never these issues.

    What a row was taken out of is no rival either: the margin is to the nearest issue that it may join.
    """
    place = {issue: index for index, issue in enumerate(anchors.issues)}
    never = {row: [place[issue] for issue in issues if issue in place] for row, issues in (forbidden or {}).items()}
    found: list[Match | None] = []
    # What fits is kept of each piece, never all scores: rows times issues would be too many.
    for piece in _pieces(len(vectors), anchors):
        scores = score_many(vectors[piece], anchors)
        for row, columns in never.items():
            if piece.start <= row < piece.stop:
                scores[row - piece.start, columns] = NOBODY
        found += _two_nearest(scores, anchors.issues)
    return [match if match and _joins(match, rule) else None for match in found]


def _joins(found: Match, rule: Rule) -> bool:
    return found.score >= rule.threshold and found.margin >= rule.margin


def two_best(scores: Vectors) -> tuple[NDArray[np.int64], Vectors, NDArray[np.int64], Vectors]:
    """Of each row of scores, of which there is a column at least: the best column and its score, and the second's."""
    rows = np.arange(len(scores))
    first = scores.argmax(axis=1)
    best = scores[rows, first]
    rest = scores.copy()
    rest[rows, first] = NOBODY
    second = rest.argmax(axis=1)
    return first, best, second, rest[rows, second]


def _two_nearest(scores: Vectors, issues: tuple[int, ...]) -> list[Match | None]:
    if not issues:
        return [None] * len(scores)
    columns = (column.tolist() for column in two_best(scores))
    return [
        Match(issues[first], best, best - behind, issues[second] if behind > NOBODY else None)
        for first, best, second, behind in zip(*columns, strict=True)
    ]


def _ranked(scores: Vectors, issues: tuple[int, ...], most: int) -> list[Match]:
    """Of one row. Issues are in the order of their numbers, so that a stable sort breaks ties by number."""
    order = np.argsort(-scores, kind="stable")[: most + 1]
    values = [*scores[order].tolist(), NOBODY]
    numbers = [*(issues[place] for place in order), None]
    return [
        Match(issues[place], values[at], values[at] - values[at + 1], numbers[at + 1])
        for at, place in enumerate(order[:most])
    ]
