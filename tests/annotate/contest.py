"""One of several processes that do to the same places what people do at once.

`python -m tests.annotate.contest LOCKED|BROKEN ACT QUEUE USER` does the act on every session of the queue, and prints
the name of every error that is none of the product's own refusals. BROKEN is the same product code without its locks:
no transaction, no locked row, and a condition of an update that is looked at before instead of with it. Both wait a
moment before each write, so that others come between.

The act `tell` prints what is left as JSON instead.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ContextDecorator
from typing import Any

import django

WINDOW_SECONDS = 0.02
LATER_SECONDS = 0.008
WRITES = ("INSERT", "UPDATE", "DELETE")


class NoTransaction(ContextDecorator):
    """Stands where a transaction stood."""

    def __enter__(self) -> None:
        """Begins nothing."""

    def __exit__(self, *_: object) -> None:
        """Ends nothing."""


def without_locks() -> None:
    """Takes the locks out of Django, before the product's code is imported."""
    from django.db import transaction  # noqa: PLC0415  # only after setup
    from django.db.models import QuerySet  # noqa: PLC0415

    def atomic(using: Any = None, **_: Any) -> Any:
        return NoTransaction()(using) if callable(using) else NoTransaction()

    def look_then_write(rows: Any, **values: Any) -> int:
        keys = list(rows.order_by().values_list("pk", flat=True))
        time.sleep(WINDOW_SECONDS)
        return int(update(rows.model._default_manager.filter(pk__in=keys), **values))

    update = QuerySet.update
    transaction.atomic = atomic  # type: ignore[assignment]
    QuerySet.update = look_then_write  # type: ignore[assignment,method-assign]
    QuerySet.select_for_update = lambda rows, **_: rows  # type: ignore[method-assign]


def slowly(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """Lets others come between what was read and what is written."""
    if sql.lstrip().startswith(WRITES):
        time.sleep(WINDOW_SECONDS)
    return execute(sql, *rest)


def main(variant: str, act: str, queue_id: int, user_id: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    if variant == "BROKEN":
        without_locks()
    from django.db import connection  # noqa: PLC0415

    from common.errors import Refused  # noqa: PLC0415

    steps = ACTS[act](queue_id, user_id)
    with connection.execute_wrapper(slowly):
        for step in steps:
            _await_all()
            try:
                step()
            except Refused:
                continue
            except Exception as error:  # noqa: BLE001  # whatever it is, the test counts it
                print(type(error).__name__, flush=True)  # noqa: T201


def _await_all() -> None:
    """All begin with the next session at once: on a busy machine one would else be far ahead of the others."""
    print("ready", flush=True)  # noqa: T201  # what the test reads
    time.sleep(max(0.0, float(sys.stdin.readline()) - time.time()))


def _people_and_places(queue_id: int, user_id: int) -> tuple[Any, Any, list[Any]]:
    from accounts.models import User  # noqa: PLC0415
    from annotate.models import Queue, Slot  # noqa: PLC0415

    slots = Slot.objects.select_related("queue__project", "queue__rubric", "item").filter(queue=queue_id).order_by("pk")
    return User.objects.get(pk=user_id), Queue.objects.get(pk=queue_id), list(slots)


def _submit(queue_id: int, user_id: int) -> Iterator[Callable[[], object]]:
    """Judges each; two tabs of one person send the same id."""
    from annotate.actions.reviews import submit_review  # noqa: PLC0415

    user, _, slots = _people_and_places(queue_id, user_id)
    for slot in slots:
        sent = uuid.uuid5(uuid.NAMESPACE_OID, f"{user_id} {slot.pk}")
        yield lambda slot=slot, sent=sent: submit_review(  # type: ignore[misc]
            slot=slot, reviewer=user, client_id=sent, outcome="success", lease_token=slot.lease_token
        )


def _skip(queue_id: int, user_id: int) -> Iterator[Callable[[], object]]:
    from annotate.actions.undoing import skip_slot  # noqa: PLC0415

    def skip_after(seconds: float, slot: Any) -> None:
        time.sleep(seconds)
        skip_slot(slot=slot, reviewer=user, reason="other", lease_token=slot.lease_token)

    user, _, slots = _people_and_places(queue_id, user_id)
    for number, slot in enumerate(slots):
        # Nobody knows how long a submission looks before it writes: each skip comes a little later than the one before.
        yield lambda slot=slot, late=number * LATER_SECONDS: skip_after(late, slot)  # type: ignore[misc]


def _undo(queue_id: int, user_id: int) -> Iterator[Callable[[], object]]:
    from annotate.actions.undoing import undo_decision  # noqa: PLC0415
    from annotate.queries.decisions import decisions  # noqa: PLC0415

    user, queue, _ = _people_and_places(queue_id, user_id)
    for decision in decisions(queue.project, user)[::-1]:
        yield lambda key=decision.key: undo_decision(  # type: ignore[misc]
            project=queue.project, reviewer=user, key=key
        )


def _claim(queue_id: int, user_id: int) -> Iterator[Callable[[], object]]:
    """Takes every session of the queue by its free place."""
    from annotate.claims import take_this  # noqa: PLC0415
    from annotate.models import SlotState  # noqa: PLC0415

    user, _, slots = _people_and_places(queue_id, user_id)
    for slot in [slot for slot in slots if slot.state == SlotState.FREE]:
        yield lambda pk=slot.pk: take_this(slot_id=pk, user=user)  # type: ignore[misc]


def _assign(queue_id: int, user_id: int) -> Iterator[Callable[[], object]]:
    from annotate.actions.items import assign_item  # noqa: PLC0415

    user, _, slots = _people_and_places(queue_id, user_id)
    for slot in slots:
        yield lambda item=slot.item: assign_item(item=item, person=user)  # type: ignore[misc]


def _add(queue_id: int, user_id: int) -> Iterator[Callable[[], object]]:
    """Adds all sessions of the project in small portions."""
    from annotate.actions.adding import add_sessions  # noqa: PLC0415
    from traces.models import AgentSession  # noqa: PLC0415

    _, queue, _ = _people_and_places(queue_id, user_id)
    keys = list(AgentSession.objects.filter(project=queue.project_id).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), 2):
        yield lambda part=keys[start : start + 2]: add_sessions(queue=queue, session_ids=part)  # type: ignore[misc]


def _tell(queue_id: int, user_id: int) -> Iterator[Callable[[], object]]:
    from annotate.models import QueueItem, Review, Slot  # noqa: PLC0415

    slots = Slot.objects.filter(queue=queue_id).order_by("pk")
    told = {
        "slots": list(slots.values("pk", "item_id", "state", "is_extra", "reviewer__email", "assigned_to__email")),
        "reviews": list(Review.objects.filter(slot__queue=queue_id).values("slot_id", "reviewer__email")),
        "items": QueueItem.objects.filter(queue=queue_id).count(),
    }
    yield lambda: print(json.dumps(told))  # noqa: T201


ACTS = {
    "submit": _submit, "skip": _skip, "undo": _undo, "claim": _claim, "assign": _assign, "add": _add, "tell": _tell,
}  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
