"""What leads do with queues. Each action is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import Project, User
from annotate.actions.places import lock_item, set_aside
from annotate.filling import make_default_queue
from annotate.models import (
    CalibrationReview,
    Draft,
    Queue,
    QueueItem,
    Review,
    Rubric,
    SkipPolicy,
    Slot,
    SlotState,
    Stratum,
)
from common.errors import Refused

MEASURES_ONLY_BLIND = (
    "Who sees what others said is not measured by saying the same. Choose “Blind” below, or mix none of these in."
)


@dataclass(frozen=True)
class QueueSettings:
    """How a queue is read. `takers`: who may take from it; nobody named is every reviewer.

    `rubric`: what its reviews answer; none named is the one that it has, and for a new one the first of the project.
    """

    name: str
    reviewers_per_session: int = 1
    random_share: float = 0.2
    gold_share: float = 0
    repeat_share: float = 0
    size_cap: int = 1000
    fills_itself: bool = True
    is_blind: bool = False
    due_hours: int = 24
    skip_policy: str = SkipPolicy.OTHERS.value
    skips_to_lead: int = 2
    takers: Sequence[User] = ()
    rubric: Rubric | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """All that stands in the queue's own row."""
        left_out = {"takers"} if self.rubric else {"takers", "rubric"}
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name not in left_out}


def create_default_queue(*, project: Project) -> Queue:
    """The queue that every project starts with; the one that is there, if it is."""
    return make_default_queue(project)


@transaction.atomic
def create_queue(*, project: Project, creator: User, filters: dict[str, Any], settings: QueueSettings) -> Queue:
    """An open queue of what matches `filters`. Refused when the name is taken, or it measures and is not blind."""
    _check_name(project, settings.name)
    _check_measures(settings)
    columns = {"rubric": settings.rubric or make_default_queue(project).rubric, **settings.columns}
    queue = Queue.objects.create(project=project, filters=filters, created_by=creator, **columns)
    queue.takers.set(settings.takers)
    return queue


@transaction.atomic
def edit_queue(*, queue: Queue, settings: QueueSettings, filters: dict[str, Any] | None = None) -> None:
    """New settings; how many people judge a session counts for those that come from now on.

    Refused when the name is taken, where it measures and is not blind, and for other `filters` once something was
    judged: what was drawn at random from one lot would be told of another. Before that, what nobody has touched leaves,
    and the queue is filled anew.
    """
    # Not the row's key: who adds a place to a session of it holds the session's item, and this waits for items.
    queue = Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)
    if settings.name != queue.name:
        _check_name(queue.project, settings.name)
    _check_measures(settings)
    if filters is not None and filters != queue.filters:
        _draw_anew(queue, filters)
    for name, value in settings.columns.items():
        setattr(queue, name, value)
    queue.ranked_at = None
    if not queue.is_blind:
        _measure_no_more(queue)
    # Last: with another name it is the row's key all the same.
    queue.save()
    queue.takers.set(settings.takers)


def _measure_no_more(queue: Queue) -> None:
    """Its answer can be read: it is offered to nobody. Who has it open can still submit."""
    waiting = Slot.objects.measuring().filter(queue=queue, state__in=(SlotState.FREE, SlotState.LEASED))
    for item_id in sorted(waiting.values_list("item_id", flat=True)):
        set_aside(lock_item(item_id))


def is_judged(queue: Queue) -> bool:
    """Whether anybody has said anything of one of its sessions, even if it was taken back."""
    measured = CalibrationReview.objects.filter(slot__queue=queue)
    return Review.objects.filter(slot__queue=queue).exists() or measured.exists()


def _draw_anew(queue: Queue, filters: dict[str, Any]) -> None:
    if is_judged(queue):
        raise Refused("Sessions were judged already: the sample would mean nothing. Make a new queue from this one.")
    queue.filters, queue.drawn_below = filters, 0
    touched = Slot.objects.filter(item=OuterRef("pk")).exclude(state=SlotState.FREE, assigned_to=None)
    items = QueueItem.objects.filter(~Exists(touched), queue=queue, removed_at=None).exclude(stratum=Stratum.HAND)
    # Whoever gives one of them to somebody holds its row and then wants its places: here, too, the row comes first.
    untouched = list(items.select_for_update().order_by("pk").values_list("pk", flat=True))
    items.filter(pk__in=untouched).delete()


def _check_name(project: Project, name: str) -> None:
    if Queue.objects.filter(project=project, name=name).exists():
        raise Refused("There is a queue of this name already.", field="name")


def _check_measures(settings: QueueSettings) -> None:
    if settings.is_blind:
        return
    shares = {"gold_percent": settings.gold_share, "repeat_percent": settings.repeat_share}
    if measuring := next((field for field, share in shares.items() if share), None):
        raise Refused(MEASURES_ONLY_BLIND, field=measuring)


@transaction.atomic
def set_queue_open(*, queue: Queue, is_open: bool) -> None:
    """Opens or closes a queue. A closed one takes in nothing and gives out nothing; its reviews stay."""
    Queue.objects.filter(pk=queue.pk).update(is_open=is_open, ranked_at=None)


@transaction.atomic
def delete_queue(*, queue: Queue) -> None:
    """Deletes a queue of which nothing was judged. Refused for any other, and while somebody has one of it open."""
    Queue.objects.select_for_update().get(pk=queue.pk)
    if is_judged(queue):
        raise Refused("Sessions of this queue were judged, and judgements are kept. Close it instead.")
    if Slot.objects.filter(queue=queue, state=SlotState.LEASED).exists() or _has_drafts(queue):
        raise Refused("Somebody has a session of this queue open. Close it, and delete it once they are done.")
    queue.delete()


def _has_drafts(queue: Queue) -> bool:
    return Draft.objects.filter(item__queue=queue).exclude(content={}).exists()
