"""How honest probabilities were: predicted beside seen, with intervals, and how well they told failures apart."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np

from common.intervals import Z95, wilson

# Bins have as many reviews each as can be, at least so many, and there are at most so many of them.
IN_A_BIN = 10
NEEDED_OF_EACH = 5
MOST_BINS = 8


@dataclass(frozen=True)
class Bin:
    """Reviews with like probabilities: the mean of these, how many, how many failed, and the 95 % interval of that."""

    expected: float
    reviews: int
    failures: int
    low: float
    high: float

    @property
    def seen(self) -> float:
        """The share of them that failed."""
        return self.failures / self.reviews


def report_on(expected: Sequence[float], failed: Sequence[bool]) -> dict[str, Any]:
    """As JSON: `bins`, `auc` with its interval (None where it cannot be told), and how many reviews."""
    return {
        "bins": [asdict(one) for one in bins(expected, failed)],
        "auc": auc(expected, failed),
        "reviews": len(failed),
        "failures": sum(failed),
    }


def bins(expected: Sequence[float], failed: Sequence[bool]) -> list[Bin]:
    """The reviews in the order of their probabilities, cut into parts of equal number."""
    rows = sorted(zip(expected, failed, strict=True))
    count = max(1, min(MOST_BINS, len(rows) // IN_A_BIN))
    edges = [round(place * len(rows) / count) for place in range(count + 1)]
    return [_bin(rows[low:high]) for low, high in pairwise(edges) if high > low]


def _bin(rows: Sequence[tuple[float, bool]]) -> Bin:
    failures = sum(failed for _, failed in rows)
    low, high = wilson(failures, len(rows))
    mean = sum(expected for expected, _ in rows) / len(rows)
    return Bin(round(mean, 4), len(rows), failures, round(low, 4), round(high, 4))


def auc(expected: Sequence[float], failed: Sequence[bool]) -> list[float] | None:
    """The chance that a failure had the higher probability than a success, with a 95 % interval (Hanley, McNeil 1982).

    None where there are too few failures or too few successes to say.
    """
    bad = sum(failed)
    good = len(failed) - bad
    if min(bad, good) < NEEDED_OF_EACH:
        return None
    _, place, ties = np.unique(np.array(expected), return_inverse=True, return_counts=True)
    # Equal probabilities share the mean of their ranks: a tie is half a success.
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[place]
    area = (float(ranks[np.array(failed)].sum()) - bad * (bad + 1) / 2) / (bad * good)
    one, two = area / (2 - area), 2 * area * area / (1 + area)
    variance = (area * (1 - area) + (bad - 1) * (one - area * area) + (good - 1) * (two - area * area)) / (bad * good)
    half = Z95 * sqrt(max(0.0, variance))
    return [round(float(value), 4) for value in (area, max(0.0, area - half), min(1.0, area + half))]
