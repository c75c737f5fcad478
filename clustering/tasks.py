"""Celery doors of clustering: fetch, call, nothing else."""

from celery import shared_task

from clustering.embedding import embed_waiting


@shared_task(name="clustering.tasks.sweep")
def sweep() -> None:
    """Embeds what waits."""
    embed_waiting()
