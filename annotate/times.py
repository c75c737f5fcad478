"""Where the time of reviews goes: what reviewers wait and enter, apart from what they read."""

from collections.abc import Collection
from dataclasses import dataclass
from math import ceil
from statistics import median

# Fewer say nothing yet about what is usual.
FEWEST = 5
NEARLY_ALL = 0.95
# An hour: beyond it somebody was away from an open page. Such times are kept out, not cut.
LONGEST_MS = 3_600_000


@dataclass(frozen=True)
class Times:
    """The milliseconds of one review as a browser measured them; `waiting_ms` is None where it cannot know."""

    waiting_ms: int | None
    reading_ms: int
    entering_ms: int


@dataclass(frozen=True)
class Overhead:
    """What a review costs besides reading, in milliseconds: the middle one, and what 19 of 20 stay within."""

    reviews: int
    median_ms: int
    p95_ms: int


def overhead_of(spans: Collection[int]) -> Overhead | None:
    """The overhead of reviews that each cost these milliseconds; None while fewer than 5 were measured."""
    if len(spans) < FEWEST:
        return None
    in_order = sorted(spans)
    return Overhead(len(in_order), round(median(in_order)), in_order[ceil(NEARLY_ALL * len(in_order)) - 1])
