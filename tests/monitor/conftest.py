"""A clock that stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    """Of the day of NOON."""
    with time_machine.travel(datetime(2026, 11, 2, 20, 0, tzinfo=UTC), tick=False):
        yield
