"""An installation of its own for a benchmark, in a temporary folder; gone with its processes when the block ends."""

import argparse
import json
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks._measuring import say
from tests.e2e.running import Running

POSTGRES = "postgres://postgres@127.0.0.1:5432/"


@contextmanager
def installation(database: str = "") -> Iterator[Running]:
    """Migrated and not yet started. SQLite, or a database made for this run on the server that `database` names."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the blocks below end what they began
    with tempfile.TemporaryDirectory(prefix="misstep-bench-") as folder, _database(database) as environment:
        running = Running(Path(folder) / "var", more={"LOG_LEVEL": "WARNING", **environment})
        try:
            running.install()
            yield running
        finally:
            running.stop()


@contextmanager
def _database(url: str) -> Iterator[dict[str, str]]:
    if not url:
        yield {}
        return
    address = urlsplit(url)
    name = f"misstep_bench_{secrets.token_hex(4)}"
    admin = urlunsplit(address._replace(path="/postgres"))
    _run(admin, "CREATE DATABASE {}", name)
    try:
        yield {"DATABASE_URL": urlunsplit(address._replace(path=f"/{name}"))}
    finally:
        _run(admin, "DROP DATABASE {} WITH (FORCE)", name)


def _run(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def inside(running: Running, call: str, module: str = "_filling") -> Any:
    """What `benchmarks.MODULE.CALL` returns, called in the installation's own Django and brought here as JSON."""
    code = f"import json; from benchmarks import {module}; print('FILLED', json.dumps({module}.{call}))"
    return json.loads(running.manage("shell", "--verbosity", "0", "--command", code).split("FILLED ")[1])


def arguments_of(what: str | None) -> argparse.ArgumentParser:
    """Of a benchmark that measures an installation: on which database. Each adds its own."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument(
        "--database", default="", help="a PostgreSQL server as a URL; a database of its own is made there"
    )
    return parser


def say_stored(asked: argparse.Namespace, **figures: Any) -> None:
    """What the figures that follow are of."""
    say("what is stored", database=asked.database.partition(":")[0] or "sqlite", **figures)


def note(words: str) -> None:
    """For whoever waits; the figures alone go to standard output."""
    print(words, file=sys.stderr, flush=True)


def listens(url: str) -> bool:
    """Whether somebody answers at the address."""
    address = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname, address.port or 5432)) == 0
