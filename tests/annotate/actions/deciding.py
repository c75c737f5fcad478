"""What reviewers do, in one call each."""

import uuid
from collections import Counter
from typing import Any

from accounts.models import User
from annotate.actions.reviews import submit_review
from annotate.actions.undoing import skip_slot
from annotate.claims import take_next
from annotate.models import Outcome, Queue, QueueItem, Review, Slot
from annotate.told import Told
from tests.builders import make_session, make_slot, make_talk


def add_item(queue: Queue, name: str = "s-1", places: int = 1, **fields: Any) -> QueueItem:
    """A session with so many free places."""
    session = make_session(queue.project, name)
    make_talk(session)
    slots = [make_slot(queue, session, ordinal=ordinal, **fields) for ordinal in range(1, places + 1)]
    return slots[0].item


def take(queue: Queue, person: User) -> Slot:
    slot = take_next(queue=queue, user=person)
    assert slot is not None
    return slot


def skip(slot: Slot, person: User, reason: str = "other") -> None:
    skip_slot(slot=slot, reviewer=person, reason=reason, lease_token=slot.lease_token)


def submit(slot: Slot, person: User, *failures: Told, **fields: Any) -> Review:
    values = {
        "client_id": uuid.uuid4(),
        "outcome": Outcome.FAILURE if failures else Outcome.SUCCESS,
        "lease_token": slot.lease_token,
        **fields,
    }
    return submit_review(slot=slot, reviewer=person, failures=failures, **values)


def states(item: QueueItem) -> Counter[str]:
    """How many places that count are in which state."""
    return Counter(Slot.objects.filter(item=item, is_extra=False).values_list("state", flat=True))
