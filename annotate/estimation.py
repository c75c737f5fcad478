"""What share of all sessions has a property, told from those that were drawn at random and read. Pure.

**Who counts.** A queue draws sessions by a number that each was given when it came, whatever it says; ranked sessions
are chosen, so their reviews count in no share. A queue's drawn sessions are read in the order of that number, and count
up to the last that was read in its turn: beyond it, those few that were drawn *after* they had been ranked and read, or
that somebody chose to open by their address, are no fair sample. Sessions of a time of which retention has deleted the
unread are in no frame: decision 0009 says more of both.

A `Cell` is a part of the frame from which the same queues draw: within it every session had the same chance to be drawn
and to be read, so its judged ones are a uniform sample of it. Across cells the chances differ (two queues that overlap,
one of them read further), so each judged session counts `sessions / sampled` of its cell: the inverse of its chance to
be drawn *and* read, scaled to the cell's known size (a post-stratified Hájek estimator; Särndal, Swensson and Wretman
1992, sections 7.6 and 15.6). With one queue that is the plain share of the sample. Weighting by the chance to be drawn
alone is wrong while one of two queues is half read.

**The interval** is a mid-P Clopper-Pearson one. Clopper-Pearson never covers less than 95 %, so that it covers 98 % for
a rare failure and is needlessly wide; Wilson's errs on one side near 0; mid-P lands near 95 % on average at every share
(Agresti and Gottard 2007). Weighted sums are treated as Fay and Feuer (1997) treat rates, with beta instead of gamma
distributions: the sum is matched by its first two moments, and the one event that may just have been missed is given to
the cell that weighs most. Where a cell is nearly all read, a read session says more (finite population correction by
(N - 1) / (N - n)), and limits are rounded outwards to whole sessions.

**What ranked reviews still tell.** To count ranked sessions as themselves and let the sample speak for the rest looks
tempting and is biased: a drawn session is never ranked, so the sample holds sessions that would else have been ranked,
and the rest does not. But a confirmed failure is a fact: the share is no less than confirmed / all sessions, and no
more than 1 - cleared / all. Cutting the interval at these bounds cannot lose the true share.

`tests/annotate/test_coverage_of_shares.py` and `benchmarks/coverage.py` hold all this against simulated traffic.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

CONFIDENCE = 0.95
FEWEST = 20  # judged sessions, or what weighted ones are worth; below this an interval says next to nothing
HALVINGS = 40
ROUNDING = 1e-6
EVER_MORE = 1e12  # sessions, of which no number of reads is a part worth counting
Floats = NDArray[np.float64]


class Beta(NamedTuple):
    """Beta distributions, one for each property."""

    mean: Floats
    a: Floats
    b: Floats

    def below(self, share: Floats) -> Floats:
        """Their distribution functions; those without spread jump at their mean."""
        is_point = (self.a <= 0) | (self.b <= 0)
        a, b = np.where(is_point, 1, self.a), np.where(is_point, 1, self.b)
        return np.where(is_point, share >= self.mean, betainc(a, b, share)).astype(float)


@dataclass(frozen=True)
class Cell:
    """Sessions from which the same queues draw, and how many of the drawn ones were read and judged."""

    sessions: int
    sampled: int

    @property
    def reads(self) -> float:
        """What the judged ones are worth: more than their number where few are left unread, infinite where none."""
        unread = self.sessions - self.sampled
        return self.sampled * (self.sessions - 1) / unread if unread > 0 else math.inf


@dataclass(frozen=True)
class Share:
    """An estimated share of all sessions, 0..1, with its 95 % interval and all that it is based on.

    `found` of `reviewed` sessions have the property, however these were chosen; `sampled` were drawn at random and
    judged, and stand for the `frame`, a number of sessions. Without an estimate the three shares are None.
    """

    found: int
    reviewed: int
    sampled: int
    frame: int
    estimate: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def words(self) -> str:
        """For example: about 2.1 % of sessions (0.9–4.0); or why there is no number."""
        if self.estimate is None or self.low is None or self.high is None:
            return too_few(self.sampled)
        if self.low == self.high:
            return f"{percent(self.estimate)} % of sessions"
        return f"about {percent(self.estimate)} % of sessions ({percent(self.low)}–{percent(self.high)})"

    @property
    def sentence(self) -> str:
        """In 14 of 220 reviewed; about 2.1 % of sessions (0.9–4.0)."""
        return f"In {self.found:,} of {self.reviewed:,} reviewed; {self.words}."

    @property
    def basis(self) -> str:
        """How it was computed, for whoever asks."""
        if self.estimate is None:
            return f"A share of all sessions is told once {FEWEST} that were drawn at random are judged."
        return (
            f"Estimated for {self.frame:,} sessions from {self.sampled:,} of them, drawn at random and judged. "
            "In 95 of 100 such estimates the true share lies within the range."
        )


def too_few(sampled: int) -> str:
    """Why there is no number."""
    if not sampled:
        return "none read at random yet, so no share of all sessions is known"
    return f"only {sampled} read at random, too few to tell the share of all sessions"


def percent(share: float) -> str:
    """A share in percent: one digit after the point below 10, none from there on, two where one would say 0.0."""
    value = 100 * share
    if 0 < value < 0.05:  # noqa: PLR2004 # what one digit shows as nothing
        return f"{max(value, 0.01):.2f}"
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"  # noqa: PLR2004 # from there on it says 10


def estimate_shares(
    cells: Sequence[Cell], sampled: Sequence[Sequence[int]], known: Sequence[tuple[int, int]]
) -> list[Share]:
    """The shares of several properties at once.

    `sampled[p][c]`: how many of cell c's judged drawn sessions have property p. `known[p]`: how many of all judged
    sessions of the frame have it, and how many of these there are. A cell with no judged drawn session is outside it.
    """
    read = [place for place, cell in enumerate(cells) if cell.sampled]
    used = [cells[place] for place in read]
    basis = {"sampled": sum(cell.sampled for cell in used), "frame": sum(cell.sessions for cell in used)}
    plain = [Share(found, reviewed, **basis) for found, reviewed in known]
    if not plain or worth(used) < FEWEST:
        return plain
    counts = np.array([[row[place] for place in read] for row in sampled], float)
    sessions, judged = np.array([[cell.sessions, cell.sampled] for cell in used], float).T
    found = intervals(sessions, judged, counts).tolist()
    return [_within(share, *limits) for share, limits in zip(plain, found, strict=True)]


def worth(cells: Sequence[Cell]) -> float:
    """How many reads of a plain sample the weighted ones are worth (Kish's effective size)."""
    total = sum(cell.sessions for cell in cells)
    lost = sum((cell.sessions / total) ** 2 / cell.reads for cell in cells)
    return 1 / lost if lost else math.inf if cells else 0.0


def _within(share: Share, estimate: float, low: float, high: float) -> Share:
    """What is known for certain bounds the share: confirmed sessions have it, cleared ones have not."""
    least, most = share.found / share.frame, (share.frame - share.reviewed + share.found) / share.frame
    # The share of a number of sessions is a whole number of them.
    low = max(least, math.floor(low * share.frame + ROUNDING) / share.frame)
    high = min(most, math.ceil(high * share.frame - ROUNDING) / share.frame)
    return replace(share, estimate=min(max(estimate, least), most), low=low, high=max(low, high))


def plain_interval(found: float, judged: float) -> tuple[float, float, float]:
    """Share, low and high of `found` among `judged` that many more like them could follow; judged is above 0.

    Both may be fractions, which `wilson` knows nothing of: it is for what was plainly counted.
    """
    estimate, low, high = intervals(np.array([EVER_MORE]), np.array([judged]), np.array([[found]]))[0]
    return float(estimate), float(low), float(high)


def intervals(sessions: Floats, sampled: Floats, found: Floats) -> Floats:
    """Estimate, low and high of each row, rows × 3. By cell, in columns: its sessions, those judged, those found so."""
    weights = sessions / sessions.sum(axis=-1, keepdims=True)
    unread = np.maximum(sessions - sampled, 0)
    reads = np.where(unread > 0, sampled * (sessions - 1) / np.where(unread > 0, unread, 1), np.inf)
    shares = found / sampled
    weights, reads, shares = np.broadcast_arrays(weights, reads, shares)
    lower, upper = (_believed(weights, reads, shares, extra) for extra in (0, 1))
    limits = [_solve(lower, upper, at) for at in ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)]
    return np.stack([(shares * weights).sum(axis=-1), *limits], axis=-1)


