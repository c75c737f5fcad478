"""The rule of matching, read from people's own placements: as many joins as can be had at the precision that is asked.

Every placement is held out once, and scored against the others as if it had just come in.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clustering.engine.embed import Vectors
from clustering.engine.matching import NOBODY, Rule, anchors_of, score_many, two_best

FEWEST_PLACEMENTS = 30
FEWEST_ISSUES = 3
FOLDS = 5
MARGINS = (0.0, 0.02, 0.05, 0.08)
# Of ten failures that a machine adds to an issue, nine are where a person would have put them.
PRECISION = 0.9
# One deviation of a normal distribution: what is seen in few joins is drawn towards one half.
CAUTION = 1.0


def calibrate(vectors: Vectors, issue_of: NDArray[np.int64], fallback: Rule, *, contents: Sequence[str]) -> Rule:
    """The rule that joins most of the placements at PRECISION; `fallback` where they are too few or none reaches it.

    `issue_of`: per row the issue that a person put it in, -1 for none. One that no other was put into has no place to
    go: joining anything with it is wrong. Rows of equal content are held out together.
    """
    rows = np.flatnonzero(issue_of >= 0)
    if len(rows) < FEWEST_PLACEMENTS or len(np.unique(issue_of[rows])) < FEWEST_ISSUES:
        return fallback
    order = sorted(rows.tolist(), key=lambda row: (_hash(contents[row]), contents[row], int(issue_of[row])))
    found = _hold_out(vectors[order], issue_of[order], [int(_hash(contents[row]), 16) % FOLDS for row in order])
    rules = [rule for margin in MARGINS if (rule := _loosest(*found, margin))]
    return max(rules, key=lambda rule: (rule[0], rule[1].margin), default=(0, fallback))[1]


def _hold_out(
    vectors: Vectors, issue_of: NDArray[np.int64], folds: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Of each row its best score among the other folds, the lead over the second, and whether that is its issue."""
    fold = np.array(folds)
    scores, leads, right = np.full(len(fold), NOBODY), np.zeros(len(fold)), np.zeros(len(fold), dtype=bool)
    for number in range(FOLDS):
        held, known = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        if not len(held) or not len(known):
            continue
        anchors = anchors_of(vectors[known], issue_of[known].tolist(), [True] * len(known))
        first, best, _, behind = two_best(score_many(vectors[held], anchors))
        scores[held], leads[held] = best, best - behind
        right[held] = np.array(anchors.issues)[first] == issue_of[held]
    return scores, leads, right


def _loosest(
    scores: NDArray[np.float64], leads: NDArray[np.float64], right: NDArray[np.bool_], margin: float
) -> tuple[int, Rule] | None:
    """The lowest threshold at which those who join by this margin are right often enough, and how many are."""
    who = np.flatnonzero(leads >= margin)
    order = who[np.argsort(-scores[who], kind="stable")]
    joined = np.arange(1, len(order) + 1)
    precise = _cautious(np.cumsum(right[order]), joined) >= PRECISION
    # Equal scores join together.
    precise[:-1] &= scores[order][:-1] > scores[order][1:]
    if not precise.any():
        return None
    last = int(np.flatnonzero(precise)[-1])
    hits = int(right[order][: last + 1].sum())
    rule = Rule(round(float(scores[order][last]), 4), margin, round(hits / (last + 1), 3), len(scores))
    return hits, rule


def _cautious(hits: NDArray[np.int64], joined: NDArray[np.int64]) -> NDArray[np.float64]:
    """The middle of Wilson's interval: the share of hits, where few joined drawn towards one half."""
    middle: NDArray[np.float64] = (hits + CAUTION**2 / 2) / (joined + CAUTION**2)
    return middle


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
