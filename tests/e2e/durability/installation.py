"""A running product whose parts can be killed at any moment and are back at once."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.e2e.running import ROOT, Running, answers, children_of, environment_for, wait_until

WEB = ["--config", "python:config.gunicorn", "--workers", "2"]
WORKER = [
    *("--app", "config", "worker", "--embedded", "--pool", "threads", "--concurrency", "3"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"),
]


class Installation:
    """gunicorn and the Celery worker as `manage.py serve` starts them, forked from a process that has loaded them."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.turn = threading.Lock()
        self.pids: dict[str, int] = {}
        self.commands = {"gunicorn": [*WEB, "--bind", f"127.0.0.1:{running.port}"], "celery": WORKER}
        self.zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.durability.zygote"],
            cwd=ROOT,
            env=environment_for(running.var, running.more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, *words: str) -> Any:
        """What the loaded process answers."""
        with self.turn:
            assert self.zygote.stdin is not None
            assert self.zygote.stdout is not None
            print(json.dumps(words), file=self.zygote.stdin, flush=True)
            return json.loads(self.zygote.stdout.readline())

    def start(self, part: str) -> None:
        """Starts gunicorn, and returns when it answers, or celery."""
        self.pids[part] = self.ask(part, str(self._log(part)), *self.commands[part])
        if part == "gunicorn":
            wait_until(lambda: answers(self.running.port), f"the server answers; see {self._log(part)}")

    def _log(self, part: str) -> Path:
        return self.running.var / f"{part}.log"

    def end(self, part: str, number: signal.Signals) -> None:
        """Ends a part: SIGKILL all its processes at once, else it is asked. Returns when it is gone."""
        pid = self.pids.pop(part)
        if number is signal.SIGKILL:
            with suppress(ProcessLookupError):  # it was faster
                os.killpg(pid, number)
        else:
            os.kill(pid, number)
        wait_until(lambda: not is_there(pid), f"{part} has ended; see {self._log(part)}")

    def end_one_of(self, part: str, number: signal.Signals) -> None:
        """Ends one process below `part`, which starts another in its place."""
        for pid in children_of(self.pids[part])[:1]:
            os.kill(pid, number)

    def close(self) -> None:
        for part in list(self.pids):
            self.end(part, signal.SIGKILL)
        self.zygote.communicate(timeout=30)


@contextmanager
def installed(var: Path, more: Mapping[str, str]) -> Iterator[Installation]:
    """A fresh installation, running. `more` goes into its environment."""
    running = Running(var, more)
    running.install()
    installation = Installation(running)
    try:
        installation.start("gunicorn")
        installation.start("celery")
        yield installation
    finally:
        installation.close()


def is_there(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True
