"""The geometry of small charts: numbers in, rectangles out. As SVG they need no script and no inline style."""

from collections.abc import Sequence
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
