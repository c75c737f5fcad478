"""Celery doors of issues: fetch, call, nothing else."""

import logging

from celery import shared_task

from accounts.models import Project
from issues.proposing import place_waiting, projects_with_work

log = logging.getLogger(__name__)


@shared_task(name="issues.tasks.sweep")
def sweep() -> None:
    """Places what waits, project by project. One that cannot be done keeps no other waiting."""
    for project in projects_with_work():
        try:
            place_waiting(project)
        except Exception:  # whatever it is, the next sweep tries again
            log.exception("What waits in project %s could not be placed.", project.pk)


@shared_task(name="issues.tasks.place")
def place(*, project_id: int) -> None:
    """Places what waits in one project."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        log.info("Project %s is gone; nothing to place.", project_id)
        return
    place_waiting(project)
