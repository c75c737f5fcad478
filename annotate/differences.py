"""How far judgements of one session differ, for a lead who settles the worst first. Pure."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

FAILURE, SUCCESS, UNKNOWN = "failure", "success", "unknown"
OUTCOMES = {FAILURE: "failure", SUCCESS: "success", UNKNOWN: "can't tell"}
# Who reads closely still names a neighbour of the step that another names; that needs nobody to settle it.
NEAR = 2
# The same of an answer on a scale, as a part of its length: 4 and 5 of 1 to 5 are as good as one.
NEAR_ON_SCALE = 0.25


class Kind(IntEnum):
    """In what they differ, the worst last."""

    ANSWER = 1
    ROOT_STEP = 2
    FAILURE_TYPE = 3
    UNSURE = 4
    OUTCOME = 5


LABELS = {
    Kind.OUTCOME: "Success or failure",
    Kind.UNSURE: "Some can't tell",
    Kind.FAILURE_TYPE: "Kind of failure",
    Kind.ROOT_STEP: "Where it went wrong",
    Kind.ANSWER: "An answer",
}


class Answer(NamedTuple):
    """What one person answered to a question: the labels that they chose; on a scale also its place there, 0 to 1."""

    question: str
    labels: tuple[str, ...]
    place: float | None = None

    @property
    def words(self) -> str:
        return ", ".join(self.labels)


NO_ANSWERS: Mapping[Hashable, Answer] = MappingProxyType({})


class Judgement(NamedTuple):
    """What one person said of the session.

    `root` is the position of the earliest step that went wrong, if known; `answers` are by what makes them comparable.
    """

    outcome: str
    types: frozenset[str] = frozenset()
    root: int | None = None
    answers: Mapping[Hashable, Answer] = NO_ANSWERS


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
    return _of_outcome(told) or _of_types(told) or _of_steps(told) or _of_answers(told)


def _of_outcome(told: Sequence[Judgement]) -> Difference | None:
    counts = Counter(one.outcome for one in told)
    if len(counts) <= 1:
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


def _of_answers(told: Sequence[Judgement]) -> Difference | None:
    """The question whose answers lie furthest apart."""
    given: dict[Hashable, list[Answer]] = {}
    for one in told:
        for meaning, answer in one.answers.items():
            given.setdefault(meaning, []).append(answer)
    found = [difference for answers in given.values() if (difference := _of_question(answers))]
    return max(found, key=lambda difference: difference.weight, default=None)


def _of_question(answers: Sequence[Answer]) -> Difference | None:
    apart = max((_apart(one, other) for one, other in combinations(answers, 2)), default=0)
    if apart <= NEAR_ON_SCALE:
        return None
    said = Counter(answer.words for answer in answers)
    words = " or ".join(sorted(said, key=lambda words: (-said[words], words)))
    return Difference(Kind.ANSWER, apart, f"“{answers[0].question}” {words}")


def _apart(one: Answer, other: Answer) -> float:
    """How far apart, 0 to 1: on a scale by their places, else as labels of which two people share one or none."""
    if one.place is not None and other.place is not None:
        return abs(one.place - other.place)
    return 0 if set(one.labels) & set(other.labels) else 1
