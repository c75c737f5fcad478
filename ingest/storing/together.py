"""Work of many threads done by one of them at a time, for all that wait: ten bodies cost one commit, not ten.

What a commit costs is waiting for the disk. Whoever comes while one is under way is taken along by the next.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class _Wish(Generic[Item, Result]):
    """What one thread wants done, and what came of it."""

    item: Item
    results: list[Result]
    error: Exception | None = None

    @property
    def is_settled(self) -> bool:
        return bool(self.results) or self.error is not None


class Together(Generic[Item, Result]):
    """Calls `work` with the items of all threads that wait; it answers with a result for each, in their order.

    Where it fails each item is tried alone, unless it failed with `for_all`: then the fault is not with an item, and
    who came meanwhile hears of it too instead of waiting for the same.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]], for_all: type[Exception]) -> None:
        self._work = work
        self._for_all = for_all
        self._turn = threading.Lock()
        self._gate = threading.Lock()
        self._waiting: list[_Wish[Item, Result]] = []

    def do(self, item: Item) -> Result:
        """What `work` answers to the item; raises what it raised."""
        wish = _Wish[Item, Result](item, [])
        with self._gate:
            self._waiting.append(wish)
        with self._turn:
            if not wish.is_settled:
                self._do_all()
        if wish.error is not None:
            raise wish.error
        return wish.results[0]

    def _do_all(self) -> None:
        with self._gate:
            wishes, self._waiting = self._waiting, []
        self._try(wishes)
        if isinstance(wishes[0].error, self._for_all):
            self._tell_who_waits(wishes[0].error)
        elif len(wishes) > 1 and wishes[0].error is not None:
            # One that cannot be done must not keep the others from it.
            for wish in wishes:
                self._try([wish])

    def _tell_who_waits(self, error: Exception) -> None:
        with self._gate:
            late, self._waiting = self._waiting, []
        for wish in late:
            wish.error = error

    def _try(self, wishes: Sequence[_Wish[Item, Result]]) -> None:
        try:
            results = self._work([wish.item for wish in wishes])
        except Exception as error:  # noqa: BLE001 # each thread hears of its own, where it can be answered
            for wish in wishes:
                wish.error = error
            return
        for wish, result in zip(wishes, results, strict=True):
            wish.results, wish.error = [result], None
