"""Settled and repeated sessions among a reviewer's others, unannounced, at the queue's shares."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, User
from annotate.calibration import GOLD, dealt, kind_of
from annotate.claims import is_anything_free
from annotate.models import Queue, QueueItem, Slot, SlotState, Stratum
from annotate.queries.calibration import number_of, repeatable, settled_for, waits_for

# What the page shows of an item, and what was thought of it: the second time it looks as it did the first.
AS_BEFORE = ("priority", "reasons", "priority_version", "priority_model_id", "signals_revision", "impact", "news")


def mix_in(*, queue: Queue, user: User, besides: Slot | None = None) -> None:
    """Where it is time, makes a place that measures the person; it is theirs, and the next that they are given.

    Only before a session that they would be given anyway: not while they have one open, other than `besides`, or one
    that was given to them, nor when nothing is left. Asked twice, it makes one.
    """
    if queue.gold_share + queue.repeat_share <= 0:
        return
    with transaction.atomic():
        # The same person's other tab waits here.
        list(Membership.objects.select_for_update().filter(project=queue.project_id, user=user).values_list("pk"))
        chance, which = dealt(settings.SECRET_KEY.encode(), queue.pk, user.pk, number_of(queue, user))
        kind = kind_of(chance, queue.gold_share, queue.repeat_share)
        if not kind or waits_for(queue, user, besides) or not is_anything_free(queue=queue, user=user):
            return
        sessions = settled_for(queue, user) if kind == GOLD else repeatable(queue, user)
        if sessions:
            place_to_measure(
                queue=queue, user=user, session_id=sessions[int(which * len(sessions))], stratum=Stratum(kind)
            )


@transaction.atomic
def place_to_measure(*, queue: Queue, user: User, session_id: int, stratum: Stratum) -> Slot:
    """A place for this person alone, on a session that a lead has settled (GOLD) or they have judged (REPEAT)."""
    due = timezone.now() + timedelta(hours=queue.due_hours)
    item = QueueItem.objects.create(
        queue=queue, session_id=session_id, stratum=stratum, due_at=due, **_looks(queue, session_id)
    )
    return Slot.objects.create(queue=queue, item=item, assigned_to=user, priority=item.priority, state=SlotState.FREE)


def _looks(queue: Queue, session_id: int) -> dict[str, Any]:
    """Why the session was there when it was read for its own sake: in this queue, else in another."""
    items = QueueItem.objects.work().filter(session=session_id)
    item = items.filter(queue=queue).first() or items.order_by("pk").first()
    return {name: getattr(item, name) for name in AS_BEFORE} if item else {}
