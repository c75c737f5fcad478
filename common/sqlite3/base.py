"""How a transaction waits for SQLite's one write lock.

SQLite's own waiting looks again after 1 ms, then 2, 5, 10 … up to 100 ms: who has waited longest looks most seldom, and
while several write in turn each waits many times as long as the others write. Here the looking begins anew every
LOOK_ANEW_MS, so that nobody sleeps longer than 5 ms while the lock is free.

Of one process only one thread looks at a time; the others stand behind it. When all looked, the thread that held the
lock got the interpreter so seldom, between them and those that render pages, that it kept the lock for seconds.
"""

import threading
import time
from collections import defaultdict
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

LOOK_ANEW_MS = 10
# As the driver has it where the settings say nothing.
USUAL_SECONDS = 5.0
# By the file: who of this process writes, or is next to. Made on first use, which for one key is one step.
_TURNS: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection to SQLite. `patience`: the seconds after which a write that waits for its turn gives up."""

    _turn: "threading.Lock | None" = None

    @property
    def usual_patience(self) -> float:
        """What the settings say."""
        return float(self.settings_dict["OPTIONS"].get("timeout", USUAL_SECONDS))

    @property
    def patience(self) -> float:
        return getattr(self, "_patience", self.usual_patience)

    @patience.setter
    def patience(self, seconds: float) -> None:
        self._patience = seconds
        self.ensure_connection()
        self._look_for(int(seconds * 1000))

    def _start_transaction_under_autocommit(self) -> None:
        give_up_at = time.monotonic() + self.patience
        self._take_turn()
        try:
            self._look_for(LOOK_ANEW_MS)
            try:
                while not self._has_begun(is_last=time.monotonic() >= give_up_at):
                    pass  # SQLite itself slept meanwhile
            finally:
                self._look_for(int(self.patience * 1000))
        except BaseException:
            self._end_turn()
            raise

    def set_autocommit(self, autocommit: bool, *arguments: Any, **named: Any) -> None:  # noqa: FBT001  # Django's own
        """Ends the turn with the transaction: this is what Django does after it, however it went."""
        try:
            super().set_autocommit(autocommit, *arguments, **named)
        finally:
            if autocommit:
                self._end_turn()

    def close(self) -> None:
        """What was begun ends with the connection."""
        try:
            super().close()
        finally:
            if self.connection is None:
                self._end_turn()

    def _take_turn(self) -> None:
        turn = _TURNS[str(self.settings_dict["NAME"])]
        if not turn.acquire(timeout=self.patience):
            raise OperationalError("database is locked")
        self._turn = turn

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()

    def _has_begun(self, *, is_last: bool) -> bool:
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs know only what is public
        except OperationalError as error:
            if is_last or "database is locked" not in str(error):
                raise
            return False
        return True

    def _look_for(self, milliseconds: int) -> None:
        # The driver's own connection: this is no query, and nobody who counts those should see it.
        self.connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
