"""The places of one queued session: making, keeping back, offering. Called with the item's row locked."""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.models import User
from annotate.claims import NOBODYS
from annotate.models import QueueItem, Slot, SlotState


def lock_item(item_id: int) -> QueueItem:
    """The item with its session; whoever else writes to its places waits. Raises where it was deleted meanwhile."""
    return QueueItem.objects.select_for_update(of=("self",)).select_related("session", "queue").get(pk=item_id)


def new_slot(item: QueueItem, **fields: Any) -> Slot:
    """One more place, with the order of the others."""
    last = Slot.objects.filter(item=item).order_by("-ordinal")[0]
    return Slot.objects.create(
        queue_id=item.queue_id, item=item, ordinal=last.ordinal + 1, priority=last.priority, begun=last.begun, **fields
    )


def set_aside(item: QueueItem) -> None:
    """Offers the session to nobody. Who has it open can still submit: their judgement takes a place set aside."""
    offered = Slot.objects.filter(item=item, is_extra=False, state__in=(SlotState.FREE, SlotState.LEASED))
    _in_order(offered).update(state=SlotState.ASIDE, **NOBODYS)


def offer(item: QueueItem) -> int:
    """Makes the places that were set aside free again, unless the item is off offer; how many."""
    if item.removed_at is not None or item.before_lead_at is not None:
        return 0
    kept = Slot.objects.filter(item=item, is_extra=False, state=SlotState.ASIDE)
    return _in_order(kept).update(state=SlotState.FREE, **NOBODYS)


def _in_order(slots: QuerySet[Slot]) -> QuerySet[Slot]:
    """The same, locked in the order of their keys: ranking, which writes many at once, goes by that order too."""
    return Slot.objects.filter(pk__in=list(slots.select_for_update().order_by("pk").values_list("pk", flat=True)))


def skips_of(item: QueueItem) -> int:
    """How many people have put the session aside."""
    return Slot.objects.filter(item=item, state=SlotState.SKIPPED, is_extra=False).count()


def retire_spare(item: QueueItem) -> bool:
    """Takes away one place that nobody has, so that another may count again; False where all are taken."""
    spare = Slot.objects.filter(item=item, is_extra=False, assigned_to=None)
    spare = spare.filter(state__in=(SlotState.FREE, SlotState.ASIDE))
    for pk in spare.order_by("-ordinal").values_list("pk", flat=True):
        # Asked again in the statement itself: somebody may claim it in this instant.
        if spare.filter(pk=pk).update(is_extra=True, state=SlotState.ASIDE):
            return True
    return False


def fill_spare(slot: Slot, item: QueueItem, reviewer: User) -> Slot | None:
    """A place of the session that nobody has becomes the reviewer's, this slot if possible; None if none is left."""
    now = timezone.now()
    open_now = Q(state__in=(SlotState.FREE, SlotState.ASIDE)) | Q(state=SlotState.LEASED, lease_until__lt=now)
    mine = Q(assigned_to=None) | Q(assigned_to=reviewer)
    spare = Slot.objects.filter(open_now, mine, item=item, is_extra=False)
    this_first = Case(When(pk=slot.pk, then=Value(0)), default=Value(1))
    for pk in spare.order_by(this_first, F("state").desc(), "pk").values_list("pk", flat=True):
        if spare.filter(pk=pk).update(**(NOBODYS | {"state": SlotState.LEASED, "reviewer": reviewer})):
            return Slot.objects.get(pk=pk)
    return None
