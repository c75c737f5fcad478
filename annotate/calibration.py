"""When a reviewer is given a session to be measured by, and what the measurements say. Pure.

**When**: whether the n-th session that a person opens in a queue is a settled or a repeated one is said by a keyed hash
of queue, person and n. So it is the same however often it is asked, it keeps to the queue's shares in the long run, and
nobody without the key can tell which one it will be.

**What it says**: a person's *true-positive rate* is how many of the failures that a lead settled they called one; their
*true-negative rate* is how many of the successes they called one. "Can't tell" is neither: it counts as not found.
Each is a plain count with Wilson's interval.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from common.intervals import wilson

FAILURE, SUCCESS = "failure", "success"
GOLD, REPEAT = "gold", "repeat"
FEWEST = 5  # of fewer a share is not told
NEAR = 2  # steps


def dealt(key: bytes, queue: int, person: int, number: int) -> tuple[float, float]:
    """Two numbers in [0, 1): what the person's session of this number in the queue is, and which one it is."""
    digest = hashlib.blake2b(f"{queue}:{person}:{number}".encode(), key=key[:64], digest_size=16).digest()
    first, second = (int.from_bytes(part, "big") / 2**64 for part in (digest[:8], digest[8:]))
    return first, second


def kind_of(chance: float, gold_share: float, repeat_share: float) -> str:
    """GOLD, REPEAT or "", each in its share of all sessions."""
    if chance < gold_share:
        return GOLD
    return REPEAT if chance < gold_share + repeat_share else ""


@dataclass(frozen=True)
class Rate:
    """How many of how many, with the 95 % interval of the share. Fewer than 5 are not told as a share."""

    found: int
    of: int

    @property
    def share(self) -> float | None:
        return self.found / self.of if self.of >= FEWEST else None

    @property
    def low(self) -> float:
        return wilson(self.found, self.of)[0]

    @property
    def high(self) -> float:
        return wilson(self.found, self.of)[1]


@dataclass(frozen=True)
class Said:
    """One judgement. `types` and `roots` are of its failures: names, and positions of steps."""

    outcome: str
    types: frozenset[str] = frozenset()
    roots: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Measured:
    """A judgement beside what it is measured by: a lead's settlement (GOLD) or the person's own before (REPEAT)."""

    kind: str
    on: date
    now: Said
    standard: Said

    @property
    def is_same(self) -> bool:
        return self.now.outcome == self.standard.outcome

    @property
    def both_failed(self) -> bool:
        return self.now.outcome == self.standard.outcome == FAILURE

    @property
    def same_type(self) -> bool | None:
        """Whether they name a failure type in common; None where one of them names none, or saw no failure."""
        if not (self.both_failed and self.now.types and self.standard.types):
            return None
        return bool(self.now.types & self.standard.types)

    @property
    def near_root(self) -> bool | None:
        """Whether they name first steps at most two apart; None where one of them knows none, or saw no failure."""
        if not (self.both_failed and self.now.roots and self.standard.roots):
            return None
        return any(abs(one - other) <= NEAR for one in self.now.roots for other in self.standard.roots)


@dataclass(frozen=True)
class Calibration:
    """What a person's measurements say. The last two are over gold and repeats, where both saw a failure."""

    true_positive: Rate
    true_negative: Rate
    consistency: Rate
    same_type: Rate
    near_root: Rate

    @property
    def measured(self) -> int:
        """How many sessions they were measured by."""
        return self.true_positive.of + self.true_negative.of + self.consistency.of


def calibration_of(told: Sequence[Measured]) -> Calibration:
    """All of it, of one person or of several together."""
    gold = [one for one in told if one.kind == GOLD]
    return Calibration(
        true_positive=_rate(one.is_same for one in gold if one.standard.outcome == FAILURE),
        true_negative=_rate(one.is_same for one in gold if one.standard.outcome == SUCCESS),
        consistency=_rate(one.is_same for one in told if one.kind == REPEAT),
        same_type=_rate(same for one in told if (same := one.same_type) is not None),
        near_root=_rate(near for one in told if (near := one.near_root) is not None),
    )


def _rate(answers: Iterable[bool]) -> Rate:
    given = list(answers)
    return Rate(sum(given), len(given))


@dataclass(frozen=True)
class Month:
    """How often a person said the same as the standard in one month."""

    first: date
    same: Rate


def by_month(told: Iterable[Measured], kind: str) -> list[Month]:
    """The months in which they were measured so, the oldest first."""
    months: dict[date, list[bool]] = {}
    for one in told:
        if one.kind == kind:
            months.setdefault(one.on.replace(day=1), []).append(one.is_same)
    return [Month(first, _rate(months[first])) for first in sorted(months)]
