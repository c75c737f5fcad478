"""One of five reviewers who take from a queue, or who ranks it meanwhile: `tests.annotate.order_race WHO …`.

`reviewer LOCKED|BROKEN|HASTY QUEUE USER` prints, of each slot in turn, when it was asked for and given (a counter of
the machine) and which it was. LOCKED is the product's own claim; BROKEN is the same with the lock removed: look, then
write; HASTY does not wait while the queue is ranked. A `reader` does the same and reads each session for a while.
`ranker LOCKED QUEUE 0` ranks the queue again and again, each time with a new place for all that is free.
"""

import sys
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

from django.db.models import F

from accounts.models import User
from annotate.claims import take_next
from annotate.filling import fill_queue
from annotate.models import Queue, Slot, SlotState
from tests.annotate.race import look_then_write
from tests.racer import await_all, say

READING_SECONDS = 0.03
RANKING_SECONDS = 0.06
ROUNDS = 8
Act = Callable[[], None]


def main(who: str, variant: str, queue_id: int, user_id: int) -> None:
    # All that takes long is done before it says so: ranking is to begin while there is something to take.
    act = {"reviewer": _reviewer, "reader": _reader, "ranker": _ranker}[who](variant, queue_id, user_id)
    await_all()
    act()


def _reviewer(variant: str, queue_id: int, user_id: int, reading_seconds: float = 0.0) -> Act:
    queue, user = Queue.objects.get(pk=queue_id), User.objects.get(pk=user_id)
    take = {"LOCKED": _locked, "BROKEN": _broken, "HASTY": _hasty}[variant]

    def review() -> None:
        asked = time.monotonic_ns()
        while (slot_id := take(queue, user)) is not None:
            say(asked, time.monotonic_ns(), slot_id)
            time.sleep(reading_seconds)
            Slot.objects.filter(pk=slot_id).update(state=SlotState.SUBMITTED)
            asked = time.monotonic_ns()

    return review


def _reader(variant: str, queue_id: int, user_id: int) -> Act:
    return _reviewer(variant, queue_id, user_id, READING_SECONDS)


def _locked(queue: Queue, user: User) -> int | None:
    slot = take_next(queue=queue, user=user)
    return slot.pk if slot else None


def _broken(queue: Queue, user: User) -> int | None:
    return look_then_write(queue.pk, user.pk, SlotState.LEASED)


def _hasty(queue: Queue, user: User) -> int | None:
    with mock.patch("annotate.claims._await_order"):
        return _locked(queue, user)


def _ranker(_variant: str, queue_id: int, _user_id: int) -> Act:
    def rank() -> None:
        with mock.patch("annotate.filling.writing._write_order", _move_all):
            for _ in range(ROUNDS):
                Queue.objects.filter(pk=queue_id).update(ranked_at=None)
                fill_queue(Queue.objects.select_related("project").get(pk=queue_id), limit=100)

    return rank


def _move_all(queue: Any, _order: Any) -> None:
    """Writes every place that is free, and takes its time before anybody else may see it."""
    Slot.objects.filter(queue=queue, state=SlotState.FREE).update(priority=F("priority") * 0.9)
    time.sleep(RANKING_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
