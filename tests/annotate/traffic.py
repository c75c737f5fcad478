"""Made-up traffic of known prevalence, read through queues that prefer what looks bad: for tests of honest numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotate.estimation import ROUNDING, Floats, intervals

LIFT = 1.2  # how many standard deviations higher failures score: an AUC of 0.80
NARROW = (
    0.3  # the share of sessions that the second queue's filter lets through, where failures are three times as common
)
OFFSET = 0.37
Places = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Reading:
    """How a queue was read: `ranked` sessions were chosen between two draws, and a share `read` of the drawn ones."""

    first: float  # sessions below this draw were drawn before any was chosen
    then: float  # and later those below this one
    ranked: int
    read: float = 1.0
    opened: int = 0  # so many drawn ones were opened by their address before, the worst looking first
    knows_turns: bool = True  # whether what was opened like that is told from what was read in its turn


@dataclass(frozen=True)
class Traffic:
    """Sessions with a share of failures, and one queue over all of them or a second one over a part of them, too."""

    sessions: int
    prevalence: float
    queues: Sequence[Reading] = field(default_factory=lambda: [Reading(0.1, 0.2, 300)])
    unknown: float = 0.1  # share that reviewers skip or cannot tell
    old: float = 0.0  # share of which only the judged are left
    leaves_out_old: bool = True


@dataclass(frozen=True)
class Coverage:
    """Of many runs: how often the interval held the true share, lay above and below it, and the estimate's mean error.

    `naive`: how often the interval of the raw share of everything that was reviewed held it.
    """

    covered: float
    above: float
    below: float
    error: float
    naive: float
    sampled: float


def coverage(traffic: Traffic, *, runs: int = 1000, seed: int = 1) -> Coverage:
    """Reads the traffic again and again, each time another."""
    dice = np.random.default_rng(seed)
    truth, sessions, sampled, found, raw = zip(*(_run(traffic, dice) for _ in range(runs)), strict=True)
    true, frame = np.array(truth), np.array(sessions, float).sum(axis=1)
    estimate, low, high = intervals(*(np.array(each, float) for each in (sessions, sampled, found))).T
    low, high = np.floor(low * frame + ROUNDING) / frame, np.ceil(high * frame - ROUNDING) / frame
    above, below = low > true + ROUNDING, high < true - ROUNDING
    reviewed, failed = np.array(raw, float).T
    _, least, most = intervals(np.full((runs, 1), 1e9), reviewed[:, None], failed[:, None]).T
    return Coverage(
        covered=float(1 - (above | below).mean()),
        above=float(above.mean()),
        below=float(below.mean()),
        error=float((estimate - true).mean()),
        naive=float(((least <= true) & (true <= most)).mean()),
        sampled=float(np.array(sampled).sum(axis=1).mean()),
    )


def _run(traffic: Traffic, dice: np.random.Generator) -> tuple[float, list[int], list[int], list[int], tuple[int, int]]:
    """The true share, the sessions, judged drawn ones and failures among these of each cell, and the raw counts."""
    count = traffic.sessions
    narrow = dice.random(count) < NARROW
    odds = traffic.prevalence / (1 + 2 * NARROW) * np.where(narrow, 3, 1)
    failed = dice.random(count) < (odds if len(traffic.queues) > 1 else traffic.prevalence)
    score = dice.normal(size=count) + LIFT * failed
    draw, judged = dice.random(count), dice.random(count) >= traffic.unknown
    filters = [np.ones(count, bool), narrow][: len(traffic.queues)]
    seen, drawn = np.zeros(count, bool), np.zeros(count, bool)
    for number, (reading, matches) in enumerate(zip(traffic.queues, filters, strict=True)):
        read, reached = _read(reading, np.flatnonzero(matches), (draw + number * OFFSET) % 1, score)
        seen[read] = True
        drawn[reached] = True
    told_of, here = _kept(traffic, seen & judged)
    cells = [narrow, ~narrow] if len(filters) > 1 else [filters[0]]
    fair = drawn & seen & judged
    sizes, reads, hits = ([int((cell & rows & here).sum()) for cell in cells] for rows in (here, fair, fair & failed))
    raw = int((seen & judged).sum()), int((seen & judged & failed).sum())
    return float(failed[told_of].mean()), sizes, reads, hits, raw


def _kept(traffic: Traffic, judged: Bools) -> tuple[Bools, Bools]:
    """The sessions whose share is wanted, and those of them that are still there. The first ones are the old ones."""
    old = np.arange(traffic.sessions) < traffic.old * traffic.sessions
    if traffic.leaves_out_old:
        return ~old, ~old
    return np.ones(traffic.sessions, bool), ~old | judged


def _read(reading: Reading, sessions: Places, places: Floats, score: Floats) -> tuple[Places, Places]:
    """What was read of a queue's sessions, and those that stand no higher than the last that was read in its turn."""
    later = sessions[places[sessions] >= reading.first]
    ranked = _worst(later, score, reading.ranked)
    lane = np.setdiff1d(sessions[places[sessions] < reading.then], ranked)
    opened = _worst(lane, score, reading.opened)
    lane = np.setdiff1d(lane, opened)
    lane = lane[np.argsort(places[lane])][: round(len(lane) * reading.read)]
    counted = lane if reading.knows_turns else np.concatenate([lane, opened])
    reached = places[counted].max(initial=-1.0)
    return np.concatenate([ranked, opened, lane]), sessions[places[sessions] <= reached]


def _worst(sessions: Places, score: Floats, most: int) -> Places:
    return sessions[np.argsort(-score[sessions], kind="stable")[:most]]
