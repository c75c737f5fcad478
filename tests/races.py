"""Starts processes on the test database, lets them begin together, and collects what each printed.

A race is run with the product's locks, where nothing may ever be wrong, and without, where something must be.
"""

import multiprocessing
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from socket import socketpair

from django.core.management import call_command
from django.db import connection

from tests import racer

SECONDS = 120
# Until all have heard when to begin.
MOMENT_SECONDS = 0.03
TRIES = 4
READY = "ready\n"
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload([racer.__name__])


def goes_wrong(harm: Callable[[Path], object], folder: Path) -> bool:
    """Whether a race without locks does harm, at the latest in its last try: that two meet in one is chance.

    `harm` makes its rows, races in the folder that it is given, and returns what went wrong, if anything. It begins
    with an empty database, each time.
    """
    for number in range(TRIES):
        if number:
            call_command("flush", verbosity=0, interactive=False)
        own = folder / str(number)
        own.mkdir()
        if harm(own):
            return True
    return False


def race(
    module: str, arguments: Sequence[Sequence[str]], folder: Path, *, then: Sequence[str] | None = None
) -> list[str]:
    """The output of MODULE, run once with each list of arguments, all at once, and last that of `then`, if given.

    Each awaits all (`tests.racer`): they begin when all that have not ended are ready. It may be so more than once.
    They work on what the test has committed; on SQLite that is a copy in `folder`.
    """
    name = _name(folder)
    outputs = _run(module, arguments, name)
    return outputs if then is None else [*outputs, *_run(module, [then], name)]


class Racer:
    """One of the processes."""

    def __init__(self, module: str, words: Sequence[str], database: str) -> None:
        self._channel, its = socketpair()
        self._channel.settimeout(SECONDS)
        self._heard = self._channel.makefile("r")
        self._process = FORKING.Process(target=racer.run, args=(module, words, database, its), daemon=True)
        self._process.start()
        its.close()
        self._printed: list[str] = []

    def is_ready(self) -> bool:
        """Whether it waits for a moment to begin. It has ended else."""
        for line in iter(self._heard.readline, ""):
            if line == READY:
                return True
            self._printed.append(line)
        return False

    def begin(self, at: float) -> None:
        self._channel.sendall(f"{at}\n".encode())

    def output(self) -> str:
        """What it has printed, when it has ended well."""
        self._heard.close()
        self._channel.close()
        self._process.join(SECONDS)
        assert self._process.exitcode == 0
        self._process.close()
        return "".join(self._printed)


def _run(module: str, arguments: Sequence[Sequence[str]], database: str) -> list[str]:
    racers = waiting = [Racer(module, words, database) for words in arguments]
    while waiting := [each for each in waiting if each.is_ready()]:
        at = time.time() + MOMENT_SECONDS
        for each in waiting:
            each.begin(at)
    return [each.output() for each in racers]


def database_url(folder: Path) -> str:
    """The address of the test database for other processes."""
    if connection.vendor == "postgresql":
        return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)
    return f"sqlite:///{_name(folder)}"


def _name(folder: Path) -> str:
    """The name of the test database for other processes."""
    if connection.vendor == "postgresql":
        return str(connection.settings_dict["NAME"])
    copy = folder / "race.sqlite3"
    connection.cursor().execute("VACUUM INTO %s", [str(copy)])
    with closing(sqlite3.connect(copy)) as fresh:
        # As the product's own file is: two processes that both switch to it at once would find it locked.
        fresh.execute("PRAGMA journal_mode=WAL")
    return str(copy)
