"""The supervisor keeps children running and leaves none behind."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from common import supervisor as module
from common.supervisor import Child, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]
CRASHER = [sys.executable, "-c", "raise SystemExit(3)"]


class Spoken(list[str]):
    """What the operator was told."""


@pytest.fixture
def spoken() -> Spoken:
    return Spoken()


@pytest.fixture
def supervisor(spoken: Spoken, tmp_path: Path) -> Iterator[Supervisor]:
    one = Supervisor(say=spoken.append, environment=os.environ, folder=tmp_path)
    yield one
    one.stop()


def until(supervisor: Supervisor, what: object, seconds: float = 20) -> bool:
    assert callable(what)
    return supervisor.wait_until(lambda: bool(what()), seconds)


def test_crashed_child_is_started_again_with_growing_pauses(
    supervisor: Supervisor, spoken: Spoken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_SECONDS", 0.02)
    child = Child("crasher", CRASHER, log=tmp_path / "log", pause=0.05)
    supervisor.add(child)
    assert until(supervisor, lambda: len(spoken) >= 3)
    assert child.pause >= 0.4
    assert all("exit code 3" in line for line in spoken)


def test_pause_never_grows_beyond_its_limit(supervisor: Supervisor, tmp_path: Path) -> None:
    child = Child("crasher", CRASHER, log=tmp_path / "log", pause=module.LONGEST_PAUSE_SECONDS)
    supervisor.add(child)
    assert until(supervisor, lambda: child.process is None)
    assert child.pause == module.LONGEST_PAUSE_SECONDS


def test_child_that_runs_once_is_not_started_again(supervisor: Supervisor, spoken: Spoken) -> None:
    child = Child("once", CRASHER, once=True)
    supervisor.add(child)
    assert until(supervisor, lambda: child.finished)
    supervisor.look()
    assert child.process is None
    assert spoken == []


def test_stop_ends_a_willing_child_politely(supervisor: Supervisor, spoken: Spoken, tmp_path: Path) -> None:
    child = Child("sleeper", SLEEPER, log=tmp_path / "log")
    supervisor.add(child)
    supervisor.stop()
    assert child.process is not None
    assert child.process.returncode == -15
    assert spoken == []


def test_stop_ends_a_stubborn_child_by_force(supervisor: Supervisor, spoken: Spoken, tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = Child("mule", STUBBORN, log=log, grace_seconds=0.3)
    supervisor.add(child)
    assert until(supervisor, lambda: "up" in log.read_text())
    supervisor.stop()
    assert child.process is not None
    assert child.process.returncode == -9
    assert spoken == ["The mule did not end within 0 s; ending it by force."]


def test_waiting_gives_up_after_its_time(supervisor: Supervisor) -> None:
    started = time.monotonic()
    assert not until(supervisor, lambda: False, seconds=0.5)
    assert time.monotonic() - started < 5


def test_large_log_is_set_aside(supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_LOG_BYTES", 10)
    log = tmp_path / "web.log"
    log.write_text("much more than ten bytes")
    supervisor.add(Child("sleeper", SLEEPER, log=log))
    assert (tmp_path / "web.1.log").read_text() == "much more than ten bytes"
    assert log.stat().st_mode & 0o777 == 0o600
