"""What is usual: the middle and the spread of numbers about sessions. Values in, values out; None is unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
# Of fewer values, the highest percentiles would only repeat the highest value.
NEEDED_FOR_P95, NEEDED_FOR_P99 = 20, 100
HALF = 0.5


@dataclass(frozen=True)
class Usual:
    """Of `known` values: mean, median, the median distance from it (MAD), and what 90, 95 and 99 % stay under."""

    known: int
    mean: float
    median: float
    mad: float
    p90: float
    p95: float | None
    p99: float | None


def numbers(values: Sequence[float | None]) -> Numbers:
    """Shape (n,), with NaN for what is unknown."""
    return np.array(values, dtype=np.float64)


def usual_of(values: Numbers) -> Usual | None:
    """None where no value is known."""
    known = np.sort(values[~np.isnan(values)])
    if not known.size:
        return None
    median = _percentile(known, 50)
    return Usual(
        known=int(known.size),
        mean=float(known.mean()),
        median=median,
        mad=_percentile(np.sort(np.abs(known - median)), 50),
        p90=_percentile(known, 90),
        p95=_percentile(known, 95) if known.size >= NEEDED_FOR_P95 else None,
        p99=_percentile(known, 99) if known.size >= NEEDED_FOR_P99 else None,
    )


def _percentile(ordered: Numbers, percent: int) -> float:
    """Between two values in a straight line, as numpy's own, which hundreds of small groups would wait for."""
    at = (ordered.size - 1) * percent / 100
    place = int(at)
    low, high = float(ordered[place]), float(ordered[min(place + 1, ordered.size - 1)])
    part = at - place
    # From the nearer end, so that rounding never leaves the two.
    return low + (high - low) * part if part < HALF else high - (high - low) * (1 - part)


def by_group(groups: Sequence[str], columns: Mapping[str, Numbers]) -> dict[str, dict[str, Usual | None]]:
    """`usual_of` each column within each group. `groups`: a name per row; one sort, whatever the number of groups."""
    if not len(groups):
        return {}
    names, place = np.unique(np.array(groups, dtype=object).astype(str), return_inverse=True)
    order = np.argsort(place, kind="stable")
    ends = np.searchsorted(place[order], np.arange(1, len(names)))
    rows = np.split(order, ends)
    return {
        str(name): {column: usual_of(values[mine]) for column, values in columns.items()}
        for name, mine in zip(names, rows, strict=True)
    }


def cost_per_success(cost: Usual | None, failed: float | None) -> float | None:
    """Dollars spent for each session that succeeds: the mean cost over the share that succeeds.

    `failed` is the estimated share of failures, 0..1. None where a part is unknown, or where nothing succeeds.
    """
    if cost is None or failed is None or failed >= 1:
        return None
    return cost.mean / (1 - failed)
