"""Whether an issue happens clearly more often than it did: a rule over daily counts, for many issues at once.

Version 1. What is usual is told from the four weeks before the last three days: so many confirmed sessions for so much
exposure. What these foretell is a negative binomial: Poisson, spread by what the days of the issue itself varied and by
how little is known of a rare one. An issue escalates when the last day *and* the last three are more than that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

VERSION = 1
BASE_DAYS, NEW_DAYS = 28, 3
DAYS = BASE_DAYS + NEW_DAYS
# How unlikely the last day, and the last three, must be under what is usual. benchmarks/escalation.py measures both.
RARE_DAY, RARE_THREE = 0.3, 0.0005
# Left when the last three days are nothing strange any more: a wide gap, so that the flag does not flicker.
USUAL_THREE = 0.2
# Fewer sessions than these are no news, however rare they were before.
FEWEST_DAY, FEWEST_THREE = 2, 5
# Four weeks tell only roughly how much days vary. Taken as it seems, it would be too small too often: so much more,
# and so many standard errors of what days without any spread would seem to have.
MARGIN, ERRORS = 2.0, 0.5
LEAST_SPREAD = 1e-3

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Look:
    """What was seen and foretold of the last three days: sessions, expected sessions, and how likely so many are."""

    counted: Floats
    expected: Floats
    day_tail: Floats
    three_tail: Floats
    is_escalating: NDArray[np.bool_]


def look(counts: Floats, exposure: Floats, was: NDArray[np.bool_]) -> Look:
    """Which of these issues escalate; `was`: those that did before.

    `counts` and `exposure` are of shape (issues, DAYS), zero-filled, the oldest day first and the last day a whole
    one. Exposure is in any unit that is the same for all days, such as sessions that people reviewed.
    """
    base, fresh = counts[:, :BASE_DAYS], counts[:, BASE_DAYS:]
    seen = base.sum(axis=1) + 0.5
    rate = seen / np.maximum(exposure[:, :BASE_DAYS].sum(axis=1), 1.0)
    spread = _spread(base, rate[:, None] * exposure[:, :BASE_DAYS]) + 1.0 / seen
    expected = rate[:, None] * exposure[:, BASE_DAYS:]
    day, three = fresh[:, -1], fresh.sum(axis=1)
    day_tail = tail(day, expected[:, -1], spread)
    three_tail = tail(three, expected.sum(axis=1), _of_sum(spread, 1.0 / seen))
    enough = (day >= FEWEST_DAY) & (three >= FEWEST_THREE)
    enters = enough & (day_tail < RARE_DAY) & (three_tail < RARE_THREE)
    stays = was & (three >= FEWEST_THREE) & (three_tail < USUAL_THREE)
    return Look(three, expected.sum(axis=1), day_tail, three_tail, enters | stays)


def tail(count: Floats, expected: Floats, spread: Floats) -> Floats:
    """The chance of `count` or more where `expected` are usual and the variance is expected + spread·expected²."""
    size = 1.0 / np.maximum(spread, LEAST_SPREAD)
    share = expected / (expected + size)
    found: Floats = np.where(count > 0, betainc(np.maximum(count, 1.0), size, share), 1.0)
    return found


def _spread(counts: Floats, expected: Floats) -> Floats:
    """How much more than Poisson the days vary: by moments, and rather too much than too little."""
    told = np.maximum((expected**2).sum(axis=1), 1e-9)
    own: Floats = np.maximum(((counts - expected) ** 2 - expected).sum(axis=1) / told, 0.0)
    doubt: Floats = ERRORS * np.sqrt(2.0 / BASE_DAYS) / np.maximum(expected.mean(axis=1), 1e-3)
    spread: Floats = MARGIN * own + doubt
    return spread


def _of_sum(spread: Floats, doubt: Floats) -> Floats:
    """The spread of a sum of three days: what days vary by evens out, what is not known of the rate does not."""
    return (spread - doubt) / NEW_DAYS + doubt
