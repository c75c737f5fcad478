"""One workflow: what is usual in it day by day or week by week, and release by release."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min

from accounts.models import Project
from annotate.queries.blind import EVERYTHING, Sight
from common.charts import TrendPoint
from monitor.baselines import Usual, by_group, cost_per_success
from monitor.queries.outcome import Table, outcome_table
from monitor.queries.traffic import as_day, tallies_by
from monitor.queries.usual import MEASURES, Measure, Read, UsualRow, read
from monitor.records import DAY, Choice, Period
from traces.models import SHOWN_AT, AgentSession

MOST_DAYS_DAILY = 45
WEEK = 7
MOST_RELEASES = 12


@dataclass(frozen=True)
class TrendOf:
    """A measure over time."""

    measure: Measure
    points: list[TrendPoint]

    @property
    def known(self) -> bool:
        return any(point.middle is not None for point in self.points)


@dataclass(frozen=True)
class Baselines:
    """What is usual in a workflow. `markers`: (place of a point, the releases first seen then).

    `numbers`: a measure, what is usual in it, and the query of the sessions that say it; blank where not all were read.
    """

    numbers: list[tuple[Measure, Usual | None, str]]
    trends: list[TrendOf]
    markers: list[tuple[int, str]]
    basis: str
    sessions: int
    unit: str


def baselines_of(project: Project, choice: Choice) -> Baselines:
    """Numbers over all chosen days, and trends by day, or by week where there are many: three queries."""
    found = read(project, choice, ["day"])
    buckets = starts(choice.period)
    usual = found.usual()
    return Baselines(
        numbers=[(measure, usual[measure.key], _known(choice, measure, found)) for measure in MEASURES],
        trends=_trends(found, buckets),
        markers=markers(first_sights(project, choice.workflow), buckets, choice.period),
        basis=found.words,
        sessions=found.total,
        unit="day" if len(buckets) == choice.period.days else "week",
    )


def _known(choice: Choice, measure: Measure, found: Read) -> str:
    return choice.leads_to(known=measure.known) if found.every == 1 else ""


def starts(period: Period) -> list[date]:
    """The first days of the days or weeks that a trend has a point for."""
    step = 1 if period.days <= MOST_DAYS_DAILY else WEEK
    return period.each[::step]


def place_of(day: date, buckets: Sequence[date]) -> int:
    """In which of the days or weeks it lies."""
    step = (buckets[1] - buckets[0]).days if len(buckets) > 1 else 1
    return (day - buckets[0]).days // step


def days_of(place: int, buckets: Sequence[date], period: Period) -> Period:
    """The days of one point of a trend."""
    last = [*(start - DAY for start in buckets[1:]), period.last]
    return Period(buckets[place], last[place])


def _trends(found: Read, buckets: Sequence[date]) -> list[TrendOf]:
    places = {day: str(place_of(as_day(day), buckets)) for day in set(found.groups["day"])}
    usual = by_group([places[day] for day in found.groups["day"]], found.measured)
    return [
        TrendOf(
            measure, [_point(start, usual.get(str(place), {}).get(measure.key)) for place, start in enumerate(buckets)]
        )
        for measure in MEASURES
    ]


def _point(start: date, usual: Usual | None) -> TrendPoint:
    label = f"{start:%-d %b}"
    return TrendPoint(label, usual.median, usual.p90) if usual else TrendPoint(label, None)


def first_sights(project: Project, workflow: str) -> dict[str, datetime]:
    """When each release of a workflow was first seen, in that order: one query, over all days there are."""
    named = AgentSession.objects.filter(project=project, workflow=workflow, release__gt="").order_by()
    rows = named.values("release").annotate(first=Min(SHOWN_AT)).order_by("first").values_list("release", "first")
    return dict(rows)


def markers(seen: dict[str, datetime], buckets: Sequence[date], period: Period) -> list[tuple[int, str]]:
    """Where in a trend releases came; several of one day or week share a place."""
    found: dict[int, list[str]] = {}
    for release, moment in seen.items():
        if period.start <= moment <= period.end:
            found.setdefault(place_of(moment.date(), buckets), []).append(release)
    return [(place, ", ".join(names)) for place, names in found.items()]


@dataclass(frozen=True)
class ReleaseRow:
    """A release beside the others: the middle of each measure, and dollars for each session that succeeds."""

    usual: UsualRow
    first: datetime | None
    per_success: float | None


@dataclass(frozen=True)
class Releases:
    """Releases of a workflow side by side, the newest first, and how their sessions went."""

    rows: list[ReleaseRow]
    left_out: int
    outcome: Table
    per_success: float | None
    basis: str


def releases_of(project: Project, choice: Choice, sight: Sight = EVERYTHING) -> Releases:
    """A dozen queries, however many releases."""
    table = outcome_table(project, choice, "release", sight)
    failed = {row.name: row.people.estimate for row in table.rows}
    seen = first_sights(project, choice.workflow)
    found = read(project, choice, ["release"])
    sizes, usual = tallies_by(project, choice, "release"), found.usual_by("release")
    newest = newest_first(usual, seen)
    rows = [
        ReleaseRow(
            UsualRow(name, sizes[name].sessions, usual[name], choice.leads_to(**named(name))),
            seen.get(name),
            cost_per_success(usual[name]["cost"], failed.get(name)),
        )
        for name in newest[:MOST_RELEASES]
    ]
    per_success = cost_per_success(found.usual()["cost"], table.whole.people.estimate)
    return Releases(rows, len(newest) - len(rows), table, per_success, found.words)


def newest_first(releases: Iterable[str], seen: dict[str, datetime]) -> list[str]:
    """Releases by when they were first seen; sessions that name none come last."""
    order = {name: place for place, name in enumerate(seen)}
    return sorted(releases, key=lambda name: -order.get(name, -1))


def named(release: str) -> dict[str, str]:
    """The filter of the list for the sessions of a release, or of none."""
    return {"release": release} if release else {"known": "no_release"}
