"""A 200 means kept: whoever is killed in between, everything accepted is there, whole and once."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.e2e.durability.ending import check
from tests.e2e.durability.installation import Installation, installed
from tests.run import POSTGRES

KILLS = 50
STOPS = 6
POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", POSTGRES)
NAME = f"killed_{os.getpid()}"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a database of one's own."""
    server, _, _ = POSTGRES_URL.rpartition("/")
    try:
        connection = psycopg.connect(f"{server}/postgres", autocommit=True)
    except psycopg.OperationalError as error:
        if os.environ.get("REQUIRE_POSTGRES"):
            raise
        pytest.skip(f"no PostgreSQL at {server}: {error}")
    with connection:
        connection.execute(f"CREATE DATABASE {NAME}")
        yield f"{server}/{NAME}"
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
    connection.close()


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running product on either database."""
    more = {"DATABASE_URL": request.getfixturevalue("postgres")} if request.param == "PostgreSQL" else {}
    with installed(tmp_path_factory.mktemp("killed") / "var", more) as installation:
        yield installation


def test_what_was_accepted_survives_kills_whole_and_once(installation: Installation, tmp_path: Path) -> None:
    check(installation, tmp_path, "killed", KILLS, signal.SIGKILL)


def test_what_was_accepted_survives_orderly_stops_whole_and_once(installation: Installation, tmp_path: Path) -> None:
    check(installation, tmp_path, "stopped", STOPS, signal.SIGTERM)
