"""How much a project may send in a day, counted in the transaction that keeps what it sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from accounts.models import Project
from common.errors import TooMuch
from ingest.models import DailyIntake, Intake

NEAR = 0.8


@dataclass(frozen=True)
class Quota:
    """A project's limit for a day (UTC), what of it is used, and when the next day begins."""

    limit: int
    used: int
    resets_at: datetime

    @property
    def share(self) -> float:
        return self.used / self.limit if self.limit else 1.0

    @property
    def is_near(self) -> bool:
        """Whether somebody should be told: four fifths are used."""
        return self.share >= NEAR


def quota_of(project: Project, now: datetime | None = None) -> Quota | None:
    """How today stands; None for a project without a limit. Two queries."""
    now = now or timezone.now()
    limit = Intake.objects.filter(project=project).values_list("daily_limit", flat=True).first()
    if limit is None:
        return None
    used = DailyIntake.objects.filter(project=project, day=now.date()).values_list("items", flat=True).first()
    return Quota(limit, used or 0, _next_day(now))


def charge(intake: Intake, items: int, now: datetime | None = None) -> None:
    """Counts what a batch holds; TooMuch where it would pass the limit, and then nothing is counted.

    Call it in the transaction that keeps the batch: what is not kept is not counted. One UPDATE asks and counts at
    once, so that two requests never share the same rest.
    """
    now = now or timezone.now()
    limit = intake.daily_limit
    if limit is None:
        return
    today = DailyIntake.objects.filter(project=intake.project_id, day=now.date())
    fitting = today.filter(items__lte=limit - items)
    if fitting.update(items=F("items") + items):
        return
    DailyIntake.objects.bulk_create([DailyIntake(project_id=intake.project_id, day=now.date())], ignore_conflicts=True)
    if items > limit or not fitting.update(items=F("items") + items):
        raise _too_much(limit, items, today.values_list("items", flat=True).first() or 0, now)


def _too_much(limit: int, items: int, used: int, now: datetime) -> TooMuch:
    """Honest about how long it lasts: a client that tries again every second would only be told the same."""
    resets_at = _next_day(now)
    return TooMuch(
        f"This project takes {limit:,} items (spans, log records, sessions and scores) a day. {used:,} came "
        f"today, and {items:,} more would pass the limit. It begins anew at {resets_at:%Y-%m-%d %H:%M} UTC. "
        "An admin of the project can raise it under Settings, Limits.",
        retry_after=max(1, int((resets_at - now).total_seconds())),
    )


def _next_day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
