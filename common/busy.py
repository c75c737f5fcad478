"""How long a write waits while others write. On SQLite one writes at a time, and the rest stand in line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django.db import connection

from common.sqlite3.base import DatabaseWrapper


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Inside, a write that has waited so long for SQLite's lock raises OperationalError; after it all is as before.

    Whoever has to answer soon needs less patience than a worker. PostgreSQL's writers do not stand in one line.
    """
    if connection.vendor != "sqlite":
        yield
        return
    database = cast("DatabaseWrapper", connection)
    database.patience = seconds
    try:
        yield
    finally:
        database.patience = database.usual_patience
