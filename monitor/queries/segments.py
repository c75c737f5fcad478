"""Segments side by side: sessions by workflow, release, model, environment, tag or tool."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from accounts.models import Project
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.estimates import leans
from monitor.baselines import Usual
from monitor.queries.outcome import Row as OutcomeRow
from monitor.queries.outcome import Table, outcome_table
from monitor.queries.traffic import Tally, largest, sessions_of, tallies_by
from monitor.queries.usual import COLUMNS, MEASURES, Read, as_columns, one_in, thinned
from monitor.records import Choice
from traces.models import AgentSession, ToolUse

SEGMENTS = {
    "workflow": "Workflow",
    "release": "Release",
    "model": "Model",
    "environment": "Environment",
    "tag": "Tag",
    "tool": "Tool",
}
# Those of which a session has one; of tags and tools it may have several.
SINGLE = ("workflow", "release", "model", "environment")
MOST_ROWS, MOST_AT_ALL = 30, 1_000
UNKNOWN: dict[str, Usual | None] = {measure.key: None for measure in MEASURES}
SHOWN = ("cost", "latency", "steps", "tool_calls")


@dataclass(frozen=True)
class SegmentRow:
    """A segment. Of segments that overlap, people's word is the plain count: `failed` of `reviewed`."""

    name: str
    sessions: int
    signalled: int
    usual: dict[str, Usual | None]
    outcome: OutcomeRow | None
    failed: int
    reviewed: int
    query: str
    signal_query: str
    failed_query: str
    reviewed_query: str

    @property
    def share(self) -> float:
        """Of its sessions, those that show a signal."""
        return self.signalled / self.sessions if self.sessions else 0

    @property
    def cells(self) -> list[tuple[str, str, Usual | None]]:
        """Label, unit and what is usual."""
        return [(one.label, one.unit, self.usual[one.key]) for one in MEASURES if one.key in SHOWN]


@dataclass(frozen=True)
class Compared:
    """Segments, most sessions first, and on what their numbers rest."""

    rows: list[SegmentRow]
    table: Table | None
    basis: str
    left_out: int


def compare(
    project: Project, choice: Choice, by: str, sight: Sight = EVERYTHING, *, everything: bool = False
) -> Compared:
    """The same few queries, however many segments."""
    most = MOST_AT_ALL if everything else MOST_ROWS
    table = outcome_table(project, choice, by, sight, most=most) if by in SINGLE else None
    found = _read(project, choice, by)
    sizes = tallies_by(project, choice, by) if by in SINGLE else _tallies(found)
    people = {} if table else _judged(project, choice, by, sight)
    outcome = {row.name: row for row in table.rows} if table else {}
    usual = found.usual_by("name")
    rows = [
        SegmentRow(
            name=name,
            sessions=sizes[name].sessions,
            signalled=sizes[name].signalled,
            usual=usual.get(name, UNKNOWN),
            outcome=outcome.get(name),
            failed=people.get(name, (0, 0))[0],
            reviewed=people.get(name, (0, 0))[1],
            **_queries(choice, by, name),
        )
        for name in largest(sizes)[:most]
    ]
    return Compared(rows, table, found.words, len(sizes) - len(rows))


def _tallies(found: Read) -> dict[str, Tally]:
    """Of segments that overlap, from the sessions that were read: about, where these are not all."""
    names = found.groups["name"]
    sizes = Counter(names)
    signalled = Counter(name for name, shown in zip(names, found.groups["signalled"], strict=True) if shown != "0")
    return {name: Tally(size * found.every, signalled[name] * found.every) for name, size in sizes.items()}


def _queries(choice: Choice, by: str, name: str) -> dict[str, str]:
    segment = {by: name} if name else {"known": f"no_{by}"}
    chosen = replace(choice, workflow="") if by == "workflow" else choice
    return {
        "query": chosen.leads_to(**segment),
        "signal_query": chosen.leads_to(**segment, status="signals"),
        "failed_query": chosen.leads_to(**segment, judged="failure"),
        "reviewed_query": chosen.leads_to(**segment, judged="told"),
    }


def _read(project: Project, choice: Choice, by: str) -> Read:
    """Name and number of signals of each session, and its measures; a session of several names more than once."""
    within = sessions_of(project, choice).order_by()
    total = within.count()
    # Of tags and tools a session has several, so that a part of the sessions says as much.
    every = one_in(total if by in SINGLE else total * 2)
    return as_columns(_rows(project, choice, by, every), ["name", "signalled"], every, total)


def _rows(project: Project, choice: Choice, by: str, every: int) -> Iterable[tuple[Any, ...]]:
    if by == "tool":
        return _tool_rows(project, choice, every)
    within = thinned(sessions_of(project, choice).order_by(), every)
    if by == "tag":
        tagged = within.values_list("tags", "signal_count", *COLUMNS)
        return ((tag, *rest) for tags, *rest in tagged for tag in dict.fromkeys(tags or [""]))
    return within.values_list(by, "signal_count", *COLUMNS)


def _tool_rows(project: Project, choice: Choice, every: int) -> Iterable[tuple[Any, ...]]:
    """Tool by tool of the same sessions that the other segments read."""
    of = [f"session__{column}" for column in ("signal_count", *COLUMNS)]
    within = thinned(sessions_of(project, choice), every).values("pk")
    return ToolUse.objects.filter(project=project, session__in=within).values_list("name", *of)


def _judged(project: Project, choice: Choice, by: str, sight: Sight) -> dict[str, tuple[int, int]]:
    """Of each tag or tool, sessions that most reviews call a failure, and all that were judged: two queries."""
    judged = leans(project, sessions_of(project, choice), sight)
    lean_of: dict[int, int] = dict(judged.values_list("session", "lean"))
    counted: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, session_id in _names(project, by, judged.values("session")):
        counted[name][0] += lean_of.get(session_id, 0) > 0
        counted[name][1] += 1
    return {name: (failed, judged) for name, (failed, judged) in counted.items()}


def _names(project: Project, by: str, judged: QuerySet[Any, Any]) -> Iterable[tuple[str, int]]:
    """Tag or tool and session, for each of these sessions."""
    if by == "tool":
        used = ToolUse.objects.filter(project=project, session__in=judged)
        return used.values_list("name", "session_id")
    tagged = AgentSession.objects.filter(project=project, pk__in=judged).values_list("tags", "pk")
    return ((tag, session_id) for tags, session_id in tagged for tag in dict.fromkeys(tags or [""]))
