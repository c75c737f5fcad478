"""`manage.py serve` as a person meets it: one command, one password, Ctrl-C, and a worker that dies."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.actions.team import READ, SETTLED
from demo.ground_truth import SESSIONS
from demo.queries import REVIEWS
from demo.sending import encode, post
from demo.story import tell
from tests.builders import NOON
from tests.e2e.running import Running, answers, children_of, environment_for, free_port, start, stop, wait_until

DEMO_SECONDS = 180.0


class Served:
    """One `manage.py serve` and what it has printed."""

    def __init__(self, var: Path, *options: str) -> None:
        var.mkdir(exist_ok=True)
        self.port = free_port()
        self.output = var / f"terminal-{self.port}.txt"
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port), *options]
        self.process = start(command, var, self.output)

    def text(self) -> str:
        return self.output.read_text()

    def wait(self) -> None:
        wait_until(lambda: "Ctrl-C stops it" in self.text(), "the server greets")


Serve = Callable[..., Served]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server in a folder with options; all of them are stopped in the end."""
    started: list[Served] = []

    def start_one(var: Path, *options: str) -> Served:
        started.append(Served(var, *options))
        return started[-1]

    yield start_one
    for one in started:
        stop(one.process)


@pytest.fixture
def served(serve: Serve, var: Path) -> Served:
    Running(var).install()
    one = serve(var, "--no-demo")
    one.wait()
    return one


def rows(var: Path, sql: str) -> int:
    with sqlite3.connect(var / "misstep.sqlite3", timeout=20) as connection:
        return int(connection.execute(sql).fetchone()[0])


def test_first_start_prints_a_login_once_and_fills_the_demo_once(serve: Serve, var: Path) -> None:
    first = serve(var)
    wait_until(lambda: "The demo is ready" in first.text(), "the demo is ready", DEMO_SECONDS)
    assert re.findall(r"Log in as +(\S+)\n +Password +\S{20}\n", first.text()) == ["admin@misstep.local"]
    before = contents(var)
    assert before == [6, SESSIONS, REVIEWS + 2 * READ + SETTLED]
    assert stop(first.process, signal.SIGINT) == 0
    second = serve(var)
    second.wait()
    assert "Password  " not in second.text()
    assert "demo:" not in second.text()
    assert contents(var) == before


def contents(var: Path) -> list[int]:
    tables = ("accounts_user", "traces_agentsession", "annotate_review")
    return [rows(var, f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608 - the names are ours


def test_ctrl_c_stops_everything_without_a_traceback(served: Served) -> None:
    children = children_of(served.process.pid)
    assert len(children) == 3  # the web server, the worker and the reader
    assert stop(served.process, signal.SIGINT) == 0
    assert "Traceback" not in served.text()
    assert [pid for pid in children if is_alive(pid)] == []
    assert not answers(served.port)


def test_killed_supervisor_leaves_no_child_behind(served: Served) -> None:
    children = children_of(served.process.pid)
    stop(served.process, signal.SIGKILL)
    wait_until(lambda: not any(is_alive(pid) for pid in children), "its children have ended", seconds=30)


def test_crashed_child_is_started_again(served: Served) -> None:
    before = children_of(served.process.pid)
    os.kill(max(before), signal.SIGKILL)
    wait_until(lambda: "It starts again in 1 s" in served.text(), "the crash is told")
    wait_until(lambda: len(set(children_of(served.process.pid)) - set(before)) == 1, "a new one runs")


def test_second_server_on_the_same_folder_is_refused(served: Served, serve: Serve, var: Path) -> None:
    other = serve(var, "--no-demo")
    assert other.process.wait(30) == 1
    assert "Misstep already runs here" in other.text()
    assert "Traceback" not in other.text()


def test_taken_port_is_refused_in_words(served: Served, tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "manage.py", "serve", "--port", str(served.port)],
        env=environment_for(tmp_path / "other"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"make run PORT={served.port + 1}" in done.stderr


def test_work_waits_for_a_killed_worker_and_is_done_when_it_is_back(running: Running) -> None:
    running.kill_worker()
    key = make_key(running)
    runs = tell(seed=3, now=NOON, count=5)
    post(running.url, key, encode(runs))
    assert rows(running.var, "SELECT count(*) FROM ingest_rawbatch WHERE state = 'waiting'") == 1
    assert rows(running.var, "SELECT count(*) FROM traces_agentsession") == 0
    running.start_worker()
    wait_until(
        lambda: rows(running.var, "SELECT count(*) FROM traces_agentsession WHERE settled_revision > 0") == 5,
        "all five sessions are read and settled",
    )


def make_key(running: Running) -> str:
    code = (
        "from tests.builders import make_project, make_key; from accounts.models import Scope;"
        "print('KEY', make_key(make_project(), Scope.INGEST))"
    )
    return running.manage("shell", "--verbosity", "0", "--command", code).split("KEY ")[1].strip()


def is_alive(pid: int) -> bool:
    listed = subprocess.run(  # noqa: S603 - the command is ours
        ["ps", "-o", "stat=", "-p", str(pid)],  # noqa: S607 - every system's own
        capture_output=True,
        text=True,
        check=False,
    )
    return listed.stdout.strip() not in {"", "Z", "Zs"}
