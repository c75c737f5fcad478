"""Whether a queue has anything to do: asked every few seconds of every queue, so that it may cost next to nothing."""

from datetime import datetime, timedelta
from enum import Enum, auto

from django.db.models import QuerySet

from annotate.models import Queue, Review
from annotate.queries.candidates import count_waiting, out_of_date, outside
from annotate.queries.evidence import newest_model
from annotate.queries.sample import between
from traces.models import AgentSession

# A transaction that began before the last look may have committed after it.
OVERLAP = timedelta(seconds=60)
# Each review is news for what is like it; ranking everything again after every one would change little.
AFTER_REVIEWS = timedelta(seconds=30)
# The longer a queue, the less it hurts that something stands in it a little too far back.
RANKED_PER_SECOND = 50
LONGEST_PAUSE = timedelta(seconds=30)
# Looking through all that waits outside is worth it for so large a part of a queue.
REFILLED = 50


class Due(Enum):
    """What a queue asks for: nothing; to note that it was looked at; to take in what is new; to look at all."""

    NOTHING = auto()
    NOTED = auto()
    NEW = auto()
    ALL = auto()


def what_is_due(queue: Queue, now: datetime) -> Due:
    """At most eight short queries, each served by an index."""
    if queue.ranked_at is None:
        return Due.ALL
    waiting = count_waiting(queue)
    if now - queue.ranked_at < min(LONGEST_PAUSE, timedelta(seconds=waiting.sessions // RANKED_PER_SECOND)):
        return Due.NOTHING
    room = waiting.room(queue)
    if queue.fills_itself and queue.has_more and room > queue.size_cap // REFILLED:
        return Due.ALL
    if _is_stale(queue, queue.ranked_at) or (queue.fills_itself and _has_arrivals(queue, queue.ranked_at, room)):
        return Due.NEW
    if waiting.sessions and _is_judged(queue, queue.ranked_at):
        return Due.NEW if now - queue.ranked_at >= AFTER_REVIEWS else Due.NOTHING
    changed = AgentSession.objects.filter(project=queue.project, signals_at__gt=queue.ranked_at)
    return Due.NOTED if changed.exists() else Due.NOTHING


def since(queue: Queue) -> datetime | None:
    """From when on sessions may have changed unseen; None: ever."""
    return queue.ranked_at - OVERLAP if queue.ranked_at else None


def _is_stale(queue: Queue, ranked_at: datetime) -> bool:
    model = newest_model(queue.project)
    return (model is not None and model.fitted_at > ranked_at) or out_of_date(queue).exists()


def _has_arrivals(queue: Queue, ranked_at: datetime, room: int) -> bool:
    """Whether something new comes in at once: whatever is drawn, and anything where there is room, or to say no to."""
    fresh: QuerySet[AgentSession] = outside(queue, ranked_at - OVERLAP)
    if room <= 0 and queue.has_more:
        fresh = fresh.filter(between(queue.pk, queue.drawn_below))
    return fresh.exists()


def _is_judged(queue: Queue, ranked_at: datetime) -> bool:
    newest = (
        Review.objects.filter(project=queue.project).order_by("-submitted_at").values_list("submitted_at", flat=True)
    )
    return any(moment > ranked_at for moment in newest[:1])
