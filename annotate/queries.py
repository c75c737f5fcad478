"""Reads over several tables: what a queue's filter matches, how far a queue is, how a reviewer is doing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.models import Project, User
from annotate.models import Failure, FailureType, Outcome, Queue, QueueItem, Review, Slot, SlotState
from traces.models import AgentSession, Signal

MINUTE = timedelta(minutes=1)
REVIEWS_TIMED = 50
# Fewer say nothing yet about how long the others will take.
REVIEWS_NEEDED = 5
SHORTEST_REVIEW = timedelta(seconds=10)
LONGEST_REVIEW = timedelta(minutes=15)


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
        queue=queue, pk__in=free, session_revision__lt=F("session__settled_revision")
    ).order_by("pk")


def waiting_items(queue: Queue) -> int:
    """Sessions of the queue that still have a slot to fill."""
    open_slots = Slot.objects.filter(queue=queue, state__in=(SlotState.FREE, SlotState.LEASED))
    return open_slots.values("item").distinct().count()


@dataclass(frozen=True)
class QueueRow:
    """A queue as its list shows it. `minutes` is how long the waiting reviews take one person, if that is known."""

    queue: Queue
    waiting: int
    done: int
    mine_begun: int
    minutes: int | None

    @property
    def total(self) -> int:
        return self.waiting + self.done

    @property
    def hours(self) -> int:
        return round((self.minutes or 0) / 60)

    @property
    def is_watched(self) -> bool:
        """True where new sessions would be the news."""
        return self.queue.is_open and not self.waiting


def queue_rows(project: Project, user: User, *, only: Queue | None = None) -> list[QueueRow]:
    """The project's queues, open ones first, with their progress. Two queries, however many queues."""
    wanted = Q(pk=only.pk) if only else Q()
    open_slots = Q(slots__state__in=(SlotState.FREE, SlotState.LEASED))
    queues = (
        Queue.objects.filter(wanted, project=project)
        .annotate(
            waiting=Count("slots", filter=open_slots),
            done=Count("slots", filter=Q(slots__state=SlotState.SUBMITTED)),
            mine_begun=Count("slots", filter=Q(slots__state=SlotState.LEASED, slots__reviewer=user)),
        )
        .order_by("-is_open", "pk")
    )
    pace = minutes_per_review(project)
    return [
        QueueRow(
            queue=queue,
            waiting=queue.waiting,
            done=queue.done,
            mine_begun=queue.mine_begun,
            minutes=None if pace is None else max(1, round(queue.waiting * pace)),
        )
        for queue in queues
    ]


def minutes_per_review(project: Project) -> float | None:
    """The median time that the newest reviews took; None while fewer than 5 were timed."""
    newest = Review.objects.filter(project=project, opened_at__isnull=False).order_by("-submitted_at")
    pairs = newest.values_list("opened_at", "submitted_at")[:REVIEWS_TIMED]
    # A tab left open over lunch is no review of two hours, and a slip of the finger none of a second.
    taken = [
        min(max(submitted - opened, SHORTEST_REVIEW), LONGEST_REVIEW)
        for opened, submitted in pairs
        if opened is not None
    ]
    return median(each / MINUTE for each in taken) if len(taken) >= REVIEWS_NEEDED else None


@dataclass(frozen=True)
class Arrivals:
    """Sessions on their way into a queue: `filling` within seconds, `unquiet` once they have been quiet for a while."""

    filling: int
    unquiet: int


def arrivals(queue: Queue) -> Arrivals:
    """What matches the queue and is not yet in it. Two queries."""
    unsettled = matching(queue.project, queue.filters).filter(settled_revision=0).order_by()
    ended, going_on = Q(closed=True), Q(closed=False)
    numbers = unsettled.aggregate(ended=Count("pk", filter=ended), going_on=Count("pk", filter=going_on))
    return Arrivals(filling=not_yet_queued(queue).count() + numbers["ended"], unquiet=numbers["going_on"])


def waits_elsewhere(queue: Queue) -> bool:
    """Whether another open queue of the project has something to review."""
    waiting = Slot.objects.filter(queue__project=queue.project_id, queue__is_open=True).exclude(queue=queue)
    return waiting.filter(state__in=(SlotState.FREE, SlotState.LEASED)).exists()


@dataclass(frozen=True)
class OwnNumbers:
    """What one reviewer has done in a project."""

    reviews: int
    failures: int
    today: int


def own_numbers(project: Project, user: User) -> OwnNumbers:
    """Reviews that stand, how many of them were failures, and how many are of the last 24 hours."""
    mine = Review.objects.filter(project=project, reviewer=user, withdrawn_at=None)
    numbers = mine.aggregate(
        reviews=Count("pk"),
        failures=Count("pk", filter=Q(outcome=Outcome.FAILURE)),
        today=Count("pk", filter=Q(submitted_at__gte=timezone.now() - timedelta(days=1))),
    )
    return OwnNumbers(**numbers)


def place_in_queue(queue: Queue) -> tuple[int, int]:
    """The running number of the review at hand and how many the queue holds: 12 of 40."""
    counted = Slot.objects.filter(queue=queue).aggregate(
        done=Count("pk", filter=Q(state=SlotState.SUBMITTED)),
        total=Count("pk", filter=~Q(state=SlotState.SKIPPED)),
    )
    return min(counted["done"] + 1, counted["total"]), counted["total"]


def failure_types(project: Project) -> QuerySet[FailureType]:
    """The team's own labels, the most used first, as a reviewer is offered them."""
    standing = Failure.objects.filter(failure_type=OuterRef("pk"), withdrawn_at=None).order_by().values("failure_type")
    uses = Coalesce(Subquery(standing.annotate(uses=Count("pk")).values("uses")), 0)
    return FailureType.objects.filter(project=project).annotate(uses=uses).order_by("-uses", "name")


def last_review(project: Project, user: User) -> Review | None:
    """The newest judgement of this person that still stands: what undo takes back."""
    standing = Review.objects.filter(project=project, reviewer=user, withdrawn_at=None, slot__isnull=False)
    return standing.select_related("slot__queue", "slot__item").order_by("-submitted_at", "-pk").first()


def standing_review(slot: Slot, user: User) -> Review | None:
    """The judgement of this person that stands in the slot."""
    standing = Review.objects.filter(slot=slot, reviewer=user, withdrawn_at=None)
    return standing.select_related("slot__queue", "slot__item").first()


def failures_of(review: Review) -> QuerySet[Failure]:
    """What the review said went wrong, in the order it was said."""
    return Failure.objects.filter(review=review).select_related("failure_type").order_by("pk")
