"""How long a write waits while others write. On SQLite one writes at a time, and the rest stand in line."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# As the driver has it where the settings say nothing.
USUAL_SECONDS = 5.0


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Inside, a write that has waited so long for SQLite's lock raises OperationalError; after it all is as before.

    Whoever has to answer soon needs less patience than a worker. PostgreSQL's writers do not stand in one line.
    """
    if connection.vendor != "sqlite":
        yield
        return
    _wait_at_most(seconds)
    try:
        yield
    finally:
        _wait_at_most(connection.settings_dict["OPTIONS"].get("timeout", USUAL_SECONDS))


def _wait_at_most(seconds: float) -> None:
    connection.ensure_connection()
    # The driver's own connection: this is no query, and nobody who counts those should see it.
    connection.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
