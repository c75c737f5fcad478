"""Work beside a request, in this process: for what only helps, and may come a moment later or never."""

import logging
import threading
from collections.abc import Callable, Hashable

from django.conf import settings
from django.db import connections

log = logging.getLogger(__name__)
_running: set[Hashable] = set()
_guard = threading.Lock()


def beside(key: Hashable, work: Callable[[], object]) -> bool:
    """Starts the work in a thread of its own, unless work of this key is under way; returns whether it did.

    What it raises is logged. Nothing waits for it, also not the end of the process.
    """
    with _guard:
        if key in _running or not settings.WORK_BESIDE_REQUESTS:
            return False
        _running.add(key)
    threading.Thread(target=_run, args=(key, work), name=f"beside {key}", daemon=True).start()
    return True


def is_under_way(key: Hashable) -> bool:
    """Whether work of this key has begun and not yet ended."""
    return key in _running


def _run(key: Hashable, work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        log.exception("Work beside a request failed: %s", key)
    finally:
        connections.close_all()
        with _guard:
            _running.discard(key)
