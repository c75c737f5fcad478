"""How the made-up people judge what several of them read: mostly alike, each with habits. Pure: always the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from annotate.told import Told
from demo.ground_truth import FAILURE_TYPES, SEVERE, GroundTruth, Mode
from demo.story.questions import answers_to
from demo.story.telling import AgentRun, chance, pick

REVIEWERS = ("maya", "tom", "ines")
NEWCOMER, LEAD = "noor", "ruth"
SUCCESS, FAILURE, UNKNOWN = "success", "failure", "unknown"
FAULT = "It never asks whether this solves the problem, and leaves the customer to find out."


@dataclass(frozen=True)
class Habits:
    """In what a person differs from what really happened, as shares of the sessions where they could.

    `forgives`: does not count failures of these modes. `calls`: gives these modes another type.
    """

    forgives: Mapping[Mode, float] = field(default_factory=dict)
    calls: Mapping[Mode, str] = field(default_factory=dict)
    names_where_it_showed: float = 0.0
    finds_fault: float = 0.0
    cannot_tell: float = 0.0


HABITS = {
    "maya": Habits(names_where_it_showed=0.1, cannot_tell=0.08),
    "tom": Habits(forgives={Mode.REFUND_OVER_POLICY: 0.7, Mode.EXPIRED_TOKEN: 0.2}, names_where_it_showed=0.4),
    "ines": Habits(calls={Mode.SCHEMA_DRIFT: "States a guess as fact"}, finds_fault=0.15),
    NEWCOMER: Habits(forgives={Mode.REFUND_OVER_POLICY: 0.6, Mode.FORGOT_CONSTRAINT: 0.4}, finds_fault=0.15),
    LEAD: Habits(),
}


@dataclass(frozen=True)
class Opinion:
    """A judgement before it is sent; `answers` by the keys of the questions."""

    outcome: str
    failures: tuple[Told, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)


def of_one_reader(run: AgentRun) -> Opinion:
    """What really happened, as whoever reads a session alone tells it."""
    return Opinion(FAILURE, (_as_it_was(run.truth),)) if run.truth else Opinion(SUCCESS)


def opinion(run: AgentRun, person: str, *, reading: str = "first") -> Opinion:
    """What this person thinks of a session that others judge, too. Another `reading` may end otherwise."""
    habits, drawn = HABITS[person], chance("outcome", reading, person, run.external_id)
    if drawn < habits.cannot_tell:
        return Opinion(UNKNOWN)
    failure = _seen(run, person, habits, drawn)
    broken = run.truth.mode if run.truth and failure else None
    answers = answers_to(broken, person, run.external_id, is_failure=failure is not None)
    return Opinion(FAILURE if failure else SUCCESS, (failure,) if failure else (), answers)


def _seen(run: AgentRun, person: str, habits: Habits, drawn: float) -> Told | None:
    if run.truth is None:
        return _fault(run) if drawn > 1 - habits.finds_fault else None
    if drawn > 1 - habits.forgives.get(run.truth.mode, 0):
        return None
    told = replace(
        _as_it_was(run.truth),
        note=pick(run.truth.wordings, "note", person, run.external_id),
        failure_type=habits.calls.get(run.truth.mode, FAILURE_TYPES[run.truth.mode]),
        expected="",
    )
    if chance("step", person, run.external_id) < habits.names_where_it_showed:
        return replace(told, root_step=run.truth.surfaced_step)
    return told


def _as_it_was(truth: GroundTruth) -> Told:
    return Told(
        root_step=truth.root_step,
        surfaced_step=truth.surfaced_step,
        note=truth.note,
        failure_type=FAILURE_TYPES[truth.mode],
        severity="high" if truth.mode in SEVERE else "medium",
        expected=truth.expected,
    )


def _fault(run: AgentRun) -> Told:
    """What a strict reader finds at the end of a session in which nothing went wrong."""
    return Told(
        root_step=run.step_key(len(run.events) - 1),
        note=FAULT,
        failure_type="Leaves the job undone",
        severity="low",
    )
