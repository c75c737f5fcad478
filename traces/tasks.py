"""Celery doors of traces: fetch, call, nothing else."""

from celery import shared_task


@shared_task(name="traces.tasks.sweep")
def sweep() -> None:
    """Does what a lost message left lying."""
