"""Celery doors of issues: fetch, call, nothing else."""

from celery import shared_task


@shared_task(name="issues.tasks.sweep")
def sweep() -> None:
    """Does what a lost message left lying."""
