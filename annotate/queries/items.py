"""The sessions of one queue as its page lists them: where each stands, who has it, what can be done."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Project
from annotate.models import Queue, QueueItem, Slot, SlotState

OPEN = (SlotState.FREE, SlotState.LEASED)
WAITING, LEAD, DONE, ASIDE, REMOVED = "waiting", "lead", "done", "aside", "removed"
OVERDUE = "overdue"  # of those that wait
SHOWN = {
    WAITING: "Waiting",
    LEAD: "Waiting for a lead",
    DONE: "Done",
    ASIDE: "Set aside",
    REMOVED: "Removed",
}


@dataclass(frozen=True)
class ItemRow:
    """A session in a queue, with its places by what became of them."""

    item: QueueItem
    now: datetime
    slots: list[Slot] = field(default_factory=list)

    def _of(self, *states: str) -> list[Slot]:
        return [slot for slot in self.slots if slot.state in states]

    @property
    def held(self) -> list[Slot]:
        return [slot for slot in self._of(SlotState.LEASED) if slot.lease_until and slot.lease_until >= self.now]

    @property
    def left(self) -> list[Slot]:
        """Begun, and left without a word: whoever comes next gets it."""
        return [slot for slot in self._of(SlotState.LEASED) if slot not in self.held]

    @property
    def judged(self) -> list[Slot]:
        return self._of(SlotState.SUBMITTED)

    @property
    def skipped(self) -> list[Slot]:
        return self._of(SlotState.SKIPPED)

    @property
    def kept(self) -> list[Slot]:
        """Given to somebody who has not begun."""
        return [slot for slot in self._of(SlotState.FREE) if slot.assigned_to]

    @property
    def has_free(self) -> bool:
        return any(slot.assigned_to is None for slot in self._of(SlotState.FREE))

    @property
    def is_waiting(self) -> bool:
        return bool(self._of(*OPEN))

    @property
    def is_overdue(self) -> bool:
        return self.is_waiting and self.item.due_at is not None and self.item.due_at < self.now

    @property
    def is_aside(self) -> bool:
        item = self.item
        return not (self.is_waiting or self.judged or item.removed_at or item.before_lead_at)


def item_counts(queue: Queue) -> dict[str, int]:
    """How many sessions stand where, by the keys of SHOWN: one query."""
    marked = _marked(QueueItem.objects.work().filter(queue=queue))
    return marked.aggregate(**{key: Count("pk", filter=condition) for key, condition in _CONDITIONS.items()})


def work_counts(project: Project) -> tuple[dict[str, int], dict[int, dict[str, int]]]:
    """How many sessions wait, are late or done: in any queue of the project, and by queue. Two queries.

    A session that stands so in two queues is one session in any.
    """
    marked = _marked(QueueItem.objects.work().filter(queue__project=project))
    wanted = {key: _CONDITIONS[key] for key in (WAITING, DONE)}
    wanted[OVERDUE] = _CONDITIONS[WAITING] & Q(due_at__lt=Now())
    counts = {key: Count("session", distinct=True, filter=condition) for key, condition in wanted.items()}
    rows = marked.order_by().values("queue").annotate(**counts).values_list("queue", *counts)
    by_queue = {queue: dict(zip(counts, numbers, strict=True)) for queue, *numbers in rows}
    return marked.aggregate(**counts), by_queue


_HERE = Q(removed_at=None, before_lead_at=None)
_CONDITIONS = {
    WAITING: Q(is_open=True),
    LEAD: Q(removed_at=None, before_lead_at__isnull=False),
    DONE: _HERE & Q(is_open=False, is_judged=True),
    ASIDE: _HERE & Q(is_open=False, is_judged=False),
    REMOVED: Q(removed_at__isnull=False),
}


def _marked(items: QuerySet[QueueItem]) -> QuerySet[QueueItem]:
    slots = Slot.objects.filter(item=OuterRef("pk"))
    return items.alias(
        is_open=Exists(slots.filter(state__in=OPEN)), is_judged=Exists(slots.filter(state=SlotState.SUBMITTED))
    )


def item_ids(queue: Queue, shown: str) -> Sequence[int]:
    """The ids of the sessions that stand there, in the order in which they are read, or were: one query."""
    if shown == WAITING:
        # Word for word the order of the claim: one pass over its index.
        slots = Slot.objects.work().filter(queue=queue, state__in=OPEN).order_by("-begun", "-priority", "pk")
        return list(dict.fromkeys(slots.values_list("item_id", flat=True)))
    items = _marked(QueueItem.objects.work().filter(queue=queue)).filter(_CONDITIONS[shown])
    if shown == DONE:
        items = items.annotate(ended=Max("slots__ended_at")).order_by("-ended", "-pk")
    elif shown == REMOVED:
        items = items.order_by("-removed_at", "-pk")
    else:
        items = items.order_by("before_lead_at", "pk")
    return list(items.values_list("pk", flat=True))


def item_rows(ids: Iterable[int]) -> list[ItemRow]:
    """These sessions in their order: two queries."""
    keys = list(ids)
    found = QueueItem.objects.select_related("session", "removed_by").in_bulk(keys)
    slots: dict[int, list[Slot]] = defaultdict(list)
    for slot in Slot.objects.filter(item__in=keys).select_related("reviewer", "assigned_to").order_by("ordinal"):
        slots[slot.item_id].append(slot)
    now = timezone.now()
    return [ItemRow(found[key], now, slots[key]) for key in keys if key in found]
