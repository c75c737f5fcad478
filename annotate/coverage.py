"""When to stop reading: how often a review still shows something new, and how much nobody has seen yet. Pure.

*Kinds* are what reviews find, failure types or issues. A *find* is one kind in one session; a kind told twice of one
session is one find. All reviews count, those of ranked sessions too, so that everything here speaks of reading on
*in the same way*.

**Unseen mass**: the share of finds whose kind was found just once estimates the chance that the next find is of a kind
nobody has seen: f1 / n (Good 1953, after Turing). Its variance is (f1 (1 - f1 / n) + 2 f2) / n² (Esty 1983), f2 kinds
found twice. The normal interval that goes with it fails where nearly all was found once, or nothing. So the variance is
also turned into the number of plain draws that would be as uncertain, these have the interval of
`estimation.plain_interval`, and the wider end of both counts.

**Kinds in all**: at least S + f1 (f1 - 1) / (2 (f2 + 1)), S kinds seen (Chao 1984, bias-corrected). A lower bound:
kinds too rare to be met leave no trace.
"""

import math
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass

from annotate.estimation import percent, plain_interval
from common.intervals import Z95

STRIDE = 25  # reviews
FEWEST_FINDS = 10  # fewer say nothing about what was not seen
STILL_TEACHES = 0.02
ROUNDS_TOLD = 3


@dataclass(frozen=True)
class Unseen:
    """The chance 0..1 that the next find is of a kind nobody has seen, with a 95 % interval; None for too few finds."""

    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Saturation:
    """How reading has gone on. `points`: (reviews read, kinds seen by then), after every 25 and at the end.

    `new_per_25`: (reviews read, kinds that these last 25 showed for the first time), full twenty-fives only.
    `at_least`: how many kinds there are, seen or not, at the least; None where too few finds say nothing.
    `noun`: what a kind is called, such as failure type.
    """

    reviews: int
    finds: int
    kinds: int
    points: list[tuple[int, int]]
    new_per_25: list[tuple[int, int]]
    unseen: Unseen
    at_least: int | None
    noun: str

    @property
    def words(self) -> str:
        """About 1 in 12 further failures would belong to a kind nobody has seen yet. Reading on still teaches."""
        return f"{_chance(self.unseen, self.noun)} {_advice(self.unseen)}".strip()

    @property
    def news(self) -> str:
        """Reviews 26 to 50 showed 4 new kinds, 51 to 75 showed 1, 76 to 100 showed 0. Blank before there are any."""
        rounds = self.new_per_25[-ROUNDS_TOLD:]
        if not (rounds and self.kinds):
            return ""
        told = [f"{end - STRIDE + 1:,} to {end:,} showed {new:,}" for end, new in rounds]
        told[0] += f" new {self.noun}{'' if rounds[0][1] == 1 else 's'}"
        return f"Reviews {', '.join(told)}."


def saturate(found: Sequence[Collection[Hashable]], noun: str = "kind") -> Saturation:
    """What each review found, in the order of reading; a review that found nothing counts as read."""
    counts = Counter(kind for kinds in found for kind in set(kinds))
    seen = kinds_seen(found)
    ends = [*range(STRIDE, len(found) + 1, STRIDE)]
    marks = [0, *(seen[end - 1] for end in ends)]
    points = [(0, 0), *zip(ends, marks[1:], strict=True)]
    if len(found) % STRIDE:
        points.append((len(found), seen[-1]))
    enough = counts.total() >= FEWEST_FINDS
    return Saturation(
        reviews=len(found),
        finds=counts.total(),
        kinds=len(counts),
        points=points if found else [],
        new_per_25=[(end, after - before) for end, before, after in zip(ends, marks, marks[1:], strict=False)],
        unseen=unseen_mass(counts.values()) if enough else Unseen(),
        at_least=round(kinds_at_least(counts.values())) if enough else None,
        noun=noun,
    )


def kinds_seen(found: Iterable[Collection[Hashable]]) -> list[int]:
    """How many kinds were seen after each review."""
    seen: set[Hashable] = set()
    sizes = []
    for kinds in found:
        seen.update(kinds)
        sizes.append(len(seen))
    return sizes


def unseen_mass(counts: Collection[int]) -> Unseen:
    """The Good-Turing estimate. `counts`: how often each kind was found, 1 or more."""
    total, once, twice = sum(counts), _found(counts, 1), _found(counts, 2)
    if not total:
        return Unseen()
    # Half a kind more: without singletons the variance would be that of certainty.
    spread = (once + 0.5) * (1 - once / (total + 1))
    draws = total * spread / (spread + 2 * twice)
    share = once / total
    _, low, high = plain_interval(share * draws, draws)
    reach = Z95 * math.sqrt(once * (1 - share) + 2 * twice) / total
    return Unseen(share, max(0.0, min(low, share - reach)), min(1.0, max(high, share + reach)))


def kinds_at_least(counts: Collection[int]) -> float:
    """Chao's lower bound for the number of kinds, seen or not."""
    once, twice = _found(counts, 1), _found(counts, 2)
    return len(counts) + once * (once - 1) / (2 * (twice + 1))


def _found(counts: Iterable[int], times: int) -> int:
    return sum(count == times for count in counts)


def _chance(unseen: Unseen, noun: str) -> str:
    one = f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
    if unseen.share is None or unseen.high is None:
        return f"What nobody has seen yet can be told once {FEWEST_FINDS} failures belong to {one}."
    if unseen.share == 0:
        limit = percent(unseen.high)
        return f"Every {noun} was met more than once: at most {limit} % of further failures belong to a new one."
    one_in = round(1 / unseen.share)
    how_many = "Nearly every further failure" if one_in == 1 else f"About 1 in {one_in:,} further failures"
    return f"{how_many} would belong to {one} nobody has seen yet."


def _advice(unseen: Unseen) -> str:
    if unseen.share is None or unseen.high is None:
        return ""
    if unseen.share >= STILL_TEACHES:
        return "Reading on still teaches."
    if unseen.high >= STILL_TEACHES:
        return "Reading on may still teach."
    return "Reading on in the same way teaches little that is new."
