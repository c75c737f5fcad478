"""What a review of a session would teach, beside how likely it is to have failed: impact and news. Pure, numpy only."""

from collections.abc import Mapping, Sequence
from math import exp, log, log2, log10

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]

LEAST_IMPACT, MOST_IMPACT = 0.5, 2.0
# Severities are 0 (low) to 3 (critical). Until reviews say otherwise, a failure is of medium severity.
USUAL_SEVERITY = 1.0
BELIEVED_AS = 3  # reviews
PER_SEVERITY = log(2) / 2
PER_TENFOLD_USERS, MOST_BY_USERS = 0.15, 0.35
PER_DOUBLE_COST, MOST_BY_COST = 0.15, 0.3

# How much of what a session looks like is what it did, and how much what the detectors say of it.
SHARE_OF_PROFILE = 0.6
QUIET = "nothing fired"
# A cosine below this is no likeness: sessions of one agent all share something.
UNLIKE = 0.6
# So many reviewed sessions that are just like it and came out alike halve what one more can teach.
ENOUGH = 5
LEAST_NEWS = 0.25


def severity_of(severities: Sequence[float]) -> float:
    """The mean severity of failures, drawn towards the usual one while there are few."""
    return (sum(severities) + USUAL_SEVERITY * BELIEVED_AS) / (len(severities) + BELIEVED_AS)


def impact_of(*, severity: float, users: int, relative_cost: float | None) -> float:
    """How much a failure would cost, as a factor from 0.5 to 2; 1 is usual.

    `severity` as of `severity_of`; `users`: end users who have sessions that look like it; `relative_cost`: the
    session's cost over its workflow's median, None where it is not known.
    """
    logarithm = (severity - USUAL_SEVERITY) * PER_SEVERITY
    logarithm += min(MOST_BY_USERS, PER_TENFOLD_USERS * log10(max(users, 1)))
    if relative_cost is not None and relative_cost > 0:
        logarithm += max(-MOST_BY_COST, min(MOST_BY_COST, PER_DOUBLE_COST * log2(relative_cost)))
    return max(LEAST_IMPACT, min(MOST_IMPACT, exp(logarithm)))


def looks(profiles: Matrix, signals: Sequence[Mapping[str, float]], kinds: Sequence[str]) -> Matrix:
    """What sessions look like, as vectors of length 1 (shorter without a profile): cosines are products.

    `profiles` is (n, dimensions); `signals` are the strengths of each session's signals by kind; `kinds` are all kinds
    that matter, in an order that is the same for whatever is to be compared.
    """
    column = {kind: place for place, kind in enumerate([QUIET, *kinds])}
    fired = np.zeros((len(signals), len(column)), dtype=np.float32)
    for row, found in enumerate(signals):
        known = {kind: strength for kind, strength in found.items() if kind in column}
        for kind, strength in (known or {QUIET: 1.0}).items():
            fired[row, column[kind]] = strength
    lengths = np.linalg.norm(fired, axis=1, keepdims=True)
    fired /= np.where(lengths == 0, 1, lengths)
    return np.hstack([profiles * SHARE_OF_PROFILE**0.5, fired * (1 - SHARE_OF_PROFILE) ** 0.5]).astype(np.float32)


def nearness(some: Matrix, others: Matrix) -> Matrix:
    """How alike each of `some` is to each of `others`: 1 the same, 0 no likeness. Shape (some, others)."""
    near = some @ others.T
    near -= UNLIKE
    near *= 1 / (1 - UNLIKE)
    np.clip(near, 0, 1, out=near)
    near *= near
    return np.asarray(near, dtype=np.float32)


def news_of(waiting: Matrix, reviewed: Matrix, came_out: Sequence[str]) -> Vector:
    """How much a review of each waiting session would teach, 0..1: 1 is unlike anything reviewed.

    `came_out` says of each reviewed session what it was found to be: success, or which failure. What is like many
    reviewed sessions that all came out the same is well understood; where they came out differently, it is not.
    """
    if not len(reviewed):
        return np.ones(len(waiting))
    labels = {label: place for place, label in enumerate(dict.fromkeys(came_out))}
    member = np.zeros((len(came_out), len(labels)), dtype=np.float32)
    member[np.arange(len(came_out)), [labels[label] for label in came_out]] = 1
    understood = (nearness(waiting, reviewed) @ member).max(axis=1).astype(np.float64)
    return np.asarray(np.round(LEAST_NEWS + (1 - LEAST_NEWS) / (1 + understood / ENOUGH), 4), dtype=np.float64)
