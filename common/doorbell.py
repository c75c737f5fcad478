"""Wakes a worker. The work itself is rows in the database, so that a bell nobody hears costs seconds, never data."""

import logging
import threading
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
HEARD_WITHIN_SECONDS = 60
CALM_SECONDS = 0.2


def ring(task: Task, **ids: Any) -> None:
    """Asks for `task(**ids)` once the running transaction has committed. Never raises: the sweep finds the rest."""
    transaction.on_commit(lambda: _ring_now(task, ids))


def _ring_now(task: Task, ids: dict[str, Any]) -> None:
    try:
        task.apply_async(kwargs=ids, expires=HEARD_WITHIN_SECONDS, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("The broker does not answer (%s). The next sweep will do %s.", error, task.name)


class Doorbell:
    """Rings a task for many who ask: at most one message in CALM_SECONDS, and one after the last who asked.

    From a thread of its own: who asks has an answer to give, and a broker may take seconds to say that it is down.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._lock = threading.Lock()
        self._ringing = threading.Lock()
        self._is_about_to = False

    def ring(self) -> None:
        """Asks for the task, once the running transaction has committed, within CALM_SECONDS."""
        transaction.on_commit(self._ask)

    def _ask(self) -> None:
        with self._lock:
            if self._is_about_to:
                return
            self._is_about_to = True
        timer = threading.Timer(CALM_SECONDS, self._go)
        timer.daemon = True
        timer.start()

    def _go(self) -> None:
        # One at a time: threads must not gather before a broker that is slow to answer.
        with self._ringing:
            with self._lock:
                self._is_about_to = False
            _ring_now(self._task, {})
