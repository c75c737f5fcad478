"""Starts the real web server and the real worker on a free port with a folder of their own, and stops them by pid."""

import atexit
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180.0
STOP_SECONDS = 90.0
EXPORTER_SECONDS = 10.0


def free_port() -> int:
    """A port of the loopback on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_for(var: Path, more: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """The product's own settings, with its embedded broker and SQLite in `var`, unless `more` says otherwise."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}}
    return {**kept, "MISSTEP_VAR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings", "HF_HUB_OFFLINE": "1", **more}


def start(
    command: list[str], var: Path, log: Path, more: Mapping[str, str] = MappingProxyType({})
) -> subprocess.Popen[bytes]:
    """A process in a session of its own that writes to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the command is the test's own
            command, cwd=ROOT, env=environment_for(var, more), stdout=output, stderr=output, start_new_session=True
        )


def stop(process: subprocess.Popen[bytes], number: signal.Signals = signal.SIGTERM) -> int:
    """Sends a signal and waits for the end; by force when it takes too long. Returns the exit code."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def answers(port: int) -> bool:
    """Whether /healthz says ok."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        client.request("GET", "/healthz")
        return client.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()


def send(port: int, key: str, body: bytes) -> int:
    """Posts spans in JSON; the status. TimeoutError where an exporter would have given up."""
    status, _ = ask(port, key, "/v1/traces", body, {"Content-Type": "application/json"}, EXPORTER_SECONDS)
    return status


def get(port: int, key: str, path: str) -> Any:
    """What the API says, out of its JSON."""
    status, body = ask(port, key, path)
    assert status == http.client.OK, body
    return json.loads(body)


def ask(
    port: int,
    key: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
    seconds: float = START_SECONDS,
) -> tuple[int, bytes]:
    """The status and the body of the answer; with a body of its own it is a POST."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)) as client:
        client.request("GET" if body is None else "POST", path, body, {**headers, "Authorization": f"Bearer {key}"})
        answer = client.getresponse()
        return answer.status, answer.read()


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that are still there."""
    listed = subprocess.run(  # noqa: S603 - the command is ours
        ["ps", "-o", "pid=", "--ppid", str(pid)],  # noqa: S607 - every system's own
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(child) for child in listed.stdout.split()]


@dataclass
class Running:
    """A running installation: `url`, its folder `var`, and its processes. `more` goes into its environment."""

    var: Path
    more: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    reader: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pids(self) -> dict[str, int]:
        """Of those that run, by name."""
        parts = {"web": self.web, "reader": self.reader, "worker": self.worker}
        return {name: process.pid for name, process in parts.items() if process is not None}

    def manage(self, *arguments: str) -> str:
        """What `manage.py` prints, run in this installation's environment; fails when the command fails."""
        done = subprocess.run(  # noqa: S603 - the command is the test's own
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment_for(self.var, self.more),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def install(self) -> None:
        """Makes `var`, with a migrated database and the static files in it."""
        shutil.copytree(installed_once(), self.var, ignore=shutil.ignore_patterns("broker"))
        if "DATABASE_URL" in self.more:
            self.manage("migrate", "--verbosity", "0")

    def start_web(self) -> None:
        """gunicorn as `manage.py serve` starts it; returns when it answers."""
        command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--workers", "2"]
        self.web = start(command, self.var, self.var / "web.log", self.more)
        wait_until(lambda: answers(self.port), f"the server answers; see {self.var / 'web.log'}")

    def start_worker(self) -> None:
        """One Celery worker for all queues, with its sweeps."""
        self.worker = self._celery("worker", "--embedded", "--concurrency", "3")

    def start_workers(self) -> None:
        """The two workers that `manage.py serve` starts."""
        self.worker = self._celery("worker", "--queues", "celery", "--embedded", "--concurrency", "3")
        self.reader = self._celery("reader", "--queues", "ingest", "--follow", "--concurrency", "2")

    def _celery(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "--app", "config", "worker", "--pool", "threads", *options]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
        return start([*command, *quiet], self.var, self.var / f"{name}.log", self.more)

    def kill_worker(self) -> None:
        """kill -9."""
        if self.worker is not None:
            self.worker.kill()
            self.worker.wait()
            self.worker = None

    def stop(self) -> None:
        """Ends them all."""
        for process in (self.web, self.worker, self.reader):
            if process is not None:
                stop(process)


@cache
def installed_once() -> Path:
    """A folder for copies of it: to migrate takes longer than most of what is tested then."""
    folder = Path(tempfile.mkdtemp(prefix="misstep-installed-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    fresh = Running(folder / "var")
    fresh.var.mkdir()
    fresh.manage("migrate", "--verbosity", "0")
    fresh.manage("collectstatic", "--no-input", "--verbosity", "0")
    return fresh.var


@contextmanager
def installed(installation: Running) -> Iterator[Running]:
    """A fresh installation with its server and its worker running; both are ended at the end."""
    installation.install()
    try:
        installation.start_web()
        installation.start_worker()
        yield installation
    finally:
        installation.stop()


def wait_until(ready: Callable[[], object], what: str, seconds: float = START_SECONDS) -> None:
    """Returns when `ready()` is true; fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {seconds:.0f} s in vain until {what}")
        time.sleep(0.2)
