"""How far people who judge the same thing agree, beyond what chance would give. Pure.

**Alpha** (Krippendorff 2004, 2011): 1 - observed / expected disagreement, for any number of raters, with judgements
missing, and for any *scale*: what two values' disagreement weighs. 1 is perfect, 0 is what guessing by the same
frequencies gives, below 0 is worse. It is None where nothing varies: of those who always say the same nobody knows
whether they look.

**Interval**: percentile bootstrap over units, because the judgements of one unit hang together. The weights of an
ordinal scale are those of all units in each resample. Where nobody differs no resample does either; the lower end is
then what Wilson's interval leaves open. One seed: the same judgements give the same numbers.

**Kappa** (Cohen 1960) is for two people: each one's own frequencies tell what chance would give them.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from common.intervals import wilson

RESAMPLES = 1_000
SEED = 20_041
FEWEST = 10  # units; an alpha of fewer says nothing that the next one could not turn round
BANDS = ((0.8, "almost perfect"), (0.6, "substantial"), (0.4, "moderate"), (0.2, "fair"), (0.0, "slight"))
WORST = "no better than chance"
Floats = NDArray[np.float64]
Value = TypeVar("Value", bound=Hashable)


class Scale(Enum):
    """What kind of values are compared. Ordinal and interval take numbers, sets take frozensets."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    SETS = "sets"


@dataclass(frozen=True)
class Share:
    """How many of the pairs of judgements agree, with the 95 % interval of the share; None where there are none."""

    agreed: int
    pairs: int
    low: float | None = None
    high: float | None = None

    @property
    def share(self) -> float | None:
        return self.agreed / self.pairs if self.pairs else None


@dataclass(frozen=True)
class Agreement:
    """Alpha with its 95 % interval over `units` judged by two or more, and the plain share of agreeing pairs.

    The three are None with fewer than 10 units, or where nothing varies.
    """

    units: int
    share: Share
    alpha: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def words(self) -> str:
        """Fair to substantial; or why there is no number."""
        if self.units < FEWEST:
            return (
                f"too few: {self.units} of the {FEWEST} sessions that it takes" if self.units else "nothing to compare"
            )
        if self.alpha is None or self.low is None or self.high is None:
            return "cannot be told: everybody always said the same"
        return in_words(self.low, self.high)


def in_words(low: float, high: float) -> str:
    """The words of Landis and Koch (1977) for both ends of an interval: one word only where both lie in its band."""
    least, most = (next((words for start, words in BANDS if end > start), WORST) for end in (low, high))
    return least if least == most else f"{least} to {most}"


def agreement(units: Iterable[Sequence[Value]], scale: Scale = Scale.NOMINAL) -> Agreement:
    """Of each unit the values that it was given, one by each rater; units with fewer than two count for nothing."""
    patterns = _patterns_of(units)
    total = patterns.total()
    share = share_of((_pairs_in(pattern), times) for pattern, times in patterns.items())
    if total < FEWEST:
        return Agreement(total, share)
    table = _Table(patterns, scale)
    alpha = float(table.alphas(table.times[None, :])[0])
    if np.isnan(alpha):
        return Agreement(total, share)
    low, high = _limits(table.alphas(_resamples(table.times)))
    if share.agreed == share.pairs:
        low = 1 - (1 - wilson(total, total)[0]) / table.differing_by_chance()
    return Agreement(total, share, alpha, min(low, alpha), max(high, alpha))


def _patterns_of(units: Iterable[Sequence[Value]]) -> Counter[frozenset[tuple[Value, int]]]:
    """How many units were given what how often. Counted as they come first: of thousands, only tens are distinct."""
    patterns: Counter[frozenset[tuple[Value, int]]] = Counter()
    for unit, times in Counter(tuple(unit) for unit in units if len(unit) > 1).items():
        patterns[frozenset(Counter(unit).items())] += times
    return patterns


def share_of(units: Iterable[tuple[tuple[int, int], int]]) -> Share:
    """Of units as ((agreeing pairs, pairs), how many units are like that)."""
    counted: Counter[tuple[int, int]] = Counter()
    for pairs, times in units:
        counted[pairs] += times if pairs[1] else 0
    counts = sorted((+counted).items())
    if not counts:
        return Share(0, 0)
    rows = np.array([row for row, _ in counts], dtype=float)
    numbers: Floats = np.array([number for _, number in counts], dtype=float)
    agreed, pairs = (numbers @ rows).tolist()
    total = int(numbers.sum())
    if agreed in {0, pairs}:
        return Share(int(agreed), int(pairs), *wilson(total if agreed else 0, total))
    found = _resamples(numbers) @ rows
    return Share(int(agreed), int(pairs), *_limits(found[:, 0] / found[:, 1]))


def pairs_that(
    agree: Callable[[Value, Value], bool], units: Iterable[Sequence[Value]]
) -> Iterable[tuple[tuple[int, int], int]]:
    """The units as `share_of` takes them, by a rule of when two values agree."""
    for unit in units:
        verdicts = [agree(one, other) for one, other in combinations(unit, 2)]
        yield (sum(verdicts), len(verdicts)), 1


