"""Celery doors of traces: fetch, call, nothing else."""

from celery import shared_task
from django.utils import timezone

from traces.settling import settle_quiet

SLICES = 50


@shared_task(name="traces.tasks.sweep")
def sweep() -> None:
    """Settles quiet sessions, slice by slice; after 10,000 of them other work gets its turn."""
    for _ in range(SLICES):
        if not settle_quiet(timezone.now()):
            return
