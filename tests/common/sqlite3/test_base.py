"""How writers of one process wait for SQLite's one lock: one looks, the others stand behind it."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from common.sqlite3.base import DatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def settings_of_file(tmp_path: Path) -> dict[str, Any]:
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL"}
    return {"ENGINE": "common.sqlite3", "NAME": str(tmp_path / "own.sqlite3"), "OPTIONS": options}


@pytest.fixture
def pair(settings_of_file: dict[str, Any]) -> Iterator[tuple[DatabaseWrapper, DatabaseWrapper]]:
    """Two connections to one file, as two threads of a server have them."""
    made = [ConnectionHandler({"default": settings_of_file})["default"] for _ in range(2)]
    one, other = cast("list[DatabaseWrapper]", made)
    yield one, other
    for each in (one, other):
        each.close()


def begin(connection: BaseDatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def end(connection: BaseDatabaseWrapper) -> None:
    connection.rollback()
    connection.set_autocommit(True)


def may_begin(connection: DatabaseWrapper) -> bool:
    connection.patience = 0.05
    try:
        begin(connection)
    except OperationalError:
        return False
    end(connection)
    return True


def test_a_second_writer_gives_up_after_its_patience_and_may_try_again(
    pair: tuple[DatabaseWrapper, DatabaseWrapper],
) -> None:
    one, other = pair
    begin(one)
    assert [may_begin(other), may_begin(other)] == [False, False]
    end(one)
    assert [may_begin(other), may_begin(one), may_begin(other)] == [True, True, True]


def test_a_transaction_that_ends_with_its_connection_leaves_the_turn_to_others(
    pair: tuple[DatabaseWrapper, DatabaseWrapper],
) -> None:
    one, other = pair
    begin(one)
    one.close()
    assert may_begin(other)


def test_a_writer_that_another_process_keeps_waiting_leaves_the_turn_to_others(
    pair: tuple[DatabaseWrapper, DatabaseWrapper], settings_of_file: dict[str, Any]
) -> None:
    one, other = pair
    # As another process: a connection that stands in no line of ours.
    stranger = ConnectionHandler({"default": {**settings_of_file, "ENGINE": "django.db.backends.sqlite3"}})["default"]
    begin(stranger)
    assert [may_begin(one), may_begin(other)] == [False, False]
    end(stranger)
    assert [may_begin(one), may_begin(other)] == [True, True]
    stranger.close()


def test_many_threads_write_in_turn_and_lose_nothing(settings_of_file: dict[str, Any]) -> None:
    def handler() -> ConnectionHandler:
        return ConnectionHandler({"default": settings_of_file})

    first = handler()["default"]
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE counted (number INTEGER)")
        cursor.execute("INSERT INTO counted VALUES (0)")

    def count() -> None:
        own = handler()["default"]
        for _ in range(20):
            begin(own)
            with own.cursor() as cursor:
                cursor.execute("SELECT number FROM counted")
                [number] = cursor.fetchone()
                cursor.execute("UPDATE counted SET number = %s", [number + 1])
            own.commit()
            own.set_autocommit(True)
        own.close()

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with first.cursor() as cursor:
        cursor.execute("SELECT number FROM counted")
        assert cursor.fetchone() == (160,)
    first.close()


@pytest.mark.django_db(transaction=True)
def test_a_nested_transaction_that_fails_keeps_the_turn_of_the_outer_one() -> None:
    with transaction.atomic():
        with pytest.raises(ValueError, match="inside"), transaction.atomic():
            raise ValueError("inside")
        with transaction.atomic():
            pass
    with transaction.atomic():
        pass
