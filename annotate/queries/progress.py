"""How far a queue is, what is on its way, how a reviewer is doing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from accounts.models import Project, User
from annotate.models import CalibrationReview, Outcome, Queue, QueueItem, Review, Slot, SlotState
from annotate.queries.filters import matching
from annotate.queries.matching import not_yet_queued

MINUTE = timedelta(minutes=1)
REVIEWS_TIMED = 50
# Fewer say nothing yet about how long the others will take.
REVIEWS_NEEDED = 5
SHORTEST_REVIEW = timedelta(seconds=10)
LONGEST_REVIEW = timedelta(minutes=15)


@dataclass(frozen=True)
class QueueRow:
    """A queue as its list shows it. `minutes` is how long the waiting reviews take one person, if that is known.

    `waiting` counts judgements to come, of which `overdue` are late; `oldest` is when the longest waiting came in.
    """

    queue: Queue
    waiting: int
    done: int
    mine_begun: int
    mine_given: int
    before_lead: int
    overdue: int
    oldest: datetime | None
    minutes: int | None
    may_take: bool

    @property
    def total(self) -> int:
        return self.waiting + self.done

    @property
    def hours(self) -> int:
        return round((self.minutes or 0) / 60)

    @property
    def is_watched(self) -> bool:
        """True where new sessions would be the news."""
        return self.queue.is_open and self.queue.fills_itself and not self.waiting


NOBODY = 0  # no user has this key
OPEN_SLOTS = (SlotState.FREE, SlotState.LEASED)
NONE_WAITING: dict[str, Any] = {"waiting": 0, "mine_begun": 0, "mine_given": 0, "overdue": 0, "oldest": None}


def queue_rows(project: Project, user: User | None, *, only: Queue | None = None) -> list[QueueRow]:
    """The project's queues, open ones first, with their progress. Seven queries, however many queues.

    `user` is whose places are theirs; a program has none.
    """
    wanted, reader = Q(pk=only.pk) if only else Q(), user.pk if user else NOBODY
    queues = list(Queue.objects.filter(wanted, project=project).order_by("-is_open", "pk"))
    waiting = _waiting(queues, reader)
    done = _done(queues)
    before_lead = _counted(
        QueueItem.objects.work().filter(queue__in=queues, before_lead_at__isnull=False, removed_at=None)
    )
    takers = _takers(queues)
    pace = minutes_per_review(project)
    return [
        QueueRow(
            queue=queue,
            **numbers,
            done=done.get(queue.pk, 0),
            before_lead=before_lead.get(queue.pk, 0),
            minutes=None if pace is None else max(1, round(numbers["waiting"] * pace)),
            may_take=not takers[queue.pk] or reader in takers[queue.pk],
        )
        for queue in queues
        for numbers in [waiting.get(queue.pk, NONE_WAITING)]
    ]


def _waiting(queues: Sequence[Queue], reader: int) -> dict[int, dict[str, Any]]:
    """What waits, by queue."""
    rows = Slot.objects.work().filter(queue__in=queues, state__in=OPEN_SLOTS).order_by().values("queue")
    counted = rows.annotate(
        waiting=Count("pk"),
        # What is only kept ready has not been begun.
        mine_begun=Count("pk", filter=Q(state=SlotState.LEASED, reviewer=reader, opened_at__isnull=False)),
        mine_given=Count("pk", filter=Q(state=SlotState.FREE, assigned_to=reader)),
        overdue=Count("pk", filter=Q(item__due_at__lt=timezone.now())),
        oldest=Min("item__created_at"),
    )
    found: list[dict[str, Any]] = [dict(row) for row in counted]
    return {row["queue"]: {key: row[key] for key in NONE_WAITING} for row in found}


def _done(queues: Sequence[Queue]) -> dict[int, int]:
    """What was judged, by queue. All are counted by an index, and the few that measure reviewers taken off."""
    submitted = Slot.objects.filter(queue__in=queues, state=SlotState.SUBMITTED)
    measured = _counted(Slot.objects.measuring().filter(item__queue__in=queues, state=SlotState.SUBMITTED))
    return {queue: times - measured.get(queue, 0) for queue, times in _counted(submitted).items()}


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("queue").annotate(times=Count("pk")))


def _takers(queues: Sequence[Queue]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {queue.pk: set() for queue in queues}
    named = Queue.takers.through.objects.filter(queue__in=queues)
    for queue_id, user_id in named.values_list("queue_id", "user_id"):
        found[queue_id].add(user_id)
    return found


def minutes_per_review(project: Project) -> float | None:
    """The median time that the newest reviews took; None while fewer than 5 were timed."""
    timed = Review.objects.filter(project=project, withdrawn_at=None, is_gold=False, opened_at__isnull=False)
    newest = timed.order_by("-submitted_at")
    pairs = newest.values_list("opened_at", "submitted_at")[:REVIEWS_TIMED]
    # A tab left open over lunch is no review of two hours, and a slip of the finger none of a second.
    return typical_minutes([(opened, submitted) for opened, submitted in pairs if opened is not None])


def typical_minutes(times: Iterable[tuple[datetime, datetime]]) -> float | None:
    """The median of reviews from their opening to their submission; None while fewer than 5 were timed."""
    # A tab left open over lunch is no review of two hours, and a slip of the finger none of a second.
    taken = [min(max(submitted - opened, SHORTEST_REVIEW), LONGEST_REVIEW) for opened, submitted in times]
    return median(each / MINUTE for each in taken) if len(taken) >= REVIEWS_NEEDED else None


@dataclass(frozen=True)
class Arrivals:
    """Sessions on their way into a queue: `filling` within seconds, `unquiet` once they have been quiet for a while."""

    filling: int
    unquiet: int


def arrivals(queue: Queue) -> Arrivals:
    """What matches the queue and is not yet in it, as far as it has room. Two queries.

    Nothing comes by itself into a queue that is closed, or that people fill.
    """
    if not (queue.is_open and queue.fills_itself):
        return Arrivals(0, 0)
    unsettled = matching(queue.project, queue.filters).filter(settled_revision=0).order_by()
    ended, going_on = Q(closed=True), Q(closed=False)
    numbers = unsettled.aggregate(ended=Count("pk", filter=ended), going_on=Count("pk", filter=going_on))
    filling = min(queue.size_cap, not_yet_queued(queue).count() + numbers["ended"])
    return Arrivals(filling, numbers["going_on"])


def waits_elsewhere(queue: Queue) -> bool:
    """Whether another open queue of the project has something to review."""
    waiting = Slot.objects.work().filter(queue__project=queue.project_id, queue__is_open=True).exclude(queue=queue)
    return waiting.filter(state__in=(SlotState.FREE, SlotState.LEASED)).exists()


@dataclass(frozen=True)
class OwnNumbers:
    """What one reviewer has done in a project."""

    reviews: int
    failures: int
    today: int


def own_numbers(project: Project, user: User) -> OwnNumbers:
    """Reviews that stand, how many of them were failures, and how many are of the last 24 hours. Two queries.

    Those that measured the reviewer among them: were these left out, the number would give them away.
    """
    mine = Q(project=project, reviewer=user, withdrawn_at=None)
    numbers = {
        "reviews": Count("pk"),
        "failures": Count("pk", filter=Q(outcome=Outcome.FAILURE)),
        "today": Count("pk", filter=Q(submitted_at__gte=timezone.now() - timedelta(days=1))),
    }
    made = Review.objects.filter(mine, is_gold=False).aggregate(**numbers)
    measured = CalibrationReview.objects.filter(mine).aggregate(**numbers)
    return OwnNumbers(**{name: made[name] + measured[name] for name in numbers})


def place_in_queue(queue: Queue) -> tuple[int, int]:
    """The running number of the review at hand and how many the queue holds: 12 of 40.

    What measures a reviewer counts once it is judged, so that neither number tells what is at hand.
    """
    by_state = Slot.objects.filter(queue=queue).order_by().values_list("state")
    counted = dict(by_state.annotate(times=Count("*")))
    done = counted.get(SlotState.SUBMITTED, 0)
    measuring = Slot.objects.measuring().filter(item__queue=queue, state__in=OPEN_SLOTS).count()
    total = done + sum(counted.get(state, 0) for state in OPEN_SLOTS) - measuring
    return min(done + 1, total), total
