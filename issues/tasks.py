"""Celery doors of issues: fetch, call, nothing else."""

import logging

from celery import shared_task

from accounts.models import Project
from issues.proposing import place_waiting, projects_with_work

log = logging.getLogger(__name__)


@shared_task(name="issues.tasks.sweep")
def sweep() -> None:
    """Places what waits, project by project."""
    for project in projects_with_work():
        place_waiting(project)


@shared_task(name="issues.tasks.place")
def place(*, project_id: int) -> None:
    """Places what waits in one project."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        log.info("Project %s is gone; nothing to place.", project_id)
        return
    place_waiting(project)
