"""Celery doors of annotate: fetch, call, nothing else."""

from celery import shared_task


@shared_task(name="annotate.tasks.sweep")
def sweep() -> None:
    """Does what a lost message left lying."""
