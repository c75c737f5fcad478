"""Learns to recognise an issue in sessions that nobody has read, and says how often it would be right.

A logistic regression over the vectors of single steps. A session counts as recognised by its most telling step, so
all that is stated is about sessions. What it would do with new ones is measured by cross-validation over sessions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustering.engine.embed import Vectors

VERSION = 1
FEWEST_POSITIVES = 5
FEWEST_NEGATIVES = 10
FOLDS = 5
# A sighting costs a reviewer a look: fewer than this right ones in a hundred, and the issue stays silent.
LEAST_PRECISION = 0.7
# And one that finds next to nothing of what is known will find nothing.
LEAST_RECALL = 0.2
STRENGTH = 10.0  # of the weights, the inverse of their penalty: unit vectors differ by little


@dataclass(frozen=True)
class Confirmed:
    """A session in which people confirmed the issue: its root steps, and what looked suspicious without them."""

    roots: Vectors
    seen: Vectors


@dataclass(frozen=True)
class Recogniser:
    """How near a step must come. `precision` and `recall` are those of sessions left out of the learning."""

    weights: NDArray[np.float32]
    bias: float
    threshold: float
    precision: float
    recall: float
    positives: int
    negatives: int

    @property
    def is_good(self) -> bool:
        """Whether it may speak."""
        return self.precision >= LEAST_PRECISION and self.recall >= LEAST_RECALL

    def score(self, steps: Vectors) -> NDArray[np.float64]:
        """For each step the probability that it is the issue's, as far as the learned sessions are like all."""
        return _probability(steps, self.weights, self.bias)


def learn(confirmed: Sequence[Confirmed], others: Sequence[Vectors]) -> Recogniser | None:
    """From sessions with the issue and reviewed ones without it; None while they are too few to say anything."""
    others = [steps for steps in others if len(steps)]
    if len(confirmed) < FEWEST_POSITIVES or len(others) < FEWEST_NEGATIVES:
        return None
    threshold, precision, recall = _operating_point(*_left_out_scores(confirmed, others))
    weights, bias = _fit(confirmed, others)
    return Recogniser(weights, bias, threshold, precision, recall, len(confirmed), len(others))


def _left_out_scores(
    confirmed: Sequence[Confirmed], others: Sequence[Vectors]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each session's score by a recogniser that never saw it: of those with the issue, and of the others.

    A confirmed session is met as an unread one would be: by what looks suspicious in it, not by what people marked.
    """
    having, lacking = np.zeros(len(confirmed)), np.zeros(len(others))
    for fold in range(FOLDS):
        kept = [one for place, one in enumerate(confirmed) if place % FOLDS != fold]
        weights, bias = _fit(kept, [steps for place, steps in enumerate(others) if place % FOLDS != fold])
        for place in range(fold, len(confirmed), FOLDS):
            having[place] = _best(confirmed[place].seen, weights, bias)
        for place in range(fold, len(others), FOLDS):
            lacking[place] = _best(others[place], weights, bias)
    return having, lacking


def _fit(confirmed: Sequence[Confirmed], others: Sequence[Vectors]) -> tuple[NDArray[np.float32], float]:
    # Half a second to import: only the worker that learns pays for it.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # as said above

    rows = np.concatenate([*(one.roots for one in confirmed), *others])
    marked = np.zeros(len(rows), dtype=bool)
    marked[: sum(len(one.roots) for one in confirmed)] = True
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=500).fit(rows, marked)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def _probability(steps: Vectors, weights: NDArray[np.float32], bias: float) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-(steps.astype(np.float64) @ weights + bias))))


def _best(steps: Vectors, weights: NDArray[np.float32], bias: float) -> float:
    return float(_probability(steps, weights, bias).max()) if len(steps) else 0.0


def _operating_point(having: NDArray[np.float64], lacking: NDArray[np.float64]) -> tuple[float, float, float]:
    """The threshold that finds most while it is right often enough; else the one that is right most often."""
    points = []
    for threshold in np.unique(having[having > 0]):
        found, wrong = int((having >= threshold).sum()), int((lacking >= threshold).sum())
        points.append((float(threshold), found / (found + wrong), found / len(having)))
    if not points:
        return 1.0, 0.0, 0.0
    good = [point for point in points if point[1] >= LEAST_PRECISION]
    return max(good, key=lambda point: (point[2], point[1])) if good else max(points, key=lambda point: point[1])
