"""Weights in words and as small plots, for people who never heard of log-odds. Pure."""

from dataclasses import dataclass
from math import exp

from common.intervals import Z95

# The ends of the plots, as log-odds: from a quarter of the odds to a hundredfold.
LEFT, RIGHT = -1.4, 4.7
WIDTH = 240.0
HARDLY = 0.05
DOUBLE, HALF = 1.95, 0.55
TENFOLD = 9.95


@dataclass(frozen=True)
class Plot:
    """Places along the plot: of no effect, and of what is believed now and was at first, with 95 % intervals."""

    zero: float
    now: tuple[float, float, float]
    began: tuple[float, float, float]


def plot_of(now: tuple[float, float], began: tuple[float, float]) -> Plot:
    """Each as (low, middle, high), clipped at the ends."""
    return Plot(zero=place(0), now=_interval(*now), began=_interval(*began))


def place(weight: float) -> float:
    """Where a weight stands, in units of the plot's viewBox."""
    return round(WIDTH * (min(max(weight, LEFT), RIGHT) - LEFT) / (RIGHT - LEFT), 1)


def _interval(mean: float, sd: float) -> tuple[float, float, float]:
    return place(mean - Z95 * sd), place(mean), place(mean + Z95 * sd)


def effect_in_words(weight: float) -> str:
    """What the feature does to the odds that a session failed."""
    factor = exp(weight)
    if abs(weight) < HARDLY:
        return "hardly changes the odds"
    if factor >= DOUBLE:
        return f"raises the odds {times(weight)}"
    if factor > 1:
        return f"raises the odds by {100 * (factor - 1):.0f} %"
    if factor > HALF:
        return f"lowers the odds by {100 * (1 - factor):.0f} %"
    return f"lowers the odds to {100 * factor:.0f} %"


def range_in_words(mean: float, sd: float) -> str:
    """Between which factors the effect lies with 95 % certainty."""
    return f"from {_factor(mean - Z95 * sd)} to {_factor(mean + Z95 * sd)}"


def times(weight: float) -> str:
    """The factor on the odds: 12-fold, 1.4-fold."""
    return f"{_factor(weight)}-fold"


def _factor(weight: float) -> str:
    factor = exp(weight)
    return f"{factor:.0f}" if factor >= TENFOLD else f"{factor:.1f}" if factor >= 1 else f"{factor:.2f}"
