"""One of five reviewers who take from a queue, or who ranks it meanwhile: `python -m tests.annotate.order_race WHO …`.

`reviewer LOCKED|BROKEN|HASTY QUEUE USER` prints, of each slot in turn, when it was asked for and given (a counter of
the machine) and which it was. LOCKED is the product's own claim; BROKEN is the same with the lock removed: look, then
write; HASTY does not wait while the queue is ranked. A `reader` does the same and reads each session for a while.
`ranker LOCKED QUEUE 0` ranks the queue again and again, each time with a new place for all that is free.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

import django

WINDOW_SECONDS = 0.002
READING_SECONDS = 0.03
RANKING_SECONDS = 0.06
ROUNDS = 8
Act = Callable[[], None]
Claim = Callable[[Any, Any], int | None]


def main(who: str, variant: str, queue_id: int, user_id: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    # All that takes long is done before it says so: ranking is to begin while there is something to take.
    act = {"reviewer": _reviewer, "reader": _reader, "ranker": _ranker}[who](variant, queue_id, user_id)
    print("ready", flush=True)  # noqa: T201  # what the test reads
    sys.stdin.readline()
    act()


def _reviewer(variant: str, queue_id: int, user_id: int, reading_seconds: float = 0.0) -> Act:
    from accounts.models import User  # noqa: PLC0415  # models exist only after setup
    from annotate.models import Queue, Slot, SlotState  # noqa: PLC0415

    queue, user = Queue.objects.get(pk=queue_id), User.objects.get(pk=user_id)
    take = {"LOCKED": _locked, "BROKEN": _broken, "HASTY": _hasty}[variant]()

    def review() -> None:
        asked = time.monotonic_ns()
        while (slot_id := take(queue, user)) is not None:
            print(asked, time.monotonic_ns(), slot_id, flush=True)  # noqa: T201
            time.sleep(reading_seconds)
            Slot.objects.filter(pk=slot_id).update(state=SlotState.SUBMITTED)
            asked = time.monotonic_ns()

    return review


def _reader(variant: str, queue_id: int, user_id: int) -> Act:
    return _reviewer(variant, queue_id, user_id, READING_SECONDS)


def _locked() -> Claim:
    from annotate.claims import take_next  # noqa: PLC0415

    def take(queue: Any, user: Any) -> int | None:
        slot = take_next(queue=queue, user=user)
        return slot.pk if slot else None

    return take


def _broken() -> Claim:
    """Two may look before either has written."""
    from annotate.models import Slot, SlotState  # noqa: PLC0415

    def take(queue: Any, user: Any) -> int | None:
        slot = Slot.objects.filter(queue=queue, state=SlotState.FREE).order_by("-priority", "pk").first()
        if slot is None:
            return None
        time.sleep(WINDOW_SECONDS)
        Slot.objects.filter(pk=slot.pk).update(state=SlotState.LEASED, reviewer=user)
        return slot.pk

    return take


def _hasty() -> Claim:
    take = _locked()

    def take_without_waiting(queue: Any, user: Any) -> int | None:
        with mock.patch("annotate.claims._await_order"):
            return take(queue, user)

    return take_without_waiting


def _ranker(_variant: str, queue_id: int, _user_id: int) -> Act:
    from annotate.filling import fill_queue  # noqa: PLC0415
    from annotate.models import Queue  # noqa: PLC0415

    def rank() -> None:
        with mock.patch("annotate.filling.writing._write_order", _move_all):
            for _ in range(ROUNDS):
                Queue.objects.filter(pk=queue_id).update(ranked_at=None)
                fill_queue(Queue.objects.select_related("project").get(pk=queue_id), limit=100)

    return rank


def _move_all(queue: Any, _order: Any) -> None:
    """Writes every place that is free, and takes its time before anybody else may see it."""
    from django.db.models import F  # noqa: PLC0415

    from annotate.models import Slot, SlotState  # noqa: PLC0415

    Slot.objects.filter(queue=queue, state=SlotState.FREE).update(priority=F("priority") * 0.9)
    time.sleep(RANKING_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
