"""Which sessions a queue takes, and which of its items have become out of date."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.dateparse import parse_date

from accounts.models import Project
from annotate.models import Queue, QueueItem, Slot, SlotState
from traces.models import AgentSession, Signal


def _since(day: str) -> Q:
    first = parse_date(day)
    return Q(started_at__gte=datetime.combine(first, time.min, UTC)) if first else Q()


def _until(day: str) -> Q:
    last = parse_date(day)
    # Not the next midnight: the last day that there is has none.
    return Q(started_at__lte=datetime.combine(last, time.max, UTC)) if last else Q()


# The closed list of what a queue may be filtered by, each with the expression written by hand.
FILTERS: dict[str, Callable[[Any], Q]] = {
    "workflow": lambda value: Q(workflow=value),
    "release": lambda value: Q(release=value),
    "environment": lambda value: Q(environment=value),
    "signal": lambda value: Q(pk__in=Signal.objects.filter(kind=value).values("session")),
    "has_errors": lambda _: Q(error_count__gt=0),
    "started_from": _since,
    "started_to": _until,
}


def matching(project: Project, filters: Mapping[str, Any]) -> QuerySet[AgentSession]:
    """The project's sessions that the filters describe. Empty values and keys outside `FILTERS` mean nothing."""
    wanted = Q()
    for key, value in filters.items():
        if value and key in FILTERS:
            wanted &= FILTERS[key](value)
    return AgentSession.objects.filter(wanted, project=project)


def not_yet_queued(queue: Queue) -> QuerySet[AgentSession]:
    """Settled sessions that match and were never in the queue, oldest first."""
    known = QueueItem.objects.filter(queue=queue).values("session")
    settled = matching(queue.project, queue.filters).filter(settled_revision__gte=1)
    return settled.exclude(pk__in=known).order_by("pk")


def out_of_date(queue: Queue) -> QuerySet[QueueItem]:
    """Items with a free slot whose session was settled again since their priority was computed."""
    free = Slot.objects.filter(queue=queue, state=SlotState.FREE).values("item")
    return QueueItem.objects.filter(
        queue=queue, pk__in=free, signals_revision__lt=F("session__signals_revision")
    ).order_by("pk")


def waiting_items(queue: Queue) -> int:
    """Sessions of the queue that still have a slot to fill."""
    open_slots = Slot.objects.filter(queue=queue, state__in=(SlotState.FREE, SlotState.LEASED))
    return open_slots.values("item").distinct().count()
