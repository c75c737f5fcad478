"""Celery doors of ingest: fetch, call, nothing else."""

from celery import shared_task


@shared_task(name="ingest.tasks.sweep")
def sweep() -> None:
    """Does what a lost message left lying."""
