"""Sessions that a sender called over, by name. Such news may come before the session does, and stands for itself."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Project
from common import rows
from ingest.models import EndedSession
from ingest.storing.telemetry import Story
from traces.models import AgentSession

# For so long the session may come after the news of its end; then it counts as over when it has been quiet.
KEPT_FOR = timedelta(days=7)
COLUMNS = ("project", "external_id", "noted_at")


def close(project: Project, stories: Sequence[Story], ended: set[str]) -> None:
    """Marks the records of sessions that are over, by what is said now (`ended`) or was said before."""
    names = [story.row.external_id for story in stories]
    noted = EndedSession.objects.filter(project=project, external_id__in=names).values_list("external_id", flat=True)
    over = ended.union(noted if names else ())
    for story in stories:
        if story.row.external_id in over:
            story.record = replace(story.record, closed=True)


def note(project: Project, ended: Iterable[str]) -> None:
    """In the transaction that writes: remembers the names, and closes the sessions that are there already."""
    names = sorted(ended)
    if not names:
        return
    now = timezone.now()
    rows.insert(EndedSession, COLUMNS, ((project.pk, name, now) for name in names), unique=("project", "external_id"))
    AgentSession.objects.filter(project=project, external_id__in=names, closed=False).update(closed=True)


def forget_old_endings(now: datetime) -> None:
    """Those older than KEPT_FOR, of all projects, go."""
    EndedSession.objects.filter(noted_at__lt=now - KEPT_FOR).delete()
