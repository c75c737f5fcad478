"""How far judgements of one session differ, for a lead who settles the worst first. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

FAILURE, SUCCESS, UNKNOWN = "failure", "success", "unknown"
OUTCOMES = {FAILURE: "failure", SUCCESS: "success", UNKNOWN: "can't tell"}
# Who reads closely still names a neighbour of the step that another names; that needs nobody to settle it.
NEAR = 2


class Kind(IntEnum):
    """In what they differ, the worst last."""

    ROOT_STEP = 1
    FAILURE_TYPE = 2
    UNSURE = 3
    OUTCOME = 4


LABELS = {
    Kind.OUTCOME: "Success or failure",
    Kind.UNSURE: "Some can't tell",
    Kind.FAILURE_TYPE: "Kind of failure",
    Kind.ROOT_STEP: "Where it went wrong",
}


class Judgement(NamedTuple):
    """What one person said of the session. `root` is the position of the earliest step that went wrong, if known."""

    outcome: str
    types: frozenset[str] = frozenset()
    root: int | None = None


@dataclass(frozen=True)
class Difference:
    """What judgements differ in most; `weight` grows with how evenly they are split."""

    kind: Kind
    weight: float
    words: str

    @property
    def label(self) -> str:
        return LABELS[self.kind]


def difference(told: Sequence[Judgement]) -> Difference | None:
    """The worst difference between two or more judgements of a session; None where they agree in what counts."""
    return _of_outcome(told) or _of_types(told) or _of_steps(told)


def _of_outcome(told: Sequence[Judgement]) -> Difference | None:
    counts = Counter(one.outcome for one in told)
    if len(counts) < 2:  # noqa: PLR2004  # it takes two to differ
        return None
    kind = Kind.OUTCOME if counts[FAILURE] and counts[SUCCESS] else Kind.UNSURE
    words = ", ".join(f"{counts[outcome]} × {words}" for outcome, words in OUTCOMES.items() if counts[outcome])
    return Difference(kind, 1 - max(counts.values()) / len(told), words)


def _of_types(told: Sequence[Judgement]) -> Difference | None:
    """Some two who named types named none in common."""
    named = [one.types for one in told if one.types]
    if not any(not one & other for one in named for other in named):
        return None
    kinds = Counter(frozenset(types) for types in named)
    words = " or ".join(", ".join(sorted(types)) for types in sorted(kinds, key=lambda types: (-kinds[types], *types)))
    return Difference(Kind.FAILURE_TYPE, 1 - max(kinds.values()) / len(named), words)


def _of_steps(told: Sequence[Judgement]) -> Difference | None:
    roots = sorted({one.root for one in told if one.root is not None})
    apart = roots[-1] - roots[0] if roots else 0
    if apart <= NEAR:
        return None
    return Difference(Kind.ROOT_STEP, apart, "step " + " or ".join(map(str, roots)))
