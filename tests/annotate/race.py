"""One of many processes that empty a queue: `python -m tests.annotate.race ONE|BROKEN QUEUE USER`.

It waits for a line on its input, so that all begin together, then prints the id of each slot that it was given.
"""

import os
import sys
import time
from collections.abc import Callable

import django

WINDOW_SECONDS = 0.002


def main(variant: str, queue_id: int, user_id: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    take = {"ONE": _one_statement, "BROKEN": _broken}[variant](queue_id, user_id)
    print("ready", flush=True)  # noqa: T201  # what the test reads
    sys.stdin.readline()
    while (slot_id := take()) is not None:
        print(slot_id, flush=True)  # noqa: T201


def _one_statement(queue_id: int, user_id: int) -> Callable[[], int | None]:
    """The product's own claim; each slot is submitted at once, so that the next call brings another."""
    from accounts.models import User  # noqa: PLC0415  # models exist only after setup
    from annotate.claims import take_next  # noqa: PLC0415
    from annotate.models import Queue, Slot, SlotState  # noqa: PLC0415

    queue, user = Queue.objects.get(pk=queue_id), User.objects.get(pk=user_id)

    def take() -> int | None:
        slot = take_next(queue=queue, user=user)
        if slot is None:
            return None
        Slot.objects.filter(pk=slot.pk).update(state=SlotState.SUBMITTED)
        return slot.pk

    return take


def _broken(queue_id: int, user_id: int) -> Callable[[], int | None]:
    """The same with the lock removed: look, then write. Two may look before either has written."""
    from annotate.models import Slot, SlotState  # noqa: PLC0415

    def take() -> int | None:
        found = Slot.objects.filter(queue=queue_id, state=SlotState.FREE).order_by("-priority", "pk").first()
        if found is None:
            return None
        time.sleep(WINDOW_SECONDS)
        Slot.objects.filter(pk=found.pk).update(state=SlotState.SUBMITTED, reviewer=user_id)
        return found.pk

    return take


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
