"""One of many processes that empty a queue: `tests.annotate.race ONE|BROKEN QUEUE USER`.

It prints the id of each slot that it was given.
"""

import sys
import time
from collections.abc import Callable

from accounts.models import User
from annotate.claims import take_next
from annotate.models import Queue, Slot, SlotState
from tests.racer import await_all, say

WINDOW_SECONDS = 0.002


def main(variant: str, queue_id: int, user_id: int) -> None:
    take = {"ONE": _one_statement, "BROKEN": _broken}[variant](queue_id, user_id)
    await_all()
    while (slot_id := take()) is not None:
        say(slot_id)


def _one_statement(queue_id: int, user_id: int) -> Callable[[], int | None]:
    """The product's own claim; each slot is submitted at once, so that the next call brings another."""
    queue, user = Queue.objects.get(pk=queue_id), User.objects.get(pk=user_id)

    def take() -> int | None:
        slot = take_next(queue=queue, user=user)
        if slot is None:
            return None
        Slot.objects.filter(pk=slot.pk).update(state=SlotState.SUBMITTED)
        return slot.pk

    return take


def _broken(queue_id: int, user_id: int) -> Callable[[], int | None]:
    """The same with the lock removed."""
    return lambda: look_then_write(queue_id, user_id, SlotState.SUBMITTED)


def look_then_write(queue_id: int, user_id: int, state: SlotState) -> int | None:
    """Takes the next free slot into a state, without a lock: two may look before either has written."""
    found = Slot.objects.filter(queue=queue_id, state=SlotState.FREE).order_by("-priority", "pk").first()
    if found is None:
        return None
    time.sleep(WINDOW_SECONDS)
    Slot.objects.filter(pk=found.pk).update(state=state, reviewer=user_id)
    return found.pk


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
