"""A product on PostgreSQL keeps what it accepted, whoever is killed. Beside its twin, so that both can run at once."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from tests.e2e.durability.installation import Installation, installed
from tests.e2e.durability.killing import Survival
from tests.run import POSTGRES

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", POSTGRES)
NAME = f"killed_{os.getpid()}"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
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


@pytest.fixture(scope="module")
def installation(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("killed") / "var", {"DATABASE_URL": database}) as installation:
        yield installation


class TestOnPostgreSQL(Survival):
    """Each test of `Survival`."""
