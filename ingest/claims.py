"""Which worker digests which batch. A claim is a lease: what a dead worker held is free again when it runs out."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ingest.models import BatchState, RawBatch

LEASE = timedelta(minutes=2)


def claim_batches(limit: int) -> list[RawBatch]:
    """The oldest waiting batches, at most `limit`, held by the caller until the lease runs out.

    One statement takes them, so that no two workers get the same; the token then tells which ones it took.
    """
    if not has_free_batches():
        return []  # the usual answer of a sweep, without taking the write lock
    now = timezone.now()
    token = secrets.token_hex(16)
    free = (
        RawBatch.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), state=BatchState.WAITING)
        .order_by("id")
        .select_for_update(skip_locked=True)
        .values("pk")[:limit]
    )
    with transaction.atomic():
        RawBatch.objects.filter(pk__in=free).update(claim=token, claimed_until=now + LEASE)
    return list(RawBatch.objects.filter(claim=token, state=BatchState.WAITING).select_related("project").order_by("id"))


def has_free_batches() -> bool:
    """Whether any batch waits for a worker."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    return RawBatch.objects.filter(free, state=BatchState.WAITING).exists()
