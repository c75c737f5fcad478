"""Models that cost something, and nobody says how much."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, FloatField, Q, Sum
from django.db.models.functions import Cast

from accounts.models import Project
from traces.models import AgentSession, Step

LATELY = timedelta(days=30)
NEWEST = 5_000
MOST = 50


@dataclass(frozen=True)
class Unpriced:
    """A model whose steps have tokens and no cost."""

    model: str
    steps: int
    tokens_in: int
    tokens_out: int


def unpriced_models(project: Project, now: datetime) -> list[Unpriced]:
    """Those of the last 30 days, in at most the newest 5,000 sessions; the one with most tokens first. One query."""
    newest = AgentSession.objects.filter(project=project, last_received_at__gte=now - LATELY).order_by("-pk")
    told = Q(tokens_in__isnull=False) | Q(tokens_out__isnull=False)
    steps = Step.objects.filter(told, session__in=newest.values("pk")[:NEWEST], cost_usd=None).exclude(model="")
    rows: Iterable[tuple[str, int, float | None, float | None]] = (
        steps.order_by()
        .values("model")
        .annotate(steps=Count("pk"), given=_sum("tokens_in"), answered=_sum("tokens_out"))
        .values_list("model", "steps", "given", "answered")
    )
    found = [Unpriced(model, number, int(given or 0), int(answered or 0)) for model, number, given, answered in rows]
    return sorted(found, key=lambda one: (-(one.tokens_in + one.tokens_out), one.model))[:MOST]


def _sum(column: str) -> Sum:
    """As floats: whole numbers that senders made up add up to more than SQLite can hold, which is an error there."""
    return Sum(Cast(column, FloatField()))
