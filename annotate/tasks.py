"""Celery doors of annotate: fetch, call, nothing else."""

from celery import shared_task

from annotate.filling import ensure_default_queues, fill_queues
from annotate.learning import learn_from_reviews

AT_ONCE = 500


@shared_task(name="annotate.tasks.sweep")
def sweep() -> None:
    """Does what a lost message left lying: queues for new projects, what reviews taught, sessions into their queues."""
    ensure_default_queues()
    learn_from_reviews()
    while fill_queues(AT_ONCE) >= AT_ONCE:
        pass
