"""What people do to the sessions of a queue: for each act the steps that one person takes, session by session.

The act `tell` prints what is left as JSON instead.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial

from accounts.models import User
from annotate.actions.adding import add_sessions
from annotate.actions.items import assign_item
from annotate.actions.reviews import submit_review
from annotate.actions.undoing import skip_slot, undo_decision
from annotate.claims import take_this
from annotate.models import Queue, QueueItem, Review, Slot, SlotState
from annotate.queries.decisions import decisions
from tests.racer import say
from traces.models import AgentSession

LATER_SECONDS = 0.008
Steps = Iterator[Callable[[], object]]


def submit(queue_id: int, user_id: int) -> Steps:
    """Judges each; two tabs of one person send the same id."""
    user = User.objects.get(pk=user_id)
    for slot in _slots(queue_id):
        sent = uuid.uuid5(uuid.NAMESPACE_OID, f"{user_id} {slot.pk}")
        yield partial(
            submit_review,
            slot=slot,
            reviewer=user,
            client_id=sent,
            outcome="success",
            lease_token=slot.lease_token,
        )


def skip(queue_id: int, user_id: int) -> Steps:
    """Nobody knows how long a submission looks before it writes: each skip comes a little later than the one before."""
    user = User.objects.get(pk=user_id)
    for number, slot in enumerate(_slots(queue_id)):
        yield partial(_skip_after, number * LATER_SECONDS, slot, user)


def undo(queue_id: int, user_id: int) -> Steps:
    """Takes back the person's own decisions, the oldest first."""
    user, queue = User.objects.get(pk=user_id), Queue.objects.get(pk=queue_id)
    for decision in decisions(queue.project, user)[::-1]:
        yield partial(undo_decision, project=queue.project, reviewer=user, key=decision.key)


def claim(queue_id: int, user_id: int) -> Steps:
    """Takes every session of the queue by its free place."""
    user = User.objects.get(pk=user_id)
    for slot in [slot for slot in _slots(queue_id) if slot.state == SlotState.FREE]:
        yield partial(take_this, slot_id=slot.pk, user=user)


def assign(queue_id: int, user_id: int) -> Steps:
    """Gives every session to the person."""
    user = User.objects.get(pk=user_id)
    for slot in _slots(queue_id):
        yield partial(assign_item, item=slot.item, person=user)


def add(queue_id: int, _user_id: int) -> Steps:
    """Adds all sessions of the project in small portions."""
    queue = Queue.objects.get(pk=queue_id)
    keys = list(AgentSession.objects.filter(project=queue.project_id).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), 2):
        yield partial(add_sessions, queue=queue, session_ids=keys[start : start + 2])


def tell(queue_id: int, _user_id: int) -> Steps:
    """Changes nothing."""
    slots = Slot.objects.filter(queue=queue_id).order_by("pk")
    told = {
        "slots": list(slots.values("pk", "item_id", "state", "is_extra", "reviewer__email", "assigned_to__email")),
        "reviews": list(Review.objects.filter(slot__queue=queue_id).values("slot_id", "reviewer__email")),
        "items": QueueItem.objects.filter(queue=queue_id).count(),
    }
    yield partial(say, json.dumps(told))


ACTS = {each.__name__: each for each in (submit, skip, undo, claim, assign, add, tell)}


def _slots(queue_id: int) -> list[Slot]:
    found = Slot.objects.select_related("queue__project", "queue__rubric", "item").filter(queue=queue_id)
    return list(found.order_by("pk"))


def _skip_after(seconds: float, slot: Slot, user: User) -> None:
    time.sleep(seconds)
    skip_slot(slot=slot, reviewer=user, reason="other", lease_token=slot.lease_token)
