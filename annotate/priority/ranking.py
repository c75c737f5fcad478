"""The work order: the best ranked first, each pick making its neighbours less wanted, the random sample in between."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from annotate.priority.worth import Matrix, Vector, nearness

# At most so many are compared with each other: the far end of a longer queue is reached when the front is read.
COMPARED = 1_000
# What the neighbours of what was picked keep of their value at least; so many picks just like one take half the rest.
LEAST_KEPT = 0.5
HALVED_BY = 2.0
# Between two that are equal, so that their order is a number, and the same for everyone.
STEP = 1e-6
ALMOST_ONE = 1 - 1e-9


@dataclass(frozen=True)
class Ranked:
    """Ranked items, by id, with their worth (n) and what they look like (n, dimensions)."""

    ids: Sequence[int]
    worth: Vector
    looks: Matrix


@dataclass(frozen=True)
class Drawn:
    """Items of the random sample in their reading order; the share they are to have; the places they are owed."""

    ids: Sequence[int] = field(default_factory=list)
    share: float = 0.0
    owed: float = 0.0


def work_order(ranked: Ranked, drawn: Drawn) -> dict[int, float]:
    """The value of each item in the work order: highest first, no two the same."""
    values = diversified(ranked)
    order = interleaved(list(values), drawn)
    return _spread(order, values)


def diversified(ranked: Ranked) -> dict[int, float]:
    """Item ids in the order of picking, each with what its review is worth when all before it are read.

    Greedy: the most wanted is picked, and its neighbours are wanted less. Of equals the lower id comes first.
    """
    by_id = sorted(range(len(ranked.ids)), key=lambda place: ranked.ids[place])
    front = sorted(by_id, key=lambda place: -ranked.worth[place])
    compared, rest = sorted(front[:COMPARED], key=lambda place: ranked.ids[place]), front[COMPARED:]
    values: dict[int, float] = {}
    last = float("inf")
    for place, value in [*_picked(ranked, compared), *((place, ranked.worth[place]) for place in rest)]:
        last = min(round(float(value), 6), last - STEP)
        values[ranked.ids[place]] = last
    return values


def _picked(ranked: Ranked, places: list[int]) -> list[tuple[int, float]]:
    """The places in the order of picking, with their value at that time."""
    worth = ranked.worth[places].astype(np.float32)
    near = nearness(ranked.looks[places], ranked.looks[places])
    near /= HALVED_BY
    crowd = np.ones(len(places), dtype=np.float32)
    wanted = worth.copy()
    picked = []
    for _ in places:
        best = int(wanted.argmax())
        picked.append((places[best], float(wanted[best])))
        crowd += near[best]
        worth[best] = -np.inf
        wanted = (1 - LEAST_KEPT) / crowd
        wanted += LEAST_KEPT
        wanted *= worth
    return picked


def owed(*, share: float, taken: int, drawn: int) -> float:
    """How many places the sample is behind, 0..1, when of `taken` items that were read so far `drawn` were of it."""
    return max(0.0, min(1.0, share * taken - drawn))


def interleaved(ranked: Sequence[int], drawn: Drawn) -> list[int]:
    """All ids in the order of work: of every front part the sample has its share, while there are enough of both."""
    order: list[int] = []
    others, sample, credit = deque(ranked), deque(drawn.ids), drawn.owed
    while others and sample:
        credit += drawn.share
        is_due = credit >= ALMOST_ONE
        order.append((sample if is_due else others).popleft())
        credit -= is_due
    return [*order, *others, *sample]


def _spread(order: Sequence[int], values: dict[int, float]) -> dict[int, float]:
    """A number for each id, falling along the order, that leaves the ranked where their own values are."""
    numbers: dict[int, float] = {}
    between: list[int] = []
    above: float | None = None
    for one in order:
        if one not in values:
            between.append(one)
            continue
        numbers |= _placed(between, above, values[one])
        numbers[one] = above = values[one]
        between = []
    return numbers | _placed(between, above, None)


def _placed(ids: Sequence[int], above: float | None, below: float | None) -> dict[int, float]:
    if above is not None and below is not None:
        gap = (above - below) / (len(ids) + 1)
        return {one: above - gap * place for place, one in enumerate(ids, start=1)}
    top = above if above is not None else (below or 0) + STEP * (len(ids) + 1)
    return {one: top - STEP * place for place, one in enumerate(ids, start=1)}
