"""Made-up issues that stay as they are, or double: what the rule of escalation makes of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from issues.lifecycle.escalation import DAYS, NEW_DAYS, Floats, look

MONTH = 30
REVIEWED = 200.0  # sessions a day
WEEK = np.array([1.3, 1.3, 1.2, 1.2, 1.1, 0.5, 0.4])


@dataclass(frozen=True)
class Kind:
    """Issues of one kind. `spread`: days vary by more than chance, with variance rate + spread·rate².

    `rhythm`: weekends are quiet. `is_told`: fewer sessions are reviewed then, too, so that the exposure tells it.
    `looks`: how often a day is looked at while its reviews come in, the last time when all are there.
    """

    rate: float
    spread: float = 0.0
    rhythm: bool = False
    is_told: bool = True
    looks: int = 1


def false_alarms(kind: Kind, *, issues: int, seed: int) -> float:
    """How often issues that stay as they are begin to escalate, per 100 issues and month."""
    random = np.random.default_rng(seed)
    usual = _usual(kind, DAYS + MONTH)
    counts = _drawn(random, np.tile(kind.rate * usual, (issues, 1)), kind.spread)
    exposure = np.tile(_exposure(kind, usual), (issues, 1))
    begun, was = 0, np.zeros(issues, dtype=np.bool_)
    for seen, read in _days(random, counts, exposure, kind.looks):
        now = look(seen, read, was).is_escalating
        begun += int((now & ~was).sum())
        was = now
    return begun * 100.0 / issues


def detected(kind: Kind, *, issues: int, seed: int, times: float = 2.0) -> float:
    """The share of issues that escalate within three days after they began to happen so many times as often."""
    random = np.random.default_rng(seed)
    usual = _usual(kind, DAYS + NEW_DAYS)
    rate = kind.rate * usual
    rate[-NEW_DAYS:] *= times
    counts = _drawn(random, np.tile(rate, (issues, 1)), kind.spread)
    exposure = np.tile(_exposure(kind, usual), (issues, 1))
    found = was = np.zeros(issues, dtype=np.bool_)
    for day, (seen, read) in enumerate(_days(random, counts, exposure, 1)):
        was = look(seen, read, was).is_escalating
        found = found | was if day else found
    return float(found.mean())


def _usual(kind: Kind, days: int) -> Floats:
    return np.resize(WEEK, days) if kind.rhythm else np.ones(days)


def _exposure(kind: Kind, usual: Floats) -> Floats:
    return REVIEWED * (usual if kind.is_told else np.ones_like(usual))


def _drawn(random: np.random.Generator, rate: Floats, spread: float) -> Floats:
    if not spread:
        return random.poisson(rate).astype(np.float64)
    size = 1.0 / spread
    return random.negative_binomial(size, size / (size + rate)).astype(np.float64)


def _days(random: np.random.Generator, counts: Floats, exposure: Floats, looks: int) -> Iterator[tuple[Floats, Floats]]:
    """What is seen day by day, of the last one first a part and then all."""
    for end in range(DAYS, counts.shape[1] + 1):
        seen, read = counts[:, end - DAYS : end], exposure[:, end - DAYS : end]
        order = random.random((looks - 1, 1)) if looks > 1 else np.zeros((0, 1))
        for part in np.sort(order[:, 0]):
            early, early_read = seen.copy(), read.copy()
            early[:, -1] = random.binomial(seen[:, -1].astype(np.int64), part)
            early_read[:, -1] = read[:, -1] * part
            yield early, early_read
        yield seen, read
