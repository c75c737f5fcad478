"""A Bayesian logistic regression: what is believed of each feature, and how reviews change it.

    logit p = bias + sum over features of weight × value

Each weight has a normal prior. `fit` finds the most probable weights given the reviews (MAP) by Newton's method; their
standard deviations are those of the normal curve with the same bend at that point (Laplace's approximation). See
Bishop, Pattern Recognition and Machine Learning, 2006, sections 4.3.3 and 4.5.1.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp

import numpy as np
import numpy.typing as npt

from annotate.priority.features import PROFILE, SEGMENT, is_coordinate

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
BIAS = "bias"
# Of a kind of signal that nobody has said anything about.
UNKNOWN = (1.0, 1.0)
# Of a member of a family that nobody has said anything about.
NOTHING = (0.0, 0.3)
MOST_ROUNDS = 50
HALVINGS = 30
CLOSE_ENOUGH = 1e-10


@dataclass(frozen=True)
class Model:
    """By the name of a feature, the mean and the standard deviation of its weight.

    `families` has the same for features that are named `family=member`, where `weights` does not name the member.
    """

    weights: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    families: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def believed(self, name: str) -> tuple[float, float]:
        """Mean and standard deviation of a weight, also of one that the model does not name."""
        family, is_member, _ = name.partition(SEGMENT)
        return self.weights.get(name) or (self.families.get(family, NOTHING) if is_member else UNKNOWN)

    def weight(self, name: str) -> float:
        return self.believed(name)[0]


def probability(model: Model, features: Mapping[str, float]) -> float:
    """How likely a session with these features went wrong, in (0, 1)."""
    logit = model.weight(BIAS) + sum(model.weight(name) * value for name, value in sorted(features.items()))
    return 1 / (1 + exp(-logit)) if logit >= 0 else exp(logit) / (1 + exp(logit))


def learned(prior: Model, rows: Sequence[Mapping[str, float]], failed: Sequence[bool]) -> Model:
    """The model after these reviews. A feature that none of them has keeps what was believed of it."""
    names = [BIAS, *sorted({name for row in rows for name in row})]
    believed = np.array([prior.believed(name) for name in names])
    values = np.array([[1.0, *(row.get(name, 0.0) for name in names[1:])] for row in rows])
    reviewed = _Reviewed(
        values=values.reshape(len(rows), len(names)),
        failed=np.array(failed, dtype=float),
        means=believed[:, 0],
        precision=believed[:, 1] ** -2,
    )
    found = {name: (float(mean), float(sd)) for name, mean, sd in zip(names, *_most_probable(reviewed), strict=True)}
    return Model({**prior.weights, **found}, prior.families) if rows else prior


@dataclass(frozen=True)
class _Reviewed:
    """Reviews and prior: `values` is (reviews, features), `failed` has one number per row, the others per column."""

    values: Matrix
    failed: Vector
    means: Vector
    precision: Vector

    def expected(self, weights: Vector) -> Vector:
        """The probability of failure of each row."""
        return np.asarray(0.5 * (1 + np.tanh(0.5 * (self.values @ weights))), dtype=np.float64)

    def loss(self, weights: Vector) -> float:
        """What is to be smallest: the negative logarithm of how probable the weights are."""
        logits = self.values @ weights
        misfit = np.sum(np.logaddexp(0, logits) - self.failed * logits)
        return float(misfit + 0.5 * np.sum(self.precision * (weights - self.means) ** 2))

    def slope(self, weights: Vector) -> Vector:
        """Its first derivative."""
        strain = self.precision * (weights - self.means)
        return np.asarray(self.values.T @ (self.expected(weights) - self.failed) + strain, dtype=np.float64)

    def bend(self, weights: Vector) -> Matrix:
        """Its second derivative. The prior makes it positive definite whatever the reviews are."""
        expected = self.expected(weights)
        weighted = self.values * (expected * (1 - expected))[:, None]
        return np.asarray(weighted.T @ self.values + np.diag(self.precision), dtype=np.float64)


def _most_probable(reviewed: _Reviewed) -> tuple[Vector, Vector]:
    """The weights and their standard deviations."""
    weights = reviewed.means
    for _ in range(MOST_ROUNDS):
        step = np.asarray(np.linalg.solve(reviewed.bend(weights), reviewed.slope(weights)), dtype=np.float64)
        weights = _moved(reviewed, weights, step)
        if np.abs(step).max() < CLOSE_ENOUGH:
            break
    return weights, np.sqrt(np.diag(np.linalg.inv(reviewed.bend(weights))))


def _moved(reviewed: _Reviewed, weights: Vector, step: Vector) -> Vector:
    """The weights after the step, or after a half, a quarter … of it where the whole would lead upwards."""
    now = reviewed.loss(weights)
    tries = (weights - step / 2**halving for halving in range(HALVINGS))
    return next((tried for tried in tries if reviewed.loss(tried) <= now), weights)


def contributions(model: Model, features: Mapping[str, float]) -> Iterable[tuple[str, float]]:
    """What each feature adds to the log-odds, the most first; equal ones in the order of their names.

    The coordinates of a profile say something only together, and count as one.
    """
    parts: dict[str, float] = defaultdict(float)
    for name, value in features.items():
        parts[PROFILE if is_coordinate(name) else name] += model.weight(name) * value
    return sorted(parts.items(), key=lambda part: (-part[1], part[0]))
