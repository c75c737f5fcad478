"""Celery doors of clustering: fetch, call, nothing else."""

from celery import shared_task

from clustering.embedding import embed_waiting
from clustering.mapping import draw_waiting


@shared_task(name="clustering.tasks.sweep")
def sweep() -> None:
    """Embeds what waits."""
    embed_waiting()


@shared_task(name="clustering.tasks.draw")
def draw() -> None:
    """Draws the maps that are due: apart from what embeds, which is not to wait for it."""
    draw_waiting()
