"""Taking in: the one way in which any door keeps what it was sent."""

from accounts.models import ApiKey
from common.doorbell import ring
from ingest.claims import has_free_batches
from ingest.storing.batches import keep_batch
from ingest.tasks import digest


def accept(key: ApiKey, door: str, content_type: str, body: bytes, reason: str = "", *, replaces: bool = False) -> bool:
    """Commits a decompressed body and wakes a worker; False when the same bytes are here already.

    `reason` says what of it was refused; `replaces`: see `keep_batch`.
    """
    wake = not has_free_batches()
    kept = keep_batch(key, door, content_type, body, reason, replaces=replaces)
    if kept and wake:
        # Where another batch waits already, its bell has rung, and that worker takes this one along.
        ring(digest)
    return kept
