"""The geometry of small charts: numbers in, shapes out. As SVG they need no script and no inline style."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """One bar, in units of its chart's viewBox."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: float
    last: bool


def bars(values: Sequence[tuple[str, float]], *, width: float, height: float, gap: float = 0.2) -> list[Bar]:
    """Bars for (label, value) pairs, left to right, the highest touching the top. Zero is drawn as nothing."""
    if not values:
        return []
    pitch = width / len(values)
    highest = max(value for _, value in values) or 1
    return [
        Bar(
            x=round(index * pitch + pitch * gap / 2, 2),
            y=round(height - height * value / highest, 2),
            width=round(pitch * (1 - gap), 2),
            height=round(height * value / highest, 2),
            label=label,
            value=value,
            last=index == len(values) - 1,
        )
        for index, (label, value) in enumerate(values)
    ]


@dataclass(frozen=True)
class Interval:
    """A dot with its interval on a scale from 0, as x in units of its chart's viewBox."""

    dot: float
    low: float
    high: float

    @property
    def width(self) -> float:
        return round(self.high - self.low, 2)


def interval(value: float, low: float, high: float, *, most: float, width: float) -> Interval:
    """Where they stand when `most` is at the right end; what lies beyond an end is drawn at it."""

    def place(one: float) -> float:
        return round(width * min(max(one / most, 0), 1), 2) if most > 0 else 0

    return Interval(place(value), place(low), place(high))


@dataclass(frozen=True)
class TrendPoint:
    """A moment of a trend: its middle and the upper edge of its band; None where nothing is known then.

    `count` things are what the middle tells of, listed at `url`.
    """

    label: str
    middle: float | None
    high: float | None = None
    count: int = 0
    url: str = ""


@dataclass(frozen=True)
class Trend:
    """Lines and bands as SVG point lists, broken where nothing is known; `dots` are (x, y, point)."""

    lines: list[str]
    bands: list[str]
    dots: list[tuple[float, float, TrendPoint]]
    top: float
    xs: list[float]


def trend(points: Sequence[TrendPoint], *, width: float, height: float) -> Trend:
    """A line through the middles with a band up to the highs, left to right, the highest value touching the top."""
    top = max((value for one in points for value in (one.middle, one.high) if value is not None), default=0)
    step = width / max(1, len(points) - 1)
    xs = [round(index * step, 2) for index in range(len(points))]

    def y(value: float) -> float:
        return round(height - height * value / top, 2) if top > 0 else height

    runs = _runs(points)
    return Trend(
        lines=[" ".join(f"{xs[i]},{y(points[i].middle or 0)}" for i in run) for run in runs],
        bands=[_band(points, run, xs, y) for run in runs if all(points[i].high is not None for i in run)],
        dots=[(xs[i], y(points[i].middle or 0), points[i]) for run in runs for i in run],
        top=top,
        xs=xs,
    )


def _runs(points: Sequence[TrendPoint]) -> list[list[int]]:
    """Places of neighbours whose middle is known."""
    runs: list[list[int]] = [[]]
    for place, one in enumerate(points):
        if one.middle is not None:
            runs[-1].append(place)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _band(points: Sequence[TrendPoint], run: Sequence[int], xs: Sequence[float], y: Callable[[float], float]) -> str:
    """There along the highs and back along the middles."""
    there = [f"{xs[i]},{y(points[i].high or 0)}" for i in run]
    back = [f"{xs[i]},{y(points[i].middle or 0)}" for i in reversed(run)]
    return " ".join(there + back)
