"""Releases that somebody named, or that sessions came from."""

from datetime import datetime

from accounts.models import Project
from issues.models import Release


def name_release(project: Project, name: str) -> Release:
    """The project's release of this name: a new one stands last until a session of it comes."""
    return Release.objects.get_or_create(project=project, name=name)[0]


def meet_release(project: Project, name: str, seen: datetime) -> None:
    """A session of this release was at this time: the earliest is its first sight."""
    release = name_release(project, name)
    if release.first_seen is None or seen < release.first_seen:
        release.first_seen = seen
        release.save(update_fields=["first_seen"])
