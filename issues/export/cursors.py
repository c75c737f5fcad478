"""Where a walk over failures stands, as an opaque word that a program sends back."""

import base64
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from common.errors import Refused
from common.keys import LARGEST_KEY

# What is written may be seen only after it was dated: when its transaction ends. No transaction takes so long, and no
# two clocks of ours are so far apart. What changed in this time is told twice.
OVERLAP = timedelta(minutes=5)


class Place(NamedTuple):
    """After which failure a walk goes on (None: it begins), and since when the walk after it asks what has changed."""

    begun: datetime
    updated_at: datetime | None = None
    failure: int = 0


def to_cursor(place: Place | None) -> str | None:
    """Where the next page begins, as an opaque word; None for nowhere."""
    if place is None or place.updated_at is None:
        return None
    told = f"{place.updated_at.isoformat()}|{place.failure}|{place.begun.isoformat()}"
    return base64.urlsafe_b64encode(told.encode()).decode()


def from_cursor(cursor: str) -> Place | None:
    """The place that a cursor names; None for none. Raises Refused for one that is not ours."""
    if not cursor:
        return None
    try:
        moment, number, begun = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        place = Place(_moment(begun), _moment(moment), int(number))
    except (ValueError, OverflowError):
        place = None
    if place is None or not 0 <= place.failure <= LARGEST_KEY:
        raise Refused("This is no cursor of ours. Take `next` from the page before.", field="cursor")
    return place


def _moment(text: str) -> datetime:
    """Databases compare in UTC, which has no year for some moments of other zones."""
    return datetime.fromisoformat(text).astimezone(UTC)
