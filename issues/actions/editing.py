"""An issue's title, owner and severity."""

from typing import Any

from django.db import transaction

from accounts.models import User
from annotate.models import Severity
from common.errors import Refused
from issues.deciding import change_issue, check_title, lock_issues, make_decision, note
from issues.models import Decision, DecisionKind, EventKind, Issue, lock_project


def rename_issue(*, issue: Issue, title: str, actor: User) -> None:
    """Gives the issue another title, which no other issue or open proposal has."""
    with transaction.atomic():
        lock_project(issue.project_id)
        checked = check_title(issue.project, title, Issue.objects.filter(pk=issue.pk))
        _edit(issue, EventKind.RENAMED, actor, "", title=checked)


def assign_owner(*, issue: Issue, owner: User | None, actor: User | None, via: str = "") -> Decision | None:
    """Makes a member of the project the owner; None leaves the issue without one. Returns None where nothing changed.

    `via` names the API key of a call without a person.
    """
    if owner is not None and not owner.memberships.filter(project=issue.project_id).exists():
        raise Refused("Only members of the project can own its issues.", field="owner")
    with transaction.atomic():
        return _edit(issue, EventKind.ASSIGNED, actor, via, owner=owner)


def set_severity(*, issue: Issue, severity: Severity, actor: User | None, via: str = "") -> Decision | None:
    """Says how much harm the issue does; its failures say it no more. Returns None where nothing changed."""
    with transaction.atomic():
        locked = lock_issues(issue.project, [issue.pk])[issue.pk]
        before = locked.severity
        if before == severity and locked.severity_chosen:
            return None
        said = f"severity of ISS-{issue.number}"
        decision = make_decision(issue.project, DecisionKind.EDIT, actor=actor, cause=via, said=said)
        change_issue(decision, locked, severity=severity.value, severity_chosen=True)
        note(decision, locked, EventKind.SEVERITY, before=before, after=severity.value)
    issue.refresh_from_db(fields=["severity", "severity_chosen"])
    return decision


def _edit(issue: Issue, kind: EventKind, actor: User | None, via: str, **change: Any) -> Decision | None:
    """Changes one field, with a decision and a line of history; the same value again is no change."""
    [(name, value)] = change.items()
    locked = lock_issues(issue.project, [issue.pk])[issue.pk]
    before = getattr(locked, name)
    if before == value:
        return None
    said = f"{name} of ISS-{issue.number}"
    decision = make_decision(issue.project, DecisionKind.EDIT, actor=actor, cause=via, said=said)
    column = "owner_id" if name == "owner" else name
    change_issue(decision, locked, **{column: getattr(value, "pk", value)})
    note(decision, locked, kind, before=str(before or ""), after=str(value or ""))
    setattr(issue, name, value)
    return decision
