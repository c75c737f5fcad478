"""Celery doors of ingest: fetch, call, nothing else."""

import time

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.models import Project
from common.doorbell import ring
from config import broker
from ingest.claims import has_free_batches, is_much_waiting
from ingest.digest import digest_waiting
from ingest.retention import apply as apply_retention
from ingest.storing.counts import drop_old_counts
from ingest.storing.endings import forget_old_endings
from ingest.uploading import has_free_uploads, import_waiting

ROUNDS = 20
# A round costs as much as a few sessions do: where it would find little, it waits until there is more to take.
GATHERING_SECONDS = 0.1
SLICES = 50  # of one project in one turn, so that others get theirs


@shared_task(name="ingest.tasks.digest")
def digest() -> None:
    """Digests what waits, and asks for another turn when more came than one turn should take."""
    for _ in range(ROUNDS):
        if not digest_waiting():
            return
        if not is_much_waiting():
            time.sleep(GATHERING_SECONDS)
    ring(digest)


@shared_task(name="ingest.tasks.import_uploads")
def import_uploads() -> None:
    """Imports an uploaded file, and asks for another turn when more wait."""
    if import_waiting():
        ring(import_uploads)


@shared_task(name="ingest.tasks.sweep")
def sweep() -> None:
    """Does what a lost message left lying, and what a dead worker held."""
    if has_free_batches():
        digest()
    if has_free_uploads():
        ring(import_uploads)


@shared_task(name="ingest.tasks.tidy")
def tidy() -> None:
    """Lets go of what nobody looks at any more, and of what killed processes left in the broker's folder."""
    drop_old_counts(timezone.now())
    forget_old_endings(timezone.now())
    broker.tidy(settings.VAR_DIR / broker.FOLDER)


@shared_task(name="ingest.tasks.retain")
def retain() -> None:
    """Removes a part of what projects keep no longer; the next turn goes on."""
    for project in Project.objects.order_by("pk"):
        apply_retention(project, timezone.now(), slices=SLICES)
