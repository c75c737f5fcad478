"""Rows and decisions: what each says of the other, and of when."""

from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.models import F, Q

from accounts.models import Project
from issues.consistency.finding import Finding, in_slices
from issues.deciding import end_rows
from issues.models import Decision, EventKind, Issue, IssueMembership, lock_project


def incoherent_decisions(project: Project) -> Iterator[Finding]:
    """Decisions that undo, or issues that were made by, what another project decided."""
    for decision in in_slices(Decision.objects.filter(~Q(undoes__project=project), project=project, undoes__gt=0)):
        yield Finding(f"Decision {decision.pk} undoes one of another project.")
    for issue in in_slices(Issue.objects.filter(~Q(made_by__project=project), project=project, made_by__gt=0)):
        yield Finding(f"ISS-{issue.number} was made by a decision of another project.")


def incoherent_rows(project: Project) -> Iterator[Finding]:
    """Memberships that contradict the decisions which began and ended them."""
    rows = IssueMembership.objects.filter(issue__project=project).select_related("issue", "closed_by")
    opened, closed = Q(opened_by__isnull=False), Q(closed_by__isnull=False)
    wrong = {
        "was begun by a decision of another project": opened & ~Q(opened_by__project=project),
        "was ended by a decision of another project": closed & ~Q(closed_by__project=project),
        "was ended by an earlier decision than began it": Q(closed_by__lt=F("opened_by")),
        "ends before it begins": Q(until__lt=F("since")),
    }
    for what, condition in wrong.items():
        for row in in_slices(rows.filter(condition)):
            yield Finding(f"{_name(row)} {what}.")
    for row in in_slices(rows.filter(closed, until=None)):
        yield Finding(f"{_name(row)} is open, although decision {row.closed_by_id} ended it.", partial(_end, row))
    for row in in_slices(rows.filter(until=None, opened_by__undone_by__isnull=False)):
        words = f"{_name(row)} is open, although decision {row.opened_by_id}, which began it, was undone."
        yield Finding(words, partial(_give_back, project, row.pk))


def _name(row: IssueMembership) -> str:
    return f"ISS-{row.issue.number}: the membership {row.pk} of failure {row.failure_id}"


def _end(row: IssueMembership) -> None:
    """As the decision has it: nothing new is decided."""
    if row.closed_by is not None:
        still = IssueMembership.objects.filter(pk=row.pk, closed_by=row.closed_by, until=None)
        still.update(until=max(row.since, row.closed_by.created_at))


@transaction.atomic
def _give_back(project: Project, membership: int) -> None:
    """Ends the row by the undo that should have."""
    lock_project(project.pk)
    found = IssueMembership.objects.filter(pk=membership, until=None, opened_by__undone_by__isnull=False)
    for row in found.select_related("issue", "opened_by__undone_by"):
        if row.opened_by is not None:
            end_rows(row.opened_by.undone_by, [row], EventKind.GAVE_BACK)
