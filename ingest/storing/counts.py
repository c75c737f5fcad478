"""What came in, in numbers that last longer than the batches: for the health page."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import ApiKey
from ingest.models import IntakeCount, RawBatch, RefusedRequest, UnmappedAttribute
from ingest.request import PARTLY
from ingest.storing.adding import add_up
from ingest.storing.fitting import shorten

KEPT_FOR = timedelta(days=90)
MOST_REASONS = 100
OTHER_REASONS = "Other reasons."
COUNTED_BY = ("project", "api_key", "door", "source", "hour")
REFUSED_BY = ("project", "api_key", "day", "door", "status", "reason")
A_NUMBER = re.compile(r"(?<![\w-])\d+\b")


def count_batches(batches: Sequence[RawBatch], digested_at: datetime) -> None:
    """Counts batches that are done. Called in the transaction that marks them done, so that none counts twice.

    A batch whose key is gone is left out: nobody could be told whose it was.
    """
    known = [batch for batch in batches if batch.api_key_id is not None]
    groups: dict[tuple[Any, ...], list[RawBatch]] = {}
    for batch in known:
        hour = batch.received_at.replace(minute=0, second=0, microsecond=0)
        groups.setdefault((batch.project_id, batch.api_key_id, batch.door, batch.source, hour), []).append(batch)
    # In one order everywhere, so that two workers never wait for each other.
    rows = [dict(zip(COUNTED_BY, place, strict=True)) | _sums(groups[place], digested_at) for place in sorted(groups)]
    added = ("batches", "items", "rejected", "size", "lag_ms_sum")
    add_up(IntakeCount, rows, unique=COUNTED_BY, added=added, highest=("lag_ms_max", "last_at"))
    for batch in known:
        if batch.rejected:
            place = (batch.project_id, batch.api_key_id, batch.door, batch.source)
            _add_refusal(*place, PARTLY, batch.reason, batch.received_at)


def _sums(batches: Sequence[RawBatch], digested_at: datetime) -> dict[str, Any]:
    lags = [max(0, round((digested_at - batch.received_at).total_seconds() * 1000)) for batch in batches]
    return {
        "batches": len(batches),
        "items": sum(batch.items for batch in batches),
        "rejected": sum(batch.rejected for batch in batches),
        "size": sum(len(batch.body) for batch in batches),
        "lag_ms_sum": sum(lags),
        "lag_ms_max": max(lags),
        "last_at": max(batch.received_at for batch in batches),
    }


def count_refusal(key: ApiKey, door: str, source: str, status: int, reason: str) -> None:
    """Counts a request of which nothing was taken."""
    _add_refusal(key.project_id, key.pk, door, source, status, reason, timezone.now())


def _add_refusal(
    project_id: int, key_id: int | None, door: str, source: str, status: int, reason: str, at: datetime
) -> None:
    """Numbers in a reason stand as N, so that the same fault is one row; a day's rows of a key are bounded."""
    said = A_NUMBER.sub("N", shorten(reason, 300)) or OTHER_REASONS
    of_key = RefusedRequest.objects.filter(project=project_id, api_key=key_id, day=at.date())
    if of_key.count() >= MOST_REASONS and not of_key.filter(door=door, status=status, reason=said).exists():
        said = OTHER_REASONS
    row = {
        "project": project_id,
        "api_key": key_id,
        "day": at.date(),
        "door": door,
        "status": status,
        "reason": said,
        "source": source,
        "times": 1,
        "last_at": at,
    }
    add_up(RefusedRequest, [row], unique=REFUSED_BY, added=("times",), highest=("last_at",), newest=("source",))


def drop_old_counts(now: datetime) -> None:
    """Counters older than KEPT_FOR, of all projects, go."""
    since = now - KEPT_FOR
    IntakeCount.objects.filter(hour__lt=since).delete()
    RefusedRequest.objects.filter(day__lt=since.date()).delete()
    UnmappedAttribute.objects.filter(last_at__lt=since).delete()