def _believed(weights: Floats, reads: Floats, shares: Floats, extra: int) -> Beta:
    """The weighted sum, if the next read of the cell that weighs most were found so (`extra` 1), or not (0)."""
    heaviest = np.arange(weights.shape[-1]) == np.argmax(weights / reads, axis=-1, keepdims=True)
    next_ = np.where(heaviest & np.isfinite(reads), 1 / (reads + 1), 0)
    means = shares + (extra - shares) * next_
    spreads = means * (1 - means) / (reads + 1 + (next_ > 0))
    return _match((means * weights).sum(axis=-1), (spreads * weights**2).sum(axis=-1))


def _match(mean: Floats, variance: Floats) -> Beta:
    """The beta distribution of this mean and variance; both parameters are 0 where it is the one point `mean`."""
    size = np.where(variance > 0, mean * (1 - mean) / np.where(variance > 0, variance, 1) - 1, 0)
    return Beta(mean, mean * size, (1 - mean) * size)


def _solve(lower: Beta, upper: Beta, at: float) -> Floats:
    """Where the mean of both distribution functions is `at`: mid-P. By halving, which cannot fail."""
    least, most = np.zeros_like(lower.mean), np.ones_like(lower.mean)
    for _ in range(HALVINGS):
        middle = (least + most) / 2
        is_below = (lower.below(middle) + upper.below(middle)) / 2 < at
        least, most = np.where(is_below, middle, least), np.where(is_below, most, middle)
    return np.where(least == 0, 0.0, np.where(most == 1, 1.0, (least + most) / 2))
