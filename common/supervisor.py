"""Runs a few child processes together: starts them, starts crashed ones again, stops them all. Knows no Django."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# A child that ran this long before it crashed gets the short pause again.
STEADY_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.25
LARGEST_LOG_BYTES = 20 * 1024 * 1024
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    """A process to keep running, or, with `once`, to run to its end. Without a log it writes to our terminal."""

    name: str
    command: Sequence[str]
    log: Path | None = None
    once: bool = False
    grace_seconds: float = 20.0
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE_SECONDS
    started_at: float = 0.0
    start_at: float = field(default_factory=time.monotonic)
    finished: bool = False


class Supervisor:
    """Keeps `children` running until a stop signal comes; `say` takes what an operator should read."""

    def __init__(self, *, say: Callable[[str], None], environment: Mapping[str, str], folder: Path) -> None:
        self.say = say
        self.environment = dict(environment)
        self.folder = folder
        self.children: list[Child] = []
        self.stopping = threading.Event()

    def listen(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal ask for a clean stop."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def add(self, child: Child) -> None:
        """Starts `child` now and looks after it from now on."""
        self.children.append(child)
        self._start(child)

    def look(self) -> None:
        """Notes who has ended, and starts again whose pause is over."""
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._note_end(child, child.process.returncode)
            if child.process is None and not child.finished and time.monotonic() >= child.start_at:
                self._start(child)

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Looks after the children until `ready()`; False when it took too long or a stop was asked for."""
        deadline = time.monotonic() + seconds
        while not self.stopping.is_set() and time.monotonic() < deadline:
            self.look()
            if ready():
                return True
            self.stopping.wait(LOOK_EVERY_SECONDS)
        return False

    def run(self) -> None:
        """Looks after the children until a stop is asked for."""
        while not self.stopping.wait(LOOK_EVERY_SECONDS):
            self.look()

    def stop(self) -> None:
        """Asks all children to end, gives each its time, then ends by force whoever is left."""
        for child in self._alive():
            _signal(child, signal.SIGTERM)
        for child in self._alive():
            self._await_end(child)

    def _alive(self) -> list[Child]:
        return [child for child in self.children if child.process is not None and child.process.poll() is None]

    def _await_end(self, child: Child) -> None:
        if child.process is None:
            return
        try:
            child.process.wait(timeout=child.grace_seconds)
        except subprocess.TimeoutExpired:
            self.say(f"The {child.name} did not end within {child.grace_seconds:.0f} s; ending it by force.")
            _signal(child, signal.SIGKILL)
            child.process.wait()

    def _start(self, child: Child) -> None:
        output = _open_log(child.log) if child.log else None
        try:
            # A session of its own: a Ctrl-C in the terminal reaches only us, and we stop the children in order.
            child.process = subprocess.Popen(  # noqa: S603 - the command is ours
                child.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        finally:
            if output is not None:
                os.close(output)
        child.started_at = time.monotonic()

    def _note_end(self, child: Child, code: int) -> None:
        child.process = None
        if child.once:
            child.finished = True
            return
        if time.monotonic() - child.started_at > STEADY_SECONDS:
            child.pause = FIRST_PAUSE_SECONDS
        self.say(f"The {child.name} ended ({_reason(code)}). It starts again in {child.pause:.0f} s. Log: {child.log}")
        child.start_at = time.monotonic() + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE_SECONDS)


def _signal(child: Child, number: signal.Signals) -> None:
    if child.process is None:
        return
    try:
        if number is signal.SIGKILL:
            os.killpg(child.process.pid, number)  # with whatever it started
        else:
            child.process.send_signal(number)
    except ProcessLookupError:
        return


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _open_log(path: Path) -> int:
    """A descriptor that appends to `path`; a log that has grown large is set aside first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST_LOG_BYTES:
        path.replace(path.with_suffix(".1.log"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
