"""How often sessions take a turn that people ask about: in all, over time, and release by release."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.db.models import Count
from django.urls import reverse

from accounts.models import Project
from common.charts import TrendPoint
from monitor.queries.traffic import DAY_OF_SESSION, as_day, sessions_of
from monitor.queries.workflow import (
    MOST_RELEASES,
    days_of,
    first_sights,
    markers,
    named,
    newest_first,
    place_of,
    starts,
)
from monitor.records import Choice
from traces.detectors import label_of

# The kinds of signals whose share of sessions is a rate that people know by name.
RATES = ("tool_error", "tool_loop", "retry", "escalated", "manual_rescue", "approval")
SESSIONS = ""  # the place in a count of sessions themselves, beside that of each kind
Counts = Mapping[str, int]
Key = TypeVar("Key")


@dataclass(frozen=True)
class Rate:
    """The share of sessions with a kind of signal. None of no session is unknown."""

    kind: str
    label: str
    sessions: int
    share: float | None
    query: str


@dataclass(frozen=True)
class RateTrend:
    """A rate over time."""

    label: str
    points: list[TrendPoint]


@dataclass(frozen=True)
class ReleaseRates:
    """The rates among the sessions of a release."""

    name: str
    sessions: int
    query: str
    rates: list[Rate]


@dataclass(frozen=True)
class Turns:
    """The rates in all; of those that any session shows a trend; and by release, the newest first.

    `markers`: (place of a point, the releases first seen then). `never`: the labels of rates that no session shows.
    """

    rates: list[Rate]
    trends: list[RateTrend]
    never: list[str]
    markers: list[tuple[int, str]]
    releases: list[ReleaseRates]
    left_out: int
    unit: str


def turns_of(project: Project, choice: Choice) -> Turns:
    """Three queries, however many days and releases."""
    counted = _by_release_and_day(project, choice)
    seen = first_sights(project, choice.workflow)
    buckets = starts(choice.period)
    by_release = _merged((release, counts) for (release, _), counts in counted.items())
    by_place = _merged((place_of(day, buckets), counts) for (_, day), counts in counted.items())
    whole = _merged(("", counts) for counts in counted.values())[""]
    found = rates(choice, whole)
    over_time = _over_time(project, choice, buckets, by_place)
    releases = newest_first(by_release, seen)
    return Turns(
        rates=found,
        trends=[RateTrend(rate.label, over_time[rate.kind]) for rate in found if rate.sessions],
        never=[rate.label for rate in found if not rate.sessions],
        markers=markers(seen, buckets, choice.period),
        releases=[_of_release(choice, name, by_release[name]) for name in releases[:MOST_RELEASES]],
        left_out=max(0, len(releases) - MOST_RELEASES),
        unit="day" if len(buckets) == choice.period.days else "week",
    )


def rates(choice: Choice, counts: Counts, **segment: str) -> list[Rate]:
    """All of RATES, also those that no session shows. `segment` narrows the lists that they lead to."""
    sessions = counts.get(SESSIONS, 0)
    return [
        Rate(kind, label_of(kind), found, found / sessions if sessions else None, query)
        for kind in RATES
        for found, query in [(counts.get(kind, 0), choice.leads_to(**segment, signal=kind))]
    ]


def _by_release_and_day(project: Project, choice: Choice) -> dict[tuple[str, date], Counter[str]]:
    """Sessions, and those with each kind of RATES: a session is of one release and one day, so that all adds up."""
    every = sessions_of(project, choice).order_by().annotate(day=DAY_OF_SESSION)
    turning = every.filter(signal_count__gt=0, signals__kind__in=RATES)
    sizes = every.values("release", "day").annotate(sessions=Count("pk"))
    kinds = turning.values("release", "day", "signals__kind").annotate(sessions=Count("pk", distinct=True))
    found: defaultdict[tuple[str, date], Counter[str]] = defaultdict(Counter)
    rows: Iterable[tuple[Any, ...]] = sizes.values_list("release", "day", "sessions")
    for release, day, sessions in rows:
        found[release, as_day(day)][SESSIONS] = sessions
    rows = kinds.values_list("release", "day", "signals__kind", "sessions")
    for release, day, kind, sessions in rows:
        found[release, as_day(day)][kind] = sessions
    return dict(found)


def _merged(counted: Iterable[tuple[Key, Counts]]) -> dict[Key, Counter[str]]:
    """Added up by key."""
    found: defaultdict[Key, Counter[str]] = defaultdict(Counter)
    for key, counts in counted:
        found[key].update(counts)
    return found


def _over_time(
    project: Project, choice: Choice, buckets: Sequence[date], by_place: Mapping[int, Counts]
) -> dict[str, list[TrendPoint]]:
    """Each rate in each day or week, by kind."""
    lists = reverse("session_list", args=[project.slug])
    found: dict[str, list[TrendPoint]] = {kind: [] for kind in RATES}
    for place, start in enumerate(buckets):
        then = replace(choice, period=days_of(place, buckets, choice.period))
        for rate in rates(then, by_place.get(place, {})):
            url = f"{lists}?{rate.query}" if rate.sessions else ""
            found[rate.kind].append(TrendPoint(f"{start:%-d %b}", rate.share, count=rate.sessions, url=url))
    return found


def _of_release(choice: Choice, name: str, counts: Counts) -> ReleaseRates:
    segment = named(name)
    return ReleaseRates(name, counts[SESSIONS], choice.leads_to(**segment), rates(choice, counts, **segment))
