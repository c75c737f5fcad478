"""The random sample of a queue, in SQL: `annotate.sampling` says what it is."""

from django.db.models import Q

from annotate.models import Queue
from annotate.sampling import spans_of


def sampled(queue: Queue) -> Q:
    """On sessions of the queue's filter: who is in its random sample now. Served by the index `session_by_draw`."""
    return between(queue.pk, queue.drawn_below)


def between(queue_id: int, below: float) -> Q:
    """The same for any τ, word for word what `in_sample` decides."""
    wanted = Q(pk__in=[])
    for low, high in spans_of(queue_id, below):
        wanted |= Q(draw__gte=low, draw__lt=high)
    return wanted
