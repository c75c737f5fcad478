"""How often tools fail, and in what way."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Sum

from accounts.models import Project
from monitor.queries.traffic import sessions_of
from monitor.records import Choice
from traces.detectors import label_of
from traces.models import ToolUse

MOST_TOOLS = 12


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
