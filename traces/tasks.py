"""Celery doors of traces: fetch, call, nothing else."""

from celery import shared_task
from django.utils import timezone

from common.doorbell import ring
from traces.rerunning import has_free_run, run_some
from traces.settling import settle_quiet

SLICES = 50


@shared_task(name="traces.tasks.sweep")
def sweep() -> None:
    """Settles quiet sessions, slice by slice; after 10,000 of them other work gets its turn."""
    if has_free_run():
        ring(rerun)
    for _ in range(SLICES):
        if not settle_quiet(timezone.now()):
            return


@shared_task(name="traces.tasks.rerun")
def rerun() -> None:
    """Works on what people asked to be run again, and asks for another turn when there is more than one turn's work."""
    if run_some(SLICES) == SLICES:
        ring(rerun)
