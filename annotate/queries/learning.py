"""What a project's reviews have taught its ranking, as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

from accounts.models import Project
from annotate.models import Outcome, PriorityModel, Review
from annotate.priority import PRIOR, Model, in_words
from annotate.priority.features import SEGMENT, is_coordinate
from annotate.priority.model import BIAS
from annotate.priority.telling import Plot, effect_in_words, plot_of, range_in_words, times
from annotate.queries.evidence import model_of
from traces.detectors import label_of

HISTORY = 20
MOST_SEGMENTS = 20
# An effect on the odds below this is not worth a row for a segment.
LEAST_TOLD = 0.1
NO_WORDS = {"thanked": "the user said thank you"}
REPORTS = (("all", "All reviews"), ("random", "Reviews of the random sample"))
# The plot of reliability, in units of its viewBox.
ORIGIN_X, ORIGIN_Y, SIDE = 40, 260, 250


@dataclass(frozen=True)
class WeightRow:
    """One feature: what it does to the odds of failure now, what we began with, and from how many reviews that is."""

    name: str
    label: str
    effect: str
    likely: str
    began: str
    reviews: int
    plot: Plot
    is_signal: bool


@dataclass(frozen=True)
class BinRow:
    """Reviews with like expectations: shares 0..1, and where they stand in a plot of 300 × 300."""

    expected: float
    seen: float
    low: float
    high: float
    reviews: int

    @property
    def x(self) -> float:
        return round(ORIGIN_X + SIDE * self.expected, 1)

    @property
    def y(self) -> float:
        return _up(self.seen)

    @property
    def y_low(self) -> float:
        return _up(self.low)

    @property
    def y_high(self) -> float:
        return _up(self.high)


@dataclass(frozen=True)
class Reliability:
    """Expected beside seen. `auc` is (area, low, high), None where it cannot be told."""

    title: str
    reviews: int
    failures: int
    auc: Sequence[float] | None
    bins: Sequence[BinRow]


@dataclass(frozen=True)
class Learned:
    """The page's content. `model` is None before reviews taught anything; `quiet` is the chance where nothing fired.

    `weights` are those that reviews say something about (all of them before the first), `untaught` the others.
    """

    model: PriorityModel | None
    history: Sequence[PriorityModel]
    judged: int
    quiet: float
    weights: Sequence[WeightRow]
    untaught: Sequence[WeightRow]
    segments: Sequence[WeightRow]
    reliability: Sequence[Reliability]

    @property
    def has_older(self) -> bool:
        """Whether there were models before those of the history."""
        return bool(self.history) and self.history[-1].number > 1


def learned(project: Project) -> Learned:
    """Two queries."""
    history = list(PriorityModel.objects.filter(project=project).order_by("-number")[:HISTORY])
    row = history[0] if history else None
    model, report = model_of(row), row.report if row else {}
    told = [name for name in model.weights if name != BIAS and not is_coordinate(name)]
    rows = [_row(name, model, report.get("reviews", {})) for name in told]
    rows.sort(key=lambda one: (-abs(model.weight(one.name)), one.name))
    standing = Review.objects.filter(project=project, withdrawn_at=None, is_gold=False)
    judged = standing.exclude(outcome=Outcome.UNKNOWN)
    return Learned(
        model=row,
        history=history,
        judged=judged.count(),
        quiet=1 / (1 + exp(-model.weight(BIAS))),
        weights=[one for one in rows if SEGMENT not in one.name and (one.reviews or row is None)],
        untaught=[one for one in rows if SEGMENT not in one.name and not one.reviews and row is not None],
        segments=[one for one in rows if SEGMENT in one.name and _tells(model, one)][:MOST_SEGMENTS],
        reliability=[_reliability(title, report.get(name, {})) for name, title in REPORTS if _has_bins(report, name)],
    )


def _has_bins(report: Mapping[str, Any], name: str) -> bool:
    return bool(report.get(name, {}).get("bins"))


def _reliability(title: str, report: Mapping[str, Any]) -> Reliability:
    bins = [
        BinRow(one["expected"], one["failures"] / one["reviews"], one["low"], one["high"], one["reviews"])
        for one in report["bins"]
    ]
    return Reliability(title, report["reviews"], report["failures"], report["auc"], bins)


def _up(share: float) -> float:
    return round(ORIGIN_Y - SIDE * share, 1)


def _tells(model: Model, row: WeightRow) -> bool:
    return abs(model.weight(row.name)) >= LEAST_TOLD


def _row(name: str, model: Model, reviews: Mapping[str, int]) -> WeightRow:
    now, began = model.believed(name), PRIOR.believed(name)
    is_signal = SEGMENT not in name and not in_words(name) and name not in NO_WORDS
    return WeightRow(
        name=name,
        label=_label(name, is_signal=is_signal),
        effect=effect_in_words(now[0]),
        likely=range_in_words(*now),
        began=times(began[0]),
        reviews=reviews.get(name, 0),
        plot=plot_of(now, began),
        is_signal=is_signal,
    )


def _label(name: str, *, is_signal: bool) -> str:
    """A signal by its name, a segment as "Workflow: refunds", a number of a session's shape as a phrase."""
    family, _, member = name.partition(SEGMENT)
    if member:
        return f"{family.capitalize()}: {member}"
    words = label_of(name) if is_signal else in_words(name) or NO_WORDS[name]
    return words[:1].upper() + words[1:]
