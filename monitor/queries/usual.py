"""What is usual: the middle and the spread of cost, time and length, by workflow, release or day.

Percentiles need the values themselves. Of more than MOST_READ sessions only one in two, three … is read, chosen by a
hash of their ids, which stand in every index: a plain every third could fall into step with what came in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np
from django.db.models import F, QuerySet

from accounts.models import Project
from monitor.baselines import Numbers, Usual, by_group, numbers
from monitor.queries.traffic import DAY_OF_SESSION, largest, sessions_of, tallies_by
from monitor.records import Choice
from traces.models import AgentSession

MOST_READ = 20_000
FACTOR, PRIME = 7_919, 104_729
MOST_ROWS = 20


@dataclass(frozen=True)
class Measure:
    """Something measured of each session: its words, how it is written, and the columns that add up to it.

    `known` is the filter of the list for sessions that say it; blank where each says it.
    """

    key: str
    label: str
    unit: str
    columns: tuple[str, ...]
    known: str = ""


MEASURES = (
    Measure("cost", "Cost", "money", ("cost_usd",), "cost"),
    Measure("latency", "Duration", "duration", ("latency_ms",), "duration"),
    Measure("ttft", "Until the first word", "duration", ("ttft_ms",), "first_word"),
    Measure("tokens", "Tokens", "count", ("tokens_in", "tokens_out"), "tokens"),
    Measure("steps", "Steps", "count", ("step_count",)),
    Measure("tool_calls", "Tool calls", "count", ("tool_call_count",)),
)
COLUMNS = tuple(column for measure in MEASURES for column in measure.columns)
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Read:
    """Sessions as columns: groups by name, numbers by the key of their measure; one in `every` of `total` was read."""

    groups: dict[str, list[str]]
    measured: dict[str, Numbers]
    every: int
    total: int

    @property
    def words(self) -> str:
        """On what the numbers rest."""
        if self.every == 1:
            return f"from {self.total:,} session{'' if self.total == 1 else 's'}"
        return f"from one in {self.every} of {self.total:,} sessions"

    def usual_by(self, group: str) -> dict[str, dict[str, Usual | None]]:
        """Of each value of the group, what is usual in each measure."""
        return by_group(self.groups[group], self.measured)

    def usual(self) -> dict[str, Usual | None]:
        """In each measure over all that was read."""
        everything = by_group([""] * len(self.measured["cost"]), self.measured)
        return everything.get("", {measure.key: None for measure in MEASURES})


def one_in(total: int) -> int:
    """How many sessions stand for one that is read."""
    return max(1, ceil(total / MOST_READ))


def thinned(sessions: QuerySet[AgentSession], every: int) -> QuerySet[AgentSession]:
    """About one in so many of them, always the same ones."""
    return sessions if every == 1 else sessions.alias(turn=F("pk") * FACTOR % PRIME % every).filter(turn=0)


def read(project: Project, choice: Choice, groups: Sequence[str]) -> Read:
    """The chosen sessions by these columns, of which `day` is one: two queries."""
    within = sessions_of(project, choice).order_by()
    total = within.count()
    every = one_in(total)
    if "day" in groups:
        within = within.annotate(day=DAY_OF_SESSION)
    rows: Iterable[Row] = thinned(within, every).values_list(*groups, *COLUMNS)
    return as_columns(rows, groups, every, total)


def as_columns(rows: Iterable[Row], names: Sequence[str], every: int, total: int) -> Read:
    """Rows of groups and then COLUMNS."""
    columns = list(zip(*rows, strict=True)) or [()] * (len(names) + len(COLUMNS))
    groups = {name: [str(value) for value in values] for name, values in zip(names, columns, strict=False)}
    stored = dict(zip(COLUMNS, columns[len(names) :], strict=True))
    measured = {measure.key: _sum([numbers(stored[column]) for column in measure.columns]) for measure in MEASURES}
    return Read(groups, measured, every, total)


def _sum(columns: Sequence[Numbers]) -> Numbers:
    """What is known of several columns; unknown only where all are."""
    found, *others = columns
    for other in others:
        both = np.nansum([found, other], axis=0)
        found = np.where(np.isnan(found) & np.isnan(other), np.nan, both)
    return found


@dataclass(frozen=True)
class UsualRow:
    """What is usual in one group of sessions, and how many there are."""

    name: str
    sessions: int
    usual: dict[str, Usual | None]
    query: str

    @property
    def cells(self) -> list[tuple[Measure, Usual | None]]:
        """In the order of MEASURES."""
        return [(measure, self.usual[measure.key]) for measure in MEASURES]


def usual_rows(project: Project, choice: Choice) -> dict[str, Any]:
    """By workflow, most sessions first, and on what the numbers rest: three queries."""
    found = read(project, choice, ["workflow"])
    usual = found.usual_by("workflow")
    sizes = tallies_by(project, choice, "workflow")
    rows = [
        UsualRow(name, sizes[name].sessions, usual[name], replace(choice, workflow=name).leads_to(**_unnamed(name)))
        for name in largest(sizes)
        if name in usual
    ]
    return {"rows": rows[:MOST_ROWS], "basis": found.words, "left_out": max(0, len(sizes) - MOST_ROWS)}


def _unnamed(workflow: str) -> dict[str, str]:
    return {} if workflow else {"known": "no_workflow"}
