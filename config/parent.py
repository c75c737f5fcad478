"""Ends a child process whose parent is gone, so that a killed supervisor leaves nobody behind."""

import os
import signal
import threading
import time

LOOK_EVERY_SECONDS = 1.0


def follow_parent() -> None:
    """Starts a thread that ends this process, politely, once the process that started it has gone."""
    threading.Thread(target=_watch, args=(os.getppid(),), name="follow-parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
