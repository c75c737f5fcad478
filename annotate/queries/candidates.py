"""Which sessions could come into a queue, and which wait in it. Every query here meets queues over 100,000 sessions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, When

from annotate.models import Queue, QueueItem, Slot, SlotState, Stratum
from annotate.queries.evidence import COLUMNS, as_ranked
from annotate.queries.filters import matching
from annotate.queries.sample import between
from annotate.sampling import place_of, spans_of
from traces.models import AgentSession

ITEM = (
    *("id", "queue_id", "priority", "reasons", "priority_version", "priority_model_id", "signals_revision"),
    *("impact", "news", "stratum", "selection_probability"),
)
# Of an item: nobody has begun any of its slots.
_IS_UNTAKEN = Exists(Slot.objects.filter(item=OuterRef("pk"), state=SlotState.FREE, begun=False))


def settled(queue: Queue) -> QuerySet[AgentSession]:
    """The sessions that the queue is about: settled ones that match its filter."""
    return matching(queue.project, queue.filters).filter(settled_revision__gte=1)


def outside(queue: Queue, since: datetime | None = None) -> QuerySet[AgentSession]:
    """Those that were never in the queue; `since`: only those whose signals were written then or later."""
    known = QueueItem.objects.work().filter(queue=queue, session=OuterRef("pk"))
    found = settled(queue).filter(~Exists(known))
    return found.filter(signals_at__gte=since) if since else found


def preselected(sessions: QuerySet[AgentSession], most: int) -> list[AgentSession]:
    """At most so many: three quarters with the heaviest signals, the rest the newest. Two queries."""
    heaviest = list(as_ranked(sessions).order_by("-signal_weight", "-pk")[: most - most // 4])
    if len(heaviest) < most - most // 4:
        return heaviest
    known = {session.pk for session in heaviest}
    newest = as_ranked(sessions).order_by("-pk")[:most]
    return [*heaviest, *[session for session in newest if session.pk not in known][: most // 4]]


def drawn_outside(queue: Queue, sessions: QuerySet[AgentSession], below: float, most: int) -> list[AgentSession]:
    """Of `sessions` those in the random sample of τ = `below`, in reading order, at most so many. Two queries."""
    drawn = sessions.filter(between(queue.pk, below)).values_list("pk", "draw")
    first = sorted(drawn, key=lambda row: (place_of(queue.pk, row[1]), row[0]))[:most]
    found = as_ranked(AgentSession.objects.all()).in_bulk([pk for pk, _ in first])
    return [found[pk] for pk, _ in first]


def next_places(queue: Queue, below: float, count: int) -> list[float]:
    """The next so many places from τ = `below` on, of sessions that nobody has taken yet, ascending. Two queries."""
    items = QueueItem.objects.work().filter(queue=queue, session=OuterRef("pk"))
    untaken = settled(queue).filter(~Exists(items) | Exists(items.filter(_IS_UNTAKEN)))
    places: list[float] = []
    for low, high in _beyond(queue.pk, below):
        left = count - len(places)
        draws = untaken.filter(draw__gte=low, draw__lt=high).order_by("draw").values_list("draw", flat=True)[:left]
        places += [place_of(queue.pk, draw) for draw in draws]
    return places


def _beyond(queue_id: int, below: float) -> list[tuple[float, float]]:
    """The spans of draws that are not in the sample of τ = `below`, in the order of their places."""
    spans = spans_of(queue_id, 1.0)
    end = spans_of(queue_id, below)[-1][1] if below > 0 else spans[0][0]
    if below >= 1:
        return []
    start = spans[0][0]
    return [(end, 1.0), (0.0, start)] if end >= start else [(end, start)]


def waiting(queue: Queue, most: int) -> list[QueueItem]:
    """The items that nobody has begun, on offer, each with its session as ranking reads it. One query.

    Of more than `most`, those whose session has changed since they were ranked come first, then the random sample, then
    what is worth most: the far end of a queue is reached when its front is read.
    """
    untouched = Slot.objects.filter(queue=queue, state=SlotState.FREE, begun=False).values("item")
    offered = QueueItem.objects.work().filter(pk__in=untouched, removed_at=None, before_lead_at=None)
    is_first = Case(
        When(signals_revision__lt=F("session__signals_revision"), then=0),
        When(stratum=Stratum.RANDOM, then=1),
        default=2,
        output_field=IntegerField(),
    )
    columns = [*ITEM, *(f"session__{name}" for name in COLUMNS)]
    worth = F("priority") * F("impact") * F("news")
    return list(offered.select_related("session").only(*columns).order_by(is_first, -worth, "session_id")[:most])


@dataclass(frozen=True)
class Waiting:
    """How many sessions of a queue have a slot to fill, and how many of these are of its random sample."""

    sessions: int
    drawn: int

    def room(self, queue: Queue) -> int:
        """How many more sessions find room. A sample that is longer than its share takes no place from the ranked."""
        ranked = self.sessions - self.drawn
        return max(0, queue.size_cap - self.sessions, queue.size_cap - drawn_wanted(queue) - ranked)


def drawn_wanted(queue: Queue) -> int:
    """How many of a full queue are to be of its random sample."""
    return max(1, round(queue.random_share * queue.size_cap)) if queue.random_share > 0 else 0


def count_waiting(queue: Queue) -> Waiting:
    """One query over the open slots."""
    open_slots = Slot.objects.work().filter(queue=queue, state__in=(SlotState.FREE, SlotState.LEASED))
    drawn = Count("item", distinct=True, filter=Q(item__stratum=Stratum.RANDOM))
    return Waiting(**open_slots.aggregate(sessions=Count("item", distinct=True), drawn=drawn))


def matching_of(queue: Queue, session_ids: Collection[int]) -> set[int]:
    """Those of the sessions that match the queue's filter."""
    return set(settled(queue).filter(pk__in=session_ids).values_list("pk", flat=True)) if session_ids else set()


def out_of_date(queue: Queue) -> QuerySet[QueueItem]:
    """Items with a free slot whose session's signals were written again since their priority was computed."""
    free = Slot.objects.filter(queue=queue, state=SlotState.FREE).values("item")
    on_offer = Q(removed_at=None, before_lead_at=None)
    return QueueItem.objects.work().filter(on_offer, pk__in=free, signals_revision__lt=F("session__signals_revision"))
