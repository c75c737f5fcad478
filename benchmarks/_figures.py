"""Figures of orders of review, each with its interval."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from benchmarks._learning import Flags, Learn, Numbers, Score, by_prior, cross_fitted, figures, weighted_figures
from benchmarks._sessions import Ranked
from common.intervals import wilson

LABELS = (25, 50, 100)
RESAMPLES = 1_000
MIDDLE_95 = (2.5, 97.5)
Figures = dict[str, Any]


def without_labels(sessions: Sequence[Ranked], score: Score, random: np.random.Generator) -> Figures:
    """Figures of one fixed order; intervals from resampling the sessions."""
    scores, failed = score(sessions), _failed(sessions)
    return _named(figures(scores, failed), _resampled([scores], failed, RESAMPLES, random), 0)


def with_labels(
    sessions: Sequence[Ranked], learn: Learn, seeds: int, random: np.random.Generator, *, queued: bool
) -> Figures:
    """Mean figures over seeds; intervals from resampling both the seeds and the sessions."""
    failed, found = _failed(sessions), Figures()
    drawn = [cross_fitted(sessions, LABELS, random, learn, queued=queued) for _ in range(seeds)]
    for labels, scores in zip(LABELS, zip(*drawn, strict=True), strict=True):
        each = [figures(one, failed) for one in scores]
        means = {name: float(np.mean([one[name] for one in each])) for name in each[0]}
        found |= _named(means, _resampled(scores, failed, RESAMPLES // seeds + 1, random), labels)
    return found


def _resampled(orders: Iterable[Numbers], failed: Flags, times: int, random: np.random.Generator) -> dict[str, Numbers]:
    """The figures of each order on sessions drawn anew with repetition, so many times."""
    even = np.full(len(failed), 1 / len(failed))
    found = [
        weighted_figures(scores, failed, random.multinomial(len(failed), even, size=times).astype(float))
        for scores in orders
    ]
    return {name: np.concatenate([one[name] for one in found]) for name in found[0]}


def _named(means: dict[str, float], resampled: dict[str, Numbers], labels: int) -> Figures:
    found: Figures = {}
    for name, mean in means.items():
        low, high = np.nanpercentile(resampled[name], MIDDLE_95)
        found[f"{name}_{labels}"] = round(mean, 3)
        found[f"{name}_{labels}_interval"] = [round(float(low), 3), round(float(high), 3)]
    return found


def by_file(sessions: Sequence[Ranked]) -> dict[str, Figures]:
    """Of each file by itself, before any label."""
    found: dict[str, Figures] = {}
    for source in dict.fromkeys(one.source for one in sessions):
        mine = [one for one in sessions if one.source == source]
        scores, failed = by_prior(mine), _failed(mine)
        found[source] = {"sessions": len(mine), "failed": int(failed.sum())}
        if 0 < failed.sum() < len(mine):
            found[source] |= {name: round(value, 3) for name, value in figures(scores, failed).items()}
    return found


def by_signal(sessions: Sequence[Ranked]) -> dict[str, Figures]:
    """Of each kind: in how many sessions it fired, how many of these failed, and what share of all failures that is."""
    failures = sum(one.failed for one in sessions)
    base = failures / len(sessions)
    kinds = {kind for one in sessions for kind in one.kinds}
    found = {kind: _of_signal([one for one in sessions if kind in one.kinds], failures, base) for kind in kinds}
    seen = _of_signal([one for one in sessions if one.kinds], failures, base) if kinds else {}
    return dict(sorted(found.items(), key=lambda item: -item[1]["fired"])) | {"any": seen}


def _of_signal(fired: Sequence[Ranked], failures: int, base: float) -> Figures:
    failed = sum(one.failed for one in fired)
    precision = failed / len(fired)
    return {
        "fired": len(fired),
        "failed": failed,
        "precision": round(precision, 3),
        "precision_interval": [round(end, 3) for end in wilson(failed, len(fired))],
        "recall": round(failed / failures, 3),
        "lift": round(precision / base, 2),
    }


def _failed(sessions: Sequence[Ranked]) -> Flags:
    return np.array([one.failed for one in sessions], dtype=bool)
