"""Celery doors of clustering: fetch, call, nothing else."""

from celery import shared_task


@shared_task(name="clustering.tasks.sweep")
def sweep() -> None:
    """Does what a lost message left lying."""
