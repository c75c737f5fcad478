"""The second phase: waiting batches become sessions, steps and scores. One bad batch never stops the others."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from django.db import OperationalError
from django.db.models import F
from django.utils import timezone

from common.doorbell import ring
from ingest.claims import claim_batches
from ingest.dialects.batches import read_batch
from ingest.models import BatchState, RawBatch
from ingest.storing import Delivery, Outcome, count_batches, store
from ingest.storing.batches import body_of
from ingest.storing.choosing import forget_left_out
from ingest.storing.unmapped import unmapped
from traces.tasks import sweep as settle

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=10)


def digest_waiting(limit: int = 50) -> int:
    """Digests the oldest waiting batches, at most `limit`; how many of them are done."""
    batches = claim_batches(limit)
    done = sum(_digest_project(group) for group in _by_project(batches))
    if done:
        ring(settle)
    return done


def _by_project(batches: Sequence[RawBatch]) -> list[list[RawBatch]]:
    groups: dict[int, list[RawBatch]] = {}
    for batch in batches:
        groups.setdefault(batch.project_id, []).append(batch)
    return list(groups.values())


def _digest_project(batches: list[RawBatch]) -> int:
    """All batches of one project in one transaction; when that fails, each in its own."""
    if len(batches) > 1 and _succeeds(batches):
        return len(batches)
    return sum(_succeeds([batch], final=True) for batch in batches)


def _succeeds(batches: list[RawBatch], *, final: bool = False) -> bool:
    try:
        _digest(batches)
    except OperationalError as error:
        log.warning("The database is busy (%s). Batches from %s on wait.", error, batches[0].pk)
        _let_wait(batches)
        return False
    except Exception as error:  # noqa: BLE001 # whatever a batch breaks, it is kept with its reason and the others go on
        if final:
            _keep_as_failed(batches[0], error)
        return False
    return True


def _let_wait(batches: list[RawBatch]) -> None:
    """Gives claimed batches back; that the database was busy counts against none of them."""
    with suppress(OperationalError):  # still busy: the lease runs out by itself
        RawBatch.objects.filter(pk__in=[batch.pk for batch in batches]).update(
            attempts=F("attempts") - 1, claimed_until=timezone.now() + RETRY_AFTER, claim=""
        )


def _digest(batches: list[RawBatch]) -> None:
    """All of them in one go. They are done exactly when what they hold is stored."""
    held = [Delivery(read_batch(b.door, b.content_type, body_of(b)), b.received_at) for b in batches]
    store(batches[0].project, held, lambda _: _mark_done(batches))
    forget_left_out(batches[0].project, zip(batches, (delivery.contents for delivery in held), strict=True))
    unmapped.see(batches[0].project_id, (span for delivery in held for span in delivery.contents.spans))


def digest_again(batches: list[RawBatch]) -> list[Outcome]:
    """Reads digested batches of one project once more, as after a fix of how we read; what became of their sessions.

    Judgements stay: they name steps by keys that survive. Nothing is counted again.
    """
    held = [Delivery(read_batch(b.door, b.content_type, body_of(b)), b.received_at) for b in batches]
    return store(batches[0].project, held, anew=True)


def _mark_done(batches: list[RawBatch]) -> None:
    """Those that nobody else has done meanwhile: a worker that was thought dead may come to its end too."""
    now = timezone.now()
    waiting = RawBatch.objects.filter(pk__in=[batch.pk for batch in batches], state=BatchState.WAITING)
    undone = set(waiting.values_list("pk", flat=True))
    waiting.update(state=BatchState.DONE, claimed_until=None, claim="", digested_at=now)
    count_batches([batch for batch in batches if batch.pk in undone], now)


def _keep_as_failed(batch: RawBatch, error: Exception) -> None:
    """Tries again in a while; after the last attempt the batch stays, with its reason, until somebody runs it again.

    One that is done stays done: it may be another worker's work, or what failed came after it was stored.
    """
    log.error("Batch %s could not be digested.", batch.pk, exc_info=error)
    is_last = batch.attempts >= MAX_ATTEMPTS
    RawBatch.objects.filter(pk=batch.pk, state=BatchState.WAITING).update(
        state=BatchState.FAILED if is_last else BatchState.WAITING,
        claimed_until=None if is_last else timezone.now() + RETRY_AFTER,
        claim="",
        reason=f"{type(error).__name__}: {error}"[:2000].replace("\x00", "\ufffd"),
    )
