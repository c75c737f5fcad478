"""Who has to answer soon gives up soon, and leaves the connection as patient as it was."""

import pytest
from django.db import connection

from common.busy import patience


def waits_ms() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite's writers stand in one line")
def test_patience_is_short_inside_and_as_before_afterwards() -> None:
    before = waits_ms()
    with patience(0.25):
        assert waits_ms() == 250
    assert waits_ms() == before
    assert before > 250
