"""Celery doors of issues: fetch, call, nothing else."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import Project
from clustering.engine.embed import EmbedderBroken
from issues.following import follow
from issues.proposing import ask_nightly, maintain_waiting, place_waiting, projects_with_work
from issues.sightings import look_out

log = logging.getLogger(__name__)
SLICES = 5


@shared_task(name="issues.tasks.sweep")
def sweep() -> None:
    """Places what waits, project by project. One that cannot be done keeps no other waiting."""
    for project in projects_with_work():
        try:
            place_waiting(project)
        except Exception:  # whatever it is, the next sweep tries again
            log.exception("What waits in project %s could not be placed.", project.pk)
    for project in Project.objects.filter(issues__isnull=False).distinct():
        _look_out(project)


def _look_out(project: Project) -> None:
    """For known issues in what nobody has read, slice by slice; after some of them other work gets its turn."""
    try:
        for _ in range(SLICES):
            if not look_out(project):
                return
    except EmbedderBroken:
        log.warning("Known issues are not looked for in project %s while the model does not work.", project.pk)
    except Exception:  # whatever it is, the next sweep tries again
        log.exception("Project %s could not be looked through for known issues.", project.pk)


@shared_task(name="issues.tasks.follow_all")
def follow_all() -> None:
    """Looks what became of the issues of each project."""
    for project in Project.objects.order_by("pk"):
        try:
            follow(project)
        except Exception:  # whatever it is, the next sweep tries again
            log.exception("The issues of project %s could not be followed.", project.pk)


@shared_task(name="issues.tasks.place")
def place(*, project_id: int) -> None:
    """Places what waits in one project."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        log.info("Project %s is gone; nothing to place.", project_id)
        return
    place_waiting(project)


@shared_task(name="issues.tasks.maintain")
def maintain() -> None:
    """Looks at everything of the projects where somebody asked for it, and of each one once a night."""
    ask_nightly(timezone.now())
    maintain_waiting()
