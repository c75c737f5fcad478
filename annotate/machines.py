"""How well a machine's score tells what people say of the same sessions. Pure.

A session *failed* as people say, and the machine *says bad* of it or not. **True-positive rate**: of the failed, how
many it calls bad; **true-negative rate**: of the others, how many it does not. Both with Wilson's interval. **Balanced
accuracy** is the mean of the two, **MCC** (Matthews 1975) their correlation, **kappa** (Cohen 1960) agreement beyond
chance: each with the percentile interval of 1,000 resampled tables, by one seed. All speak of sessions like those that
people reviewed, which no chance has drawn from all traffic.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_curve
from sklearn.model_selection import StratifiedKFold

from annotate.calibration import Rate
from common.intervals import wilson

RESAMPLES = 1_000
SEED = 40_817
FEWEST = 10  # sessions; of fewer no number is told
FEWEST_OF_EACH = 5  # failed, and not failed: below that no threshold is looked for
FOLDS = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Given:
    """What a machine said of a session that people judged: its number, or 1 for a bad label and 0 for a good one.

    `badness`: the number turned so that higher is worse.
    """

    badness: float
    failed: bool


@dataclass(frozen=True)
class Number:
    """A measure with its 95 % interval; None where one side is empty, so that it cannot be told."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Comparison:
    """The confusion matrix, in sessions, and what follows from it."""

    both_bad: int
    missed: int
    false_alarm: int
    both_good: int
    balanced: Number
    mcc: Number
    kappa: Number

    @property
    def sessions(self) -> int:
        return self.both_bad + self.missed + self.false_alarm + self.both_good

    @property
    def is_enough(self) -> bool:
        """Whether there are as many as it takes to tell anything."""
        return self.sessions >= FEWEST

    @property
    def true_positive(self) -> Rate:
        return Rate(self.both_bad, self.both_bad + self.missed)

    @property
    def true_negative(self) -> Rate:
        return Rate(self.both_good, self.both_good + self.false_alarm)

    @property
    def agreed(self) -> Rate:
        return Rate(self.both_bad + self.both_good, self.sessions)


def compare(pairs: Iterable[tuple[bool, bool]]) -> Comparison:
    """Of pairs (says bad, failed)."""
    told = list(pairs)
    cells = [told.count(cell) for cell in ((True, True), (False, True), (True, False), (False, False))]
    return Comparison(cells[0], cells[1], cells[2], cells[3], *_numbers(np.array(cells, dtype=float)))


def _numbers(cells: Floats) -> tuple[Number, Number, Number]:
    """Balanced accuracy, MCC and kappa of one table."""
    total = int(cells.sum())
    if total < FEWEST:
        return Number(None), Number(None), Number(None)
    again = np.random.default_rng(SEED).multinomial(total, cells / total, RESAMPLES)
    values, spread = _measures(cells[None, :])[:, 0], _measures(again.astype(float))
    balanced, mcc, kappa = (_number(float(value), row) for value, row in zip(values, spread, strict=True))
    return balanced, mcc, kappa


def _measures(tables: Floats) -> Floats:
    """Balanced accuracy, MCC and kappa (3 rows) of tables (n × 4); NaN where they are not defined."""
    hit, missed, alarm, clear = tables.T
    failed, fine, bad, good = hit + missed, alarm + clear, hit + alarm, missed + clear
    total = failed + fine
    with np.errstate(divide="ignore", invalid="ignore"):
        balanced = (hit / failed + clear / fine) / 2
        mcc = (hit * clear - missed * alarm) / np.sqrt(failed * fine * bad * good)
        by_chance = (failed * bad + fine * good) / total**2
        kappa = ((hit + clear) / total - by_chance) / (1 - by_chance)
    return np.stack([balanced, mcc, kappa])


def _number(value: float, spread: Floats) -> Number:
    defined = spread[np.isfinite(spread)]
    if not np.isfinite(value) or not len(defined):
        return Number(None)
    low, high = np.percentile(defined, [2.5, 97.5])
    return Number(float(value), min(float(low), float(value)), max(float(high), float(value)))


@dataclass(frozen=True)
class Threshold:
    """The value that splits best, as badness, how it does on all, and on sessions that had no part in choosing it."""

    badness: float
    on_all: Comparison
    held_out: Comparison


def best_threshold(given: Sequence[Given]) -> Threshold | None:
    """The threshold of the best balanced accuracy. None with fewer than 5 failed or 5 others, or where none splits.

    Cross-checked in five parts: each part is judged by the threshold that the other four choose. What it does on the
    sessions that it was chosen by flatters it; the other number does not.
    """
    badness, failed = np.array([one.badness for one in given]), np.array([one.failed for one in given], dtype=bool)
    if min(failed.sum(), (~failed).sum()) < FEWEST_OF_EACH:
        return None
    best = _best(badness, failed)
    if best is None:
        return None
    told: list[tuple[bool, bool]] = []
    for learn, check in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(badness[:, None], failed):
        split = _best(badness[learn], failed[learn])
        told += _pairs(badness[check], failed[check], best if split is None else split)
    return Threshold(best, compare(_pairs(badness, failed, best)), compare(told))


def _best(badness: Floats, failed: NDArray[np.bool_]) -> float | None:
    """Half way between the two values that it separates; None where calling all alike is as good."""
    alarms, hits, values = roc_curve(failed, badness, drop_intermediate=False)
    place = int(np.argmax(hits - alarms))
    if hits[place] - alarms[place] <= 0 or not np.isfinite(values[place]):
        return None
    below = badness[badness < values[place]]
    return float((values[place] + below.max()) / 2) if len(below) else None


def _pairs(badness: Floats, failed: NDArray[np.bool_], threshold: float) -> list[tuple[bool, bool]]:
    return list(zip((badness > threshold).tolist(), failed.tolist(), strict=True))


@dataclass(frozen=True)
class Drift:
    """Agreement with people lately and before, and the 95 % interval of the change (Newcombe 1998)."""

    lately: Rate
    before: Rate
    low: float
    high: float

    @property
    def change(self) -> float:
        return self.lately.found / self.lately.of - self.before.found / self.before.of

    @property
    def points(self) -> tuple[str, str, str]:
        """The change and the ends of its interval in percentage points, with their signs."""
        told = [f"{round(100 * one):+d}".replace("-", "−") for one in (self.change, self.low, self.high)]  # a minus
        return told[0], told[1], told[2]

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes no change."""
        return self.low > 0 or self.high < 0

    @property
    def is_worse(self) -> bool:
        return self.high < 0


def drift(lately: Rate, before: Rate) -> Drift | None:
    """How agreement has changed; None with fewer than 10 sessions on either side."""
    if min(lately.of, before.of) < FEWEST:
        return None
    now, then = lately.found / lately.of, before.found / before.of
    (low_now, high_now), (low_then, high_then) = wilson(lately.found, lately.of), wilson(before.found, before.of)
    change = now - then
    low = change - sqrt((now - low_now) ** 2 + (high_then - then) ** 2)
    high = change + sqrt((high_now - now) ** 2 + (then - low_then) ** 2)
    return Drift(lately, before, low, high)
