"""Four processes settle the same sessions on a real database. Each session must be settled exactly once."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.builders import make_project, make_session, make_talk

PROCESSES = 4
SESSIONS = 120

pytestmark = pytest.mark.slow


@pytest.fixture
def database_url(tmp_path: Path, transactional_db: None) -> Iterator[str]:
    """The test database as other processes reach it; a copy on disk where it lives in this one's memory."""
    database = connection.settings_dict
    project = make_project()
    for number in range(SESSIONS):
        make_talk(make_session(project, f"s{number}"))
    if connection.vendor == "postgresql":
        yield "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    else:
        connection.cursor().execute("VACUUM INTO %s", [str(tmp_path / "race.sqlite3")])
        with closing(sqlite3.connect(tmp_path / "race.sqlite3")) as copy:
            # As the product's own file is: two processes that both switch to it at once would find it locked.
            copy.execute("PRAGMA journal_mode=WAL")
        yield f"sqlite:///{tmp_path / 'race.sqlite3'}"


def settled_by_all(variant: str, database_url: str) -> int:
    """How many sessions the processes settled, added up."""
    running = [
        subprocess.Popen(  # noqa: S603  # our own module
            [sys.executable, "-m", "tests.traces.race", variant],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES
    return sum(int(output) for output in outputs)


def test_four_processes_settle_each_session_exactly_once(database_url: str) -> None:
    assert settled_by_all("ONE", database_url) == SESSIONS


def test_without_the_condition_sessions_are_settled_twice(database_url: str) -> None:
    assert settled_by_all("BROKEN", database_url) > SESSIONS
