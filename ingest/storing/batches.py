"""The first phase's one write: an accepted body as a row, before the sender hears that it was accepted."""

import hashlib
import zlib
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import ApiKey
from ingest.models import BatchState, RawBatch

SAME_BODY_WITHIN = timedelta(hours=24)
FASTEST = 1


def keep_batch(key: ApiKey, door: str, content_type: str, body: bytes, reason: str = "") -> bool:
    """Commits the body; False when the same bytes are here already, as after a lost answer.

    `reason` says what of it was refused.
    """
    digest = hashlib.sha256(body).hexdigest()
    now = timezone.now()
    recent = Q(received_at__gte=now - SAME_BODY_WITHIN) & ~Q(state=BatchState.FAILED)
    if RawBatch.objects.filter(recent, project=key.project, sha256=digest, door=door).exists():
        return False
    RawBatch.objects.create(
        project=key.project,
        api_key=key,
        door=door,
        content_type=content_type,
        body=zlib.compress(body, FASTEST),
        sha256=digest,
        received_at=now,
        reason=reason[:2000],
    )
    return True
