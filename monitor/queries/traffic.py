"""What came in. Every read here is answered by an index alone: no row of a session is opened.

Days are those of UTC, as everywhere in the filters of sessions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, F, Func, Q, QuerySet, Sum, TextField
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.db.models.sql.compiler import SQLCompiler

from accounts.models import Project
from monitor.records import DAY, Choice, Counted, DayCount, Period, on_day
from traces.models import SHOWN_AT, AgentSession

Sql = tuple[str, Any]


class Day(Func):
    """The day of a moment, as a date or written like one. TruncDate calls back into Python for each row of SQLite."""

    output_field = TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        return super().as_sql(compiler, connection, template="SUBSTR(%(expressions)s, 1, 10)")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Sql:
        return super().as_sql(compiler, connection, template="((%(expressions)s) AT TIME ZONE 'UTC')::date")


DAY_OF_SESSION = Day(SHOWN_AT)


def as_day(written: Any) -> date:
    """What either database answers for DAY_OF_SESSION."""
    return date.fromisoformat(str(written))


def condition(choice: Choice) -> Q:
    """The chosen days and workflow as a condition on sessions, for reads that take one."""
    named = Q(workflow=choice.workflow) if choice.workflow else Q()
    return (
        named & Q(GreaterThanOrEqual(SHOWN_AT, choice.period.start)) & Q(LessThanOrEqual(SHOWN_AT, choice.period.end))
    )


def sessions_of(project: Project, choice: Choice) -> QuerySet[AgentSession]:
    """The project's sessions of the chosen days and workflow."""
    return AgentSession.objects.filter(condition(choice), project=project)


@dataclass(frozen=True)
class Tally:
    """Of some sessions: how many, how many show a signal, and what those with a price cost."""

    sessions: int = 0
    signalled: int = 0
    priced: int = 0
    cost: float | None = None

    def __add__(self, other: "Tally") -> "Tally":
        known = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Tally(
            self.sessions + other.sessions,
            self.signalled + other.signalled,
            self.priced + other.priced,
            sum(known) if known else None,
        )


TALLIED = {
    "sessions": Count("pk"),
    "signalled": Count("pk", filter=Q(signal_count__gt=0)),
    "priced": Count("cost_usd"),
    "cost": Sum("cost_usd"),
}


def tallies_by_day(project: Project, choice: Choice) -> dict[date, Tally]:
    """One pass over an index."""
    by_day = sessions_of(project, choice).order_by().annotate(day=DAY_OF_SESSION).values("day")
    rows: Iterable[tuple[Any, ...]] = by_day.annotate(**TALLIED).values_list("day", *TALLIED)
    return {as_day(day): Tally(*numbers) for day, *numbers in rows}


def tallies_by(project: Project, choice: Choice, column: str) -> dict[str, Tally]:
    """By what stands in a column of the list's index: one pass over it."""
    by_value = sessions_of(project, choice).order_by().values(column)
    rows: Iterable[tuple[Any, ...]] = by_value.annotate(**TALLIED).values_list(column, *TALLIED)
    return {value: Tally(*numbers) for value, *numbers in rows}


def largest(tallies: Mapping[str, Tally]) -> list[str]:
    """The values in the order of how many sessions have them."""
    return sorted(tallies, key=lambda value: (-tallies[value].sessions, value))


def total(tallies: Mapping[date, Tally], period: Period) -> Tally:
    """Of the days of a period."""
    return sum((tally for day, tally in tallies.items() if period.first <= day <= period.last), Tally())


@dataclass(frozen=True)
class Users:
    """Different end users of the chosen days and of those before, and how many of the chosen sessions name theirs."""

    now: int
    before: int
    named: int


def users(project: Project, choice: Choice, both: Choice) -> Users:
    """One pass over the chosen days and those before, which `both` are."""
    is_now = Q(GreaterThanOrEqual(SHOWN_AT, choice.period.start))
    # The comparison leads SQLite to the index by user, which is ordered as the counts need it.
    naming = sessions_of(project, both).filter(user_ref__gt="").order_by()
    by_user = naming.values("user_ref").annotate(at_now=Count("pk", filter=is_now), at_all=Count("pk"))
    counts = by_user.aggregate(
        now=Count("user_ref", filter=Q(at_now__gt=0)),
        before=Count("user_ref", filter=Q(at_all__gt=F("at_now"))),
        named=Coalesce(Sum("at_now"), 0),
    )
    return Users(**counts)


@dataclass(frozen=True)
class CameIn:
    """The first answer of the overview. `days` one per day, also those without a session."""

    days: list[DayCount]
    sessions: Counted
    users: Counted
    named: int
    cost: Counted
    signalled: Counted
    priced: int
    today: DayCount | None
    yesterday: DayCount | None

    @property
    def signalled_share(self) -> float | None:
        """Of all sessions."""
        return (self.signalled.value or 0) / self.sessions.value if self.sessions.value else None

    @property
    def named_words(self) -> str:
        """On how many sessions the count of users rests."""
        return f"in {self.named:,} session{'' if self.named == 1 else 's'}"

    @property
    def today_words(self) -> str:
        return f"{self.today.value:,.0f} today so far" if self.today else ""

    @property
    def cost_note(self) -> str:
        """On how many sessions the cost rests, where not on all."""
        missing = int(self.sessions.value or 0) - self.priced
        return f"of the {self.priced:,} sessions that say it" if missing and self.priced else ""


def came_in(project: Project, choice: Choice, today: date) -> CameIn:
    """Sessions, users and cost of the chosen days beside those of as many days before: two queries."""
    both = Choice(Period(choice.period.before.first, choice.period.last), choice.workflow)
    tallies = tallies_by_day(project, both)
    people = users(project, choice, both)
    now, before = total(tallies, choice.period), total(tallies, choice.period.before)
    days = {day: _day(choice, day, tallies) for day in choice.period.each}
    return CameIn(
        days=list(days.values()),
        sessions=Counted(now.sessions, before.sessions, choice.leads_to()),
        users=Counted(people.now, people.before, choice.leads_to(known="user")),
        named=people.named,
        cost=Counted(now.cost, before.cost, choice.leads_to(known="cost", sort="cost")),
        signalled=Counted(now.signalled, before.signalled, choice.leads_to(status="signals")),
        priced=now.priced,
        today=days.get(today),
        yesterday=days.get(today - DAY),
    )


def _day(choice: Choice, day: date, tallies: Mapping[date, Tally]) -> DayCount:
    return DayCount(day, tallies.get(day, Tally()).sessions, on_day(choice, day))


def newest_session(project: Project, workflow: str = "") -> datetime | None:
    """When the newest session was; None where there is none."""
    found = AgentSession.objects.filter(project=project, **({"workflow": workflow} if workflow else {}))
    moment: datetime | None = found.order_by(SHOWN_AT.desc(), "-id").values_list(SHOWN_AT, flat=True).first()
    return moment
