"""Where a tool was asked the same again: whether it answered the same, and if not, what is different."""

import difflib
import re
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from traces.answers import clip
from traces.records import TOOL, StepFacts
from traces.sameness import asked_of, near

# A call comes back soon; and a page is no place for the whole of a long comparison.
COMPARED_WITH = 12
MOST_LINES = 200
SHOWN_LINES = 24
LINE = 300
# What one session's comparisons may cost: beyond it only "another answer than step 6" is told.
MOST_COMPARED = 20_000
SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
KINDS = {" ": "same", "+": "new", "-": "gone"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison. `kind`: gone (only the earlier answer has it), new, same, or skip (lines left out)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """An earlier call of the same, its `position`, and how the answers compare.

    `is_exact` tells the same arguments from nearly the same. `lines` is empty where the answers are the same, and where
    what differs is too long to be compared; `is_cut` says that more of it differs than is shown.
    """

    position: int
    is_same: bool
    is_exact: bool
    lines: tuple[Line, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Call:
    position: int
    arguments: str
    asked: Any
    answer: str


class Repeats:
    """Reads the steps of one session in their order, and tells of each which earlier one it repeats."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[_Call]] = defaultdict(lambda: deque(maxlen=COMPARED_WITH))
        self._left = MOST_COMPARED

    def of(self, step: StepFacts, answer: str) -> Repeat | None:
        """What the step repeats; `answer` is its result as it is shown. None for what is no call or new."""
        if step.role != TOOL or step.by_user or not answer.strip():
            return None
        call = _Call(step.position, step.arguments.strip(), asked_of(step), answer.strip())
        earlier = self._earlier(step.name, call)
        self._calls[step.name].append(call)
        return None if earlier is None else self._compared(earlier, call)

    def _earlier(self, name: str, call: _Call) -> _Call | None:
        """The last one that asked the same; of those that gave this very answer, the first."""
        alike = [held for held in self._calls[name] if near(held.asked, call.asked)]
        same = [held for held in alike if held.answer == call.answer]
        return same[0] if same else (alike[-1] if alike else None)

    def _compared(self, earlier: _Call, call: _Call) -> Repeat:
        is_exact = earlier.arguments == call.arguments
        if earlier.answer == call.answer:
            return Repeat(earlier.position, is_same=True, is_exact=is_exact)
        one, other = _differing(_lines(earlier.answer), _lines(call.answer))
        self._left -= len(one) + len(other)
        if max(len(one), len(other)) > MOST_LINES or self._left < 0:
            return Repeat(earlier.position, is_same=False, is_exact=is_exact)
        lines = tuple(islice(_difference(one, other), SHOWN_LINES + 1))
        return Repeat(earlier.position, False, is_exact, lines[:SHOWN_LINES], len(lines) > SHOWN_LINES)


def _lines(answer: str) -> list[str]:
    """Lines of a text; of one that is written on, its sentences."""
    lines = answer.splitlines()
    return lines if len(lines) > 1 else SENTENCE_END.split(answer)


def _differing(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    """Both without what they begin and end with alike, except the line next to what differs, which is shown with it."""
    begin = _alike(one, other)
    end = _alike(one[begin:][::-1], other[begin:][::-1])
    before, after = max(begin - 1, 0), max(end - 1, 0)
    return one[before : len(one) - after], other[before : len(other) - after]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((count for count, (line, its) in pairs if line != its), min(len(one), len(other)))


def _difference(one: Sequence[str], other: Sequence[str]) -> Iterator[Line]:
    """What differs, each with a line before and after it."""
    found = difflib.unified_diff(one, other, n=1, lineterm="")
    for place, line in enumerate(islice(found, 2, None)):  # the first two lines name files
        if line.startswith("@@"):
            if place:
                yield Line("skip", "…")
        else:
            yield Line(KINDS[line[0]], _clipped(line[1:]))


def _clipped(line: str) -> str:
    """A line with its indent, at most 300 characters."""
    indent = line[: len(line) - len(line.lstrip())][:LINE]
    return indent + clip(line, LINE)
