"""Which worker digests which batch. A claim is a lease: what a dead worker held is free again when it runs out."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ingest.models import BatchState, RawBatch

LEASE = timedelta(minutes=2)
MOST_CLAIMS = 5
DEADLY = f"Its worker ended {MOST_CLAIMS} times while reading it."


def claim_batches(limit: int) -> list[RawBatch]:
    """The oldest waiting batches, at most `limit`, held by the caller until the lease runs out.

    A batch that was claimed before comes alone: if it is one that kills its worker, it takes no other along, and after
    MOST_CLAIMS it is kept as failed.
    """
    if not has_free_batches():
        return []  # the usual answer of a sweep, without taking the write lock
    _give_up()
    free = _free_batches()
    return _claim(free.filter(attempts__gt=0), 1) or _claim(free.filter(attempts=0), limit)


def _claim(batches: QuerySet[RawBatch], limit: int) -> list[RawBatch]:
    """One statement takes them, so that no two workers get the same; the token then tells which ones it took."""
    token = secrets.token_hex(16)
    chosen = batches.order_by("id").select_for_update(skip_locked=True).values("pk")[:limit]
    with transaction.atomic():
        RawBatch.objects.filter(pk__in=chosen).update(
            claim=token, claimed_until=timezone.now() + LEASE, attempts=F("attempts") + 1
        )
    return list(RawBatch.objects.filter(claim=token, state=BatchState.WAITING).select_related("project").order_by("id"))


def _give_up() -> None:
    deadly = _free_batches().filter(attempts__gte=MOST_CLAIMS)
    if deadly.exists():
        deadly.update(state=BatchState.FAILED, claimed_until=None, claim="", reason=DEADLY)


def _free_batches() -> QuerySet[RawBatch]:
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    return RawBatch.objects.filter(free, state=BatchState.WAITING)


def has_free_batches() -> bool:
    """Whether any batch waits for a worker."""
    return _free_batches().exists()
