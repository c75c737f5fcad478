"""How often sessions take a turn that people ask about, how often tools fail, and in what way."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Sum

from accounts.models import Project
from monitor.queries.traffic import sessions_of
from monitor.records import Choice
from traces.detectors import label_of
from traces.models import ToolUse

# The kinds of signals whose share of sessions is a rate that people know by name.
RATES = ("tool_loop", "retry", "escalated", "manual_rescue", "approval")
MOST_TOOLS = 12


@dataclass(frozen=True)
class Rate:
    """The share of sessions with a kind of signal."""

    kind: str
    label: str
    sessions: int
    share: float
    query: str


def rates_by(project: Project, choice: Choice, column: str) -> dict[str, dict[str, int]]:
    """Sessions with each kind of RATES, by value of the column and kind: one query."""
    shown = sessions_of(project, choice).filter(signal_count__gt=0, signals__kind__in=RATES).order_by()
    counted = shown.values(column, "signals__kind").annotate(sessions=Count("pk", distinct=True))
    rows: Iterable[tuple[Any, ...]] = counted.values_list(column, "signals__kind", "sessions")
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for value, kind, sessions in rows:
        found[value][kind] = sessions
    return dict(found)


def rates(choice: Choice, by_kind: dict[str, int], sessions: int) -> list[Rate]:
    """All of RATES, also those that no session shows."""
    return [
        Rate(kind, label_of(kind), found, found / sessions if sessions else 0, choice.leads_to(signal=kind))
        for kind in RATES
        for found in [by_kind.get(kind, 0)]
    ]


@dataclass(frozen=True)
class ToolRow:
    """A tool: the sessions that called it, its calls, those that failed, in how many sessions, and where to read on."""

    name: str
    sessions: int
    calls: int
    errors: int
    failing: int
    query: str
    failing_query: str

    @property
    def share(self) -> float:
        """Of its calls, those that failed."""
        return self.errors / self.calls if self.calls else 0


def tool_rows(project: Project, choice: Choice) -> list[ToolRow]:
    """The tools with the most failed calls first: one query."""
    used = ToolUse.objects.filter(project=project, session__in=sessions_of(project, choice)).values("name")
    counted = used.annotate(
        sessions=Count("pk"), called=Sum("calls"), failed=Sum("errors"), failing=Count("pk", filter=Q(errors__gt=0))
    )
    rows = counted.order_by("-failed", "-called", "name").values_list("name", "sessions", "called", "failed", "failing")
    return [
        ToolRow(name, sessions, calls, errors, failing, choice.leads_to(tool=name), choice.leads_to(failing_tool=name))
        for name, sessions, calls, errors, failing in rows[:MOST_TOOLS]
    ]


@dataclass(frozen=True)
class ErrorClass:
    """A way in which tools fail, and the sessions in which one did."""

    name: str
    label: str
    sessions: int
    query: str


def error_classes(project: Project, choice: Choice) -> list[ErrorClass]:
    """The commonest first: one query."""
    failed = sessions_of(project, choice).filter(signal_count__gt=0, signals__kind="tool_error").order_by()
    counted = failed.values(way=F("signals__detail")).annotate(sessions=Count("pk", distinct=True))
    rows: Iterable[tuple[Any, ...]] = counted.order_by("-sessions", "way").values_list("way", "sessions")
    return [
        ErrorClass(way, label_of(way) if way else "Not told apart", sessions, choice.leads_to(**_failing(way)))
        for way, sessions in rows
    ]


def _failing(way: str) -> dict[str, str]:
    return {"error_class": way} if way else {"known": "no_error_class"}
