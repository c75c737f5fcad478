"""Starts processes on the test database, lets them begin together, and collects what each printed."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

SECONDS = 120
MOMENT_SECONDS = 0.1


def race(
    module: str, arguments: Sequence[Sequence[str]], folder: Path, *, then: Sequence[str] | None = None
) -> list[str]:
    """The output of `python -m MODULE …`, one process for each list of arguments, and last that of `then`, if given.

    Each prints "ready", waits for a line on its input, which tells the moment (epoch seconds) to begin, and works on
    what the test has committed. On SQLite that is a copy in `folder`: the test's own database lives in its memory.
    """
    environment = {**os.environ, "DATABASE_URL": _database(folder), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    running = [
        subprocess.Popen(  # noqa: S603  # our own module
            [sys.executable, "-m", module, *words],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for words in arguments
    ]
    _begin_together(running)
    outputs = [process.communicate(timeout=SECONDS)[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(running)
    return outputs if then is None else [*outputs, _alone(module, then, environment)]


def _begin_together(running: Sequence[subprocess.Popen[str]]) -> None:
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    at = time.time() + MOMENT_SECONDS
    for process in running:
        assert process.stdin is not None
        process.stdin.write(f"{at}\n")
        process.stdin.flush()


def _alone(module: str, words: Sequence[str], environment: dict[str, str]) -> str:
    last = subprocess.run(  # noqa: S603
        [sys.executable, "-m", module, *words],
        cwd=settings.BASE_DIR,
        env=environment,
        input="0\n",
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return last.stdout.removeprefix("ready\n")


def _database(folder: Path) -> str:
    """The test database as other processes reach it."""
    own = connection.settings_dict
    if connection.vendor == "postgresql":
        return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**own)
    copy = folder / "race.sqlite3"
    connection.cursor().execute("VACUUM INTO %s", [str(copy)])
    with closing(sqlite3.connect(copy)) as fresh:
        # As the product's own file is: two processes that both switch to it at once would find it locked.
        fresh.execute("PRAGMA journal_mode=WAL")
    return f"sqlite:///{copy}"
