"""Wakes a worker. The work itself is rows in the database, so that a bell nobody hears costs seconds, never data."""

import logging
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
HEARD_WITHIN_SECONDS = 60


def ring(task: Task, **ids: Any) -> None:
    """Asks for `task(**ids)` once the running transaction has committed. Never raises: the sweep finds the rest."""
    transaction.on_commit(lambda: _ring_now(task, ids))


def _ring_now(task: Task, ids: dict[str, Any]) -> None:
    try:
        task.apply_async(kwargs=ids, expires=HEARD_WITHIN_SECONDS, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("The broker does not answer (%s). The next sweep will do %s.", error, task.name)
