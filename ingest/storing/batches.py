"""The first phase's one write: an accepted body as a row, before the sender hears that it was accepted."""

import hashlib
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import ApiKey
from common.compression import compress, decompress
from ingest.models import BatchState, RawBatch

SAME_BODY_WITHIN = timedelta(hours=24)


def keep_batch(
    key: ApiKey, door: str, content_type: str, body: bytes, reason: str = "", *, replaces: bool = False
) -> bool:
    """Commits the body; False when the same bytes are here already, as after a lost answer.

    `reason` says what of it was refused. `replaces`: it takes the place of what stood before, so that the same bytes
    are news again once others have come in between.
    """
    digest = hashlib.sha256(body).hexdigest()
    now = timezone.now()
    recent = Q(received_at__gte=now - SAME_BODY_WITHIN) & ~Q(state=BatchState.FAILED)
    through_door = RawBatch.objects.filter(project=key.project, door=door)
    same = max(through_door.filter(recent, sha256=digest).values_list("pk", flat=True), default=None)
    if same is not None and not (replaces and through_door.filter(pk__gt=same).exists()):
        return False
    RawBatch.objects.create(
        project=key.project,
        api_key=key,
        door=door,
        content_type=content_type,
        body=compress(body),
        sha256=digest,
        received_at=now,
        reason=reason[:2000],
    )
    return True


def body_of(batch: RawBatch) -> bytes:
    """The body as it was sent, decompressed."""
    return decompress(batch.body)
