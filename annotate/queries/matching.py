"""Which sessions a queue takes, and which of its items have become out of date."""

from django.db.models import F, QuerySet

from annotate.models import Queue, QueueItem, Slot, SlotState
from annotate.queries.filters import matching
from traces.models import AgentSession


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
