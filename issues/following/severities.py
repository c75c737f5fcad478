"""Keeps the severity of issues at what most of their failures have, where no person chose another."""

from django.db import transaction

from accounts.models import Project
from annotate.models import Severity
from issues.lifecycle.severities import usual
from issues.models import EventKind, Issue, IssueEvent
from issues.queries.life import usual_severities


def follow_severities(project: Project) -> None:
    """Changes what its members changed; a line of history says so."""
    counted = usual_severities(project)
    for issue in Issue.objects.living().filter(project=project, pk__in=counted).order_by("number"):
        proposed = usual(counted[issue.pk], Severity.values)
        if proposed != issue.severity:
            _change(issue, proposed)


def _change(issue: Issue, severity: str) -> None:
    before = issue.severity
    with transaction.atomic():
        standing = Issue.objects.filter(pk=issue.pk, severity=before, severity_chosen=False)
        if standing.update(severity=severity):
            IssueEvent.objects.note(issue, EventKind.SEVERITY, before=before, after=severity, why="its failures")
