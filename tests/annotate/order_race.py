"""One of five reviewers who take from a queue while it is ranked again: `python -m tests.annotate.order_race WHO …`.

`reviewer QUEUE USER` prints, of each slot in turn, when it was given (a counter of the machine) and which it was.
`ranker QUEUE` ranks the queue again and again meanwhile.
"""

import os
import sys
import time

import django

ROUNDS = 10


def main(who: str, queue_id: int, user_id: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    run = {"reviewer": _review, "ranker": _rank}[who]
    print("ready", flush=True)  # noqa: T201  # what the test reads
    sys.stdin.readline()
    run(queue_id, user_id)


def _review(queue_id: int, user_id: int) -> None:
    from accounts.models import User  # noqa: PLC0415  # models exist only after setup
    from annotate.claims import take_next  # noqa: PLC0415
    from annotate.models import Queue, Slot, SlotState  # noqa: PLC0415

    queue, user = Queue.objects.get(pk=queue_id), User.objects.get(pk=user_id)
    while True:
        asked = time.monotonic_ns()
        slot = take_next(queue=queue, user=user)
        if slot is None:
            return
        print(asked, time.monotonic_ns(), slot.pk, flush=True)  # noqa: T201
        Slot.objects.filter(pk=slot.pk).update(state=SlotState.SUBMITTED)


def _rank(queue_id: int, _user_id: int) -> None:
    from annotate.filling import fill_queue  # noqa: PLC0415
    from annotate.models import Queue  # noqa: PLC0415

    for _ in range(ROUNDS):
        Queue.objects.filter(pk=queue_id).update(ranked_at=None)
        fill_queue(Queue.objects.select_related("project").get(pk=queue_id), limit=100)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
