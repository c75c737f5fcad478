"""The agent goes round in circles: the same call again and again, or the same few calls in turn.

What counts as nearly the same call, `traces.sameness` says.
"""

from collections.abc import Iterator
from typing import Any

from traces.answers import arguments_line, clip
from traces.records import TOOL, USER, Found, SessionFacts, StepFacts, Threshold
from traces.sameness import asked_of, near

VERSION = 3
LABELS = {"tool_loop": "Going in circles"}
ABOUT = {
    "tool_loop": "The same call, or the same few in turn, was made again and again without new words of the user.",
}
SAME_CALL = 4
CYCLE_ROUNDS = 3
CYCLE_LENGTHS = range(2, 5)
THRESHOLDS = {
    "same_calls": Threshold("How often the same call counts as a loop", SAME_CALL, 3, 50),
    "cycle_rounds": Threshold("How often the same few calls in turn count as a loop", CYCLE_ROUNDS, 2, 50),
}
STRONGEST_AT = 8
WEAKEST = 0.5
# A loop comes back soon. Comparing each call with all before it took 50 s for 4,000 different ones.
COMPARED_WITH = 40


def detect(
    session: SessionFacts, *, same_calls: float = SAME_CALL, cycle_rounds: float = CYCLE_ROUNDS
) -> Iterator[Found]:
    """At most one finding for each repeated call and each cycle, at the first repetition."""
    for calls in _stretches(session.steps):
        asked = [asked_of(call) for call in calls]
        repeated = list(_same_calls(calls, asked, same_calls))
        yield from repeated
        if not repeated:
            yield from _cycles(calls, asked, cycle_rounds)


def _stretches(steps: tuple[StepFacts, ...]) -> Iterator[list[StepFacts]]:
    """The agent's calls between one message of the user and the next."""
    calls: list[StepFacts] = []
    for step in steps:
        if step.role == USER:
            yield calls
            calls = []
        elif step.role == TOOL and not step.by_user:
            calls.append(step)
    yield calls


def _same_calls(calls: list[StepFacts], asked: list[Any], least: float) -> Iterator[Found]:
    groups: list[tuple[Any, list[StepFacts]]] = []
    for call, wanted in zip(calls, asked, strict=True):
        group = next((held for first, held in groups[-COMPARED_WITH:] if near(first, wanted)), None)
        if group is None:
            groups.append((wanted, [call]))
        else:
            group.append(call)
    for _, group in groups:
        if len(group) >= least:
            with_what = f" with {line}" if (line := clip(arguments_line(group[0].arguments), 100)) else ""
            words = f"“{group[0].name}” was called {len(group)} times{with_what}, without new input from the user."
            yield Found("tool_loop", group[1].key, _strength(len(group)), words)


def _cycles(calls: list[StepFacts], asked: list[Any], least: float) -> Iterator[Found]:
    start = 0
    while start < len(calls):
        length, rounds = _longest_cycle(asked, start, least)
        if rounds:
            names = " → ".join(call.name for call in calls[start : start + length])
            words = f"The same {length} calls ({names}) were made {rounds} times over, without new input from the user."
            yield Found("tool_loop", calls[start + length].key, _strength(length * rounds), words)
        start += max(1, length * rounds)


def _longest_cycle(asked: list[Any], start: int, least: float) -> tuple[int, int]:
    for length in CYCLE_LENGTHS:
        rounds = 1
        while _same_round(asked, start, start + rounds * length, length):
            rounds += 1
        if rounds >= least:
            return length, rounds
    return 0, 0


def _same_round(asked: list[Any], one: int, other: int, length: int) -> bool:
    if other + length > len(asked):
        return False
    return all(near(asked[one + step], asked[other + step]) for step in range(length))


def _strength(calls: int) -> float:
    return round(min(1.0, max(WEAKEST, WEAKEST + (1 - WEAKEST) * (calls - SAME_CALL) / (STRONGEST_AT - SAME_CALL))), 2)
