"""How the intake is doing: reads for the health page, a known number of them whatever there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils import timezone

from accounts.models import Project
from ingest.access import failed_batches
from ingest.models import BatchState, IntakeCount, IntakeEvent, RawBatch, RefusedRequest, UnmappedAttribute
from ingest.request import PARTLY
from traces.models import AgentSession, Score

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
HOURS_SHOWN = 24
MOST_PROGRAMS, MOST_FAILED, MOST_REFUSED, MOST_UNMAPPED, MOST_EVENTS = 50, 50, 30, 50, 10
COUNTED_UP_TO = 10_000


@dataclass(frozen=True)
class Program:
    """What one program sent with one key. Items are spans, log records, sessions or scores; lags are in ms."""

    key: str
    prefix: str
    source: str
    last_at: datetime
    items_hour: int
    items_day: int
    items_week: int
    rejected_day: int
    lag_ms_mean: int | None
    lag_ms_max: int | None
    hours: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Refusals:
    """Requests of the last seven days that were refused for one reason; `status` 200: in part."""

    status: int
    reason: str
    door: str
    key: str
    source: str
    times: int
    last_at: datetime


@dataclass(frozen=True)
class Health:
    """All the facts, as of `now`."""

    now: datetime
    programs: tuple[Program, ...]
    last_at: datetime | None
    waiting: int
    oldest_waiting_at: datetime | None
    failed: int
    failed_batches: tuple[RawBatch, ...]
    refused: tuple[Refusals, ...]
    refused_since_yesterday: int
    unmapped: tuple[UnmappedAttribute, ...]
    unresolved_scores: int
    events: tuple[IntakeEvent, ...]


def health_of(project: Project) -> Health:
    """Reads everything, the newest and the worst first, each list up to a limit."""
    now = timezone.now()
    programs = _programs(project, now)
    waiting = RawBatch.objects.filter(project=project, state=BatchState.WAITING).aggregate(
        number=Count("pk"), oldest=Min("received_at")
    )
    failed = failed_batches(project)
    return Health(
        now=now,
        programs=programs,
        last_at=_last_at(project, programs),
        waiting=waiting["number"],
        oldest_waiting_at=waiting["oldest"],
        failed=failed.count(),
        failed_batches=tuple(failed[:MOST_FAILED]),
        refused=_refused(project, now),
        refused_since_yesterday=_refused_whole(project, (now - DAY).date()),
        unmapped=tuple(UnmappedAttribute.objects.filter(project=project).order_by("-times", "key")[:MOST_UNMAPPED]),
        unresolved_scores=_unresolved(project),
        events=tuple(
            IntakeEvent.objects.filter(project=project)
            .select_related("actor", "api_key")
            .order_by("-happened_at")[:MOST_EVENTS]
        ),
    )


def has_failed_batches(project: Project) -> bool:
    """Whether any batch could not be read: one look into a small index."""
    return RawBatch.objects.filter(project=project, state=BatchState.FAILED).exists()


def _last_at(project: Project, programs: tuple[Program, ...]) -> datetime | None:
    """When anything came last: over a door, or from a file."""
    newest = AgentSession.objects.filter(project=project).order_by("-pk").values_list("last_received_at", flat=True)
    known = [*(program.last_at for program in programs), *newest[:1]]
    return max(known, default=None)


def _programs(project: Project, now: datetime) -> tuple[Program, ...]:
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    in_day = Q(hour__gt=this_hour - DAY)
    found = (
        IntakeCount.objects.filter(project=project, hour__gt=this_hour - WEEK)
        .values("api_key", "source", key=F("api_key__name"), prefix=F("api_key__prefix"))
        .annotate(
            last=Max("last_at"),
            items_hour=Sum("items", filter=Q(hour=this_hour)),
            items_day=Sum("items", filter=in_day),
            items_week=Sum("items"),
            rejected_day=Sum("rejected", filter=in_day),
            batches_day=Sum("batches", filter=in_day),
            lag_sum=Sum("lag_ms_sum", filter=in_day),
            lag_max=Max("lag_ms_max", filter=in_day),
        )
        .order_by("-last", "api_key", "source")[:MOST_PROGRAMS]
    )
    rows = list(found)
    hours = _hours(project, rows, this_hour)
    return tuple(_program(row, hours.get((row["api_key"], row["source"]), {}), this_hour) for row in rows)


def _program(row: Mapping[str, Any], hours: dict[datetime, int], this_hour: datetime) -> Program:
    shown = [this_hour - HOUR * back for back in reversed(range(HOURS_SHOWN))]
    return Program(
        key=row["key"],
        prefix=row["prefix"],
        source=row["source"],
        last_at=row["last"],
        items_hour=row["items_hour"] or 0,
        items_day=row["items_day"] or 0,
        items_week=row["items_week"] or 0,
        rejected_day=row["rejected_day"] or 0,
        lag_ms_mean=round(row["lag_sum"] / row["batches_day"]) if row["batches_day"] else None,
        lag_ms_max=row["lag_max"],
        hours=tuple((f"{hour:%H:%M} UTC", hours.get(hour, 0)) for hour in shown),
    )


def _hours(
    project: Project, rows: Sequence[Mapping[str, Any]], this_hour: datetime
) -> dict[tuple[int, str], dict[datetime, int]]:
    """Items by hour for these programs."""
    found = (
        IntakeCount.objects.filter(
            project=project,
            hour__gt=this_hour - HOUR * HOURS_SHOWN,
            api_key__in={row["api_key"] for row in rows},
            source__in={row["source"] for row in rows},
        )
        .values_list("api_key", "source", "hour")
        .annotate(number=Sum("items"))
    )
    hours: dict[tuple[int, str], dict[datetime, int]] = {}
    for key, source, hour, number in found:
        hours.setdefault((key, source), {})[hour] = number
    return hours


def _refused(project: Project, now: datetime) -> tuple[Refusals, ...]:
    found = (
        RefusedRequest.objects.filter(project=project, day__gt=(now - WEEK).date())
        .values("status", "reason", "door", key=F("api_key__name"))
        .annotate(program=Max("source"), number=Sum("times"), last=Max("last_at"))
        .order_by("-last")[:MOST_REFUSED]
    )
    return tuple(
        Refusals(row["status"], row["reason"], row["door"], row["key"], row["program"], row["number"], row["last"])
        for row in found
    )


def _refused_whole(project: Project, since: date) -> int:
    """How many requests got an error for an answer since that day."""
    rows = RefusedRequest.objects.filter(project=project, day__gte=since).exclude(status=PARTLY)
    return rows.aggregate(number=Sum("times"))["number"] or 0


def _unresolved(project: Project) -> int:
    """Scores whose session has not come, counted up to a limit."""
    return Score.objects.filter(project=project, session=None)[: COUNTED_UP_TO + 1].count()