def _pairs_in(pattern: frozenset[tuple[Value, int]]) -> tuple[int, int]:
    """How many of the pairs of judgements in a unit are of the same value, and how many pairs there are."""
    size = sum(times for _, times in pattern)
    return sum(times * (times - 1) // 2 for _, times in pattern), size * (size - 1) // 2


def _as_words(value: Iterable[object]) -> str:
    return repr(sorted(map(str, value)))


_KEYS: Mapping[Scale, Callable[[Any], Any]] = {
    Scale.NOMINAL: str,
    Scale.ORDINAL: float,
    Scale.INTERVAL: float,
    Scale.SETS: _as_words,
}


class _Table:
    """Distinct patterns of judgements × values: all that alpha needs, however many units share a pattern."""

    def __init__(self, patterns: Mapping[frozenset[tuple[Value, int]], int], scale: Scale) -> None:
        values = sorted({value for pattern in patterns for value, _ in pattern}, key=_KEYS[scale])
        place = {value: index for index, value in enumerate(values)}
        counts = np.zeros((len(patterns), len(values)))
        for row, pattern in enumerate(patterns):
            for value, times in pattern:
                counts[row, place[value]] = times
        # In one order, so that resamples are the same in whatever order the judgements came.
        order = np.lexsort(counts.T)
        self.counts: Floats = counts[order]
        self.times: Floats = np.array(list(patterns.values()), dtype=float)[order]
        self.weights = _weights(values, scale, self.times @ self.counts)
        sizes = self.counts.sum(axis=1)
        self.inside = ((self.counts @ self.weights) * self.counts).sum(axis=1) / (sizes - 1)

    def alphas(self, times: Floats) -> Floats:
        """Alpha of each row of `times`, rows × patterns: how often each pattern is there. NaN where nothing varies."""
        given = times @ self.counts
        sizes = given.sum(axis=1)
        by_chance = ((given @ self.weights) * given).sum(axis=1) / (sizes - 1)
        varies = by_chance > 0
        observed = times @ self.inside
        return np.where(varies, 1 - observed / np.where(varies, by_chance, 1), np.nan)

    def differing_by_chance(self) -> float:
        """How likely two judgements of any units differ."""
        given = self.times @ self.counts
        return float(1 - (given * (given - 1)).sum() / (given.sum() * (given.sum() - 1)))


def _weights(values: Sequence[Value], scale: Scale, given: Floats) -> Floats:
    """What it weighs when one says this value and another that: values × values, 0 on the diagonal."""
    if scale is Scale.NOMINAL:
        return 1 - np.eye(len(values))
    if scale is Scale.SETS:
        return np.array([[_apart(one, other) for other in values] for one in values])
    # Of ranks: the judgements that lie between, with half of those of the two themselves.
    places = np.cumsum(given) - given / 2 if scale is Scale.ORDINAL else np.array(values, dtype=float)
    return np.asarray((places[:, None] - places[None, :]) ** 2, dtype=float)


def _apart(one: Value, other: Value) -> float:
    """Jaccard's distance of two sets: 0 for the same, 1 for those that share nothing."""
    if not isinstance(one, frozenset) or not isinstance(other, frozenset):
        raise TypeError("Sets are compared as frozensets.")
    return 1 - len(one & other) / len(one | other) if one | other else 0.0


def _resamples(times: Floats) -> Floats:
    """Resamples × patterns: how often each pattern is drawn, with as many units as there are."""
    total = times.sum()
    drawn = np.random.default_rng(SEED).multinomial(int(total), times / total, size=RESAMPLES)
    return drawn.astype(float)


def _limits(found: Floats) -> tuple[float, float]:
    low, high = np.nanpercentile(found, [2.5, 97.5]).tolist()
    return low, high


@dataclass(frozen=True)
class Pair:
    """Two people who judged the same: how often they said what. `said`: (by the first, by the second) and how often."""

    said: Mapping[tuple[Hashable, Hashable], int]

    @property
    def both(self) -> int:
        return sum(self.said.values())

    @property
    def agreed(self) -> int:
        return sum(times for (one, other), times in self.said.items() if one == other)

    @property
    def share(self) -> float:
        return self.agreed / self.both

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None where both always said the same one thing."""
        first, second = Counter[Hashable](), Counter[Hashable]()
        for (one, other), times in self.said.items():
            first[one] += times
            second[other] += times
        by_chance = sum(first[value] * second[value] for value in first) / self.both**2
        return None if by_chance == 1 else (self.share - by_chance) / (1 - by_chance)


def pairs_of(units: Iterable[Mapping[int, Value]]) -> dict[tuple[int, int], Pair]:
    """Every two raters of a same unit, each pair once and in the order of their ids."""
    said: dict[tuple[int, int], Counter[tuple[Hashable, Hashable]]] = {}
    for unit in units:
        for one, other in combinations(sorted(unit), 2):
            said.setdefault((one, other), Counter())[unit[one], unit[other]] += 1
    return {raters: Pair(counted) for raters, counted in said.items()}


def together(pairs: Iterable[Pair]) -> Counter[tuple[Hashable, Hashable]]:
    """How often two people said what of the same unit, whoever they are: each pair counts in both directions."""
    counted: Counter[tuple[Hashable, Hashable]] = Counter()
    for pair in pairs:
        for (one, other), times in pair.said.items():
            counted[one, other] += times
            counted[other, one] += times
    return counted
