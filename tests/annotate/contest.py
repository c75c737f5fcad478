"""One of several processes that do to the same places what people do at once.

`tests.annotate.contest LOCKED|BROKEN ACT QUEUE USER` does the act on every session of the queue, and prints the name of
every error that is none of the product's own refusals. BROKEN is the same product code without its locks: no
transaction, no locked row, and a condition of an update that is looked at before instead of with it. Both wait a moment
before each write, so that others come between.
"""

import sys
import time
from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from common.errors import Refused
from tests.racer import await_all, say

WINDOW_SECONDS = 0.02
WRITES = ("INSERT", "UPDATE", "DELETE")


class NoTransaction(ContextDecorator):
    """Stands where a transaction stood."""

    def __enter__(self) -> None:
        """Begins nothing."""

    def __exit__(self, *_: object) -> None:
        """Ends nothing."""


def without_locks() -> None:
    """Takes the locks out of Django, before the product's code is imported."""

    def atomic(using: Any = None, **_: Any) -> Any:
        return NoTransaction()(using) if callable(using) else NoTransaction()

    def look_then_write(rows: Any, **values: Any) -> int:
        keys = list(rows.order_by().values_list("pk", flat=True))
        time.sleep(WINDOW_SECONDS)
        return int(update(rows.model._default_manager.filter(pk__in=keys), **values))

    update = QuerySet.update
    transaction.atomic = atomic  # type: ignore[assignment]  # takes what the real one takes
    QuerySet.update = look_then_write  # type: ignore[assignment,method-assign]  # as above
    QuerySet.select_for_update = lambda rows, **_: rows  # type: ignore[method-assign]  # as above


def slowly(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """Lets others come between what was read and what is written."""
    if sql.lstrip().startswith(WRITES):
        time.sleep(WINDOW_SECONDS)
    return execute(sql, *rest)


def main(variant: str, act: str, queue_id: int, user_id: int) -> None:
    if variant == "BROKEN":
        without_locks()
    from tests.annotate.acts import ACTS  # noqa: PLC0415  # the product, with its locks or without

    steps = ACTS[act](queue_id, user_id)
    with connection.execute_wrapper(slowly):
        for step in steps:
            # With each session anew: on a busy machine one would else be far ahead of the others.
            await_all()
            try:
                step()
            except Refused:
                continue
            except Exception as error:  # noqa: BLE001  # whatever it is, the test counts it
                say(type(error).__name__)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
