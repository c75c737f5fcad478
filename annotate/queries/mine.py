"""What one person has done: their reviews and skips, and how fast."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, IntegerField, Q, QuerySet, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Project, User
from annotate.models import CalibrationReview, Outcome, Queue, Review, Slot, SlotState
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.progress import REVIEWS_TIMED, typical_minutes
from traces.models import AgentSession

PACE_DAYS = 14
WEEK = timedelta(days=7)
_COLUMNS = ("session_id", "slot__queue_id", "outcome", "submitted_at", "told")
Rows = QuerySet[Any, tuple[Any, ...]]


@dataclass(frozen=True)
class Wanted:
    """What of a person's work is asked for. `days`: only the newest so many."""

    queue: Queue | None = None
    outcome: str = ""
    days: int | None = None


@dataclass(frozen=True)
class Work:
    """One review or skip. `outcome` is blank for a skip; `told`: how many failures were told, or why it was skipped."""

    session: AgentSession
    queue: str
    outcome: str
    label: str
    told: int | str
    at: datetime


@dataclass(frozen=True)
class Numbers:
    """A person's reviews that stand. `minutes`: the typical one, None while fewer than 5 were timed."""

    reviews: int
    failures: int
    week: int
    skips: int
    minutes: float | None
    pace: list[tuple[str, int]]


def _judged(project: Project, person: User, sight: Sight) -> tuple[QuerySet[Review], QuerySet[CalibrationReview]]:
    """Their reviews, and those that measured them: to the person one is like the other."""
    mine = Q(sight.of(), project=project, reviewer=person, withdrawn_at=None)
    return Review.objects.filter(mine, is_gold=False), CalibrationReview.objects.filter(mine)


def reviews_of(project: Project, person: User, wanted: Wanted, sight: Sight = EVERYTHING) -> Rows:
    """The reviews of one person, the newest first, as rows for `as_work`."""
    chosen = Q()
    if wanted.queue:
        chosen &= Q(slot__queue=wanted.queue)
    if wanted.outcome:
        chosen &= Q(outcome=wanted.outcome)
    if wanted.days:
        chosen &= Q(submitted_at__gte=timezone.now() - timedelta(days=wanted.days))
    reviews, measured = _judged(project, person, sight)
    standing = Count("failures", filter=Q(failures__withdrawn_at=None))
    ours = reviews.filter(chosen).annotate(told=standing).order_by().values_list(*_COLUMNS)
    # How many failures were told there does not matter to anybody: a blank.
    others = measured.filter(chosen).annotate(told=Value(0, IntegerField())).order_by().values_list(*_COLUMNS)
    return ours.union(others, all=True).order_by("-submitted_at", "-session_id")


def skips_of(project: Project, person: User, wanted: Wanted) -> Rows:
    """What they skipped, the newest first, as rows for `as_work`."""
    slots = Slot.objects.filter(queue__project=project, reviewer=person, state=SlotState.SKIPPED)
    if wanted.queue:
        slots = slots.filter(queue=wanted.queue)
    if wanted.days:
        slots = slots.filter(ended_at__gte=timezone.now() - timedelta(days=wanted.days))
    rows = slots.annotate(outcome=Value("")).order_by("-ended_at", "-pk")
    return rows.values_list("item__session_id", "queue_id", "outcome", "ended_at", "skip_reason")


def as_work(rows: Sequence[tuple[Any, ...]]) -> list[Work]:
    """A page of them as they are shown: two queries."""
    sessions = AgentSession.objects.only("id", "title", "external_id", "workflow").in_bulk([row[0] for row in rows])
    queues = dict(Queue.objects.filter(pk__in={row[1] for row in rows}).values_list("pk", "name"))
    return [
        Work(
            session=sessions[session],
            queue=queues.get(queue, ""),
            outcome=outcome,
            label=Outcome(outcome).label if outcome else "Skipped",
            told=told,
            at=at,
        )
        for session, queue, outcome, at, told in rows
    ]


def numbers_of(project: Project, person: User, sight: Sight = EVERYTHING) -> Numbers:
    """Eight queries."""
    now = timezone.now()
    total: Counter[str] = Counter()
    days: Counter[date] = Counter()
    times: list[tuple[datetime, datetime]] = []
    for judged in _judged(project, person, sight):
        made: QuerySet[Any] = judged.order_by()
        total.update(
            made.aggregate(
                reviews=Count("pk"),
                failures=Count("pk", filter=Q(outcome=Outcome.FAILURE)),
                week=Count("pk", filter=Q(submitted_at__gte=now - WEEK)),
            )
        )
        lately = made.filter(submitted_at__gte=now - timedelta(days=PACE_DAYS)).annotate(day=TruncDate("submitted_at"))
        days.update(dict(lately.values_list("day").annotate(times=Count("pk"))))
        timed = made.filter(opened_at__isnull=False).order_by("-submitted_at")
        times += timed.values_list("opened_at", "submitted_at")[:REVIEWS_TIMED]
    newest = sorted(times, key=lambda pair: pair[1], reverse=True)[:REVIEWS_TIMED]
    today = now.date()
    shown = [today - timedelta(days=back) for back in reversed(range(PACE_DAYS))]
    return Numbers(
        **total,
        skips=skips_of(project, person, Wanted()).count(),
        minutes=typical_minutes(newest),
        pace=[(f"{day:%-d %b}", days[day]) for day in shown],
    )
