"""Which sessions are still to come into a queue."""

from django.db.models import QuerySet

from annotate.models import Queue, QueueItem
from annotate.queries.filters import matching
from traces.models import AgentSession


def not_yet_queued(queue: Queue) -> QuerySet[AgentSession]:
    """Settled sessions that match and were never in the queue, oldest first."""
    known = QueueItem.objects.work().filter(queue=queue).values("session")
    settled = matching(queue.project, queue.filters).filter(settled_revision__gte=1)
    return settled.exclude(pk__in=known).order_by("pk")
