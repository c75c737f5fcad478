"""An issue's title, owner and severity."""

from django.db import transaction

from accounts.models import User
from annotate.models import Severity
from common.errors import Refused
from issues.actions.creating import check_title
from issues.models import (
    EventKind,
    Issue,
    IssueEvent,
    lock_project,
)


def rename_issue(*, issue: Issue, title: str, actor: User) -> None:
    """Gives the issue another title, which no other issue or open proposal has."""
    with transaction.atomic():
        lock_project(issue.project_id)
        checked = check_title(issue.project, title, Issue.objects.filter(pk=issue.pk))
        _change(issue, EventKind.RENAMED, actor, "title", checked)


def assign_owner(*, issue: Issue, owner: User | None, actor: User) -> None:
    """Makes a member of the project the owner; None leaves the issue without one."""
    if owner is not None and not owner.memberships.filter(project=issue.project_id).exists():
        raise Refused("Only members of the project can own its issues.", field="owner")
    before, issue.owner = issue.owner, owner
    if before == owner:
        return
    with transaction.atomic():
        issue.save(update_fields=["owner", "updated_at"])
        said = {"before": str(before or ""), "after": str(owner or "")}
        IssueEvent.objects.note(issue, EventKind.ASSIGNED, actor=actor, **said)


def set_severity(*, issue: Issue, severity: Severity, actor: User) -> None:
    """Says how much harm the issue does."""
    with transaction.atomic():
        _change(issue, EventKind.SEVERITY, actor, "severity", severity.value)


def _change(issue: Issue, kind: EventKind, actor: User, field: str, value: str) -> None:
    before = getattr(issue, field)
    if before == value:
        return
    setattr(issue, field, value)
    issue.save(update_fields=[field, "updated_at"])
    IssueEvent.objects.note(issue, kind, actor=actor, before=before, after=value)
