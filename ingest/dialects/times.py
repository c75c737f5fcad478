"""Times as people and programs write them."""

import math
from datetime import UTC, datetime
from typing import Any

from ingest.records import is_good_time, moment

NANOSECONDS = 1_000_000_000
SECONDS_END = 10**11  # larger numbers of today's dates are milliseconds, then microseconds, then nanoseconds
SCALES = ((SECONDS_END, NANOSECONDS), (SECONDS_END * 1000, 10**6), (SECONDS_END * 10**6, 1000))


def as_time(value: Any) -> datetime | None:
    """ISO 8601 (without a zone: UTC), or a number of s, ms, µs or ns since 1970; None when it is no credible time."""
    if isinstance(value, str):
        return _written(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        return None
    scale = next((factor for end, factor in SCALES if abs(value) < end), 1)
    return moment(int(value * scale))


def _written(value: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(value.strip())
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time if is_good_time(nanoseconds_of(time)) else None


def nanoseconds_of(time: datetime) -> int:
    """Nanoseconds since 1970."""
    return int(time.timestamp()) * NANOSECONDS + time.microsecond * 1000
