"""The product with a fault of its own, so that the tests of durability can be seen to fail, and a batch that kills."""

import os
import signal
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.db import connections

# Any: what is put in the place of a function here is on purpose not the same.
actions: Any = import_module("ingest.actions")
digest: Any = import_module("ingest.digest")
NAME = "DURABILITY_FAULT"
ANSWER_FIRST, DONE_FIRST, DEADLY = "answer first", "done first", "deadly"
POISON = b"poison"
# Long enough for a kill to come in between.
PAUSE_SECONDS = 0.5
SLOW_SECONDS = 0.1


def break_it() -> None:
    """Gives every process that is forked from this one the fault that the environment names, if any."""
    fault = os.environ.get(NAME)
    if fault is not None:
        FAULTS[fault]()


def _answer_first() -> None:
    """A body is accepted, and committed a while later."""
    keep = actions.keep_batch

    def keep_later(*values: Any, **named: Any) -> bool:
        def work() -> None:
            time.sleep(PAUSE_SECONDS)
            keep(*values, **named)
            connections.close_all()

        threading.Thread(target=work, daemon=True).start()
        return True

    actions.keep_batch = keep_later


def _done_first() -> None:
    """A batch is done, and what it holds is stored a while later."""
    store = digest.store

    def store_later(project: Any, deliveries: Any, finish: Any) -> Any:
        finish([])
        time.sleep(PAUSE_SECONDS)
        return store(project, deliveries)

    digest.store = store_later


def _deadly() -> None:
    """Reading takes time, and some bodies kill whoever reads them."""
    read = digest.read_batch

    def read_or_die(door: str, content_type: str, body: bytes) -> Any:
        if POISON in body:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(SLOW_SECONDS)
        return read(door, content_type, body)

    digest.read_batch = read_or_die


FAULTS: dict[str, Callable[[], None]] = {ANSWER_FIRST: _answer_first, DONE_FIRST: _done_first, DEADLY: _deadly}
