"""What people taught: that it is kept to, and that it does not contradict itself."""

from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Project
from issues.consistency.finding import Finding, in_slices, repair
from issues.deciding import end_rows
from issues.lifecycle.links import contradictions
from issues.models import Constraint, ConstraintKind, DecisionKind, EventKind, IssueMembership, lock_project
from issues.queries.links import BY_PEOPLE, standing_links


def incoherent_constraints(project: Project) -> Iterator[Finding]:
    """Constraints about failures, or by decisions, of another project; and those whose teaching was undone."""
    rows = Constraint.objects.filter(project=project).select_related("taught_by__actor")
    foreign = ~Q(first__project=project) | ~Q(second__project=project)
    for row in in_slices(rows.filter(foreign)):
        yield Finding(f"{_name(row)} names a failure of another project.")
    ended_elsewhere = Q(ended_by__isnull=False) & ~Q(ended_by__project=project)
    for row in in_slices(rows.filter(~Q(taught_by__project=project) | ended_elsewhere)):
        yield Finding(f"{_name(row)} was taught or ended by a decision of another project.")
    for row in in_slices(rows.filter(ended_by=None, taught_by__undone_by__isnull=False)):
        yield Finding(f"{_name(row)} stands, although what taught it was undone.", partial(_unteach, row.pk))


def _name(row: Constraint) -> str:
    return f"Constraint {row.pk} ({row}, {row.taught_by.who} said)"


def _unteach(constraint: int) -> None:
    standing = Constraint.objects.filter(pk=constraint, ended_by=None, taught_by__undone_by__isnull=False)
    for row in standing.select_related("taught_by__undone_by"):
        row.ended_by = row.taught_by.undone_by
        row.save(update_fields=["ended_by"])


def contradicted_constraints(project: Project) -> Iterator[Finding]:
    """Constraints that cannot hold beside those that were taught before. Who was right, only a person can say."""
    links = standing_links(project.pk)
    for link, against in contradictions([], links):
        others = ", ".join(str(one.key) for one in against)
        yield Finding(f"Constraint {link.key} ({link.first} and {link.second}) contradicts {others}.")


def _issue_of(failure: str) -> Subquery:
    return Subquery(IssueMembership.objects.filter(failure=OuterRef(failure), until=None).values("issue")[:1])


def _broken(project: Project) -> QuerySet[Constraint]:
    """Standing constraints that the places of their failures break."""
    rows = Constraint.objects.filter(project=project, ended_by=None)
    placed = rows.annotate(one=_issue_of("first"), other=_issue_of("second"))
    together = Q(kind=ConstraintKind.TOGETHER) & ~Q(one=F("other"))
    apart = Q(kind=ConstraintKind.APART, one=F("other"))
    return placed.filter(together | apart, one__isnull=False, other__isnull=False)


def broken_constraints(project: Project) -> Iterator[Finding]:
    """Constraints that places break. A failure that a machine put there waits again; a person's is left to people."""
    for row in in_slices(_broken(project).select_related("taught_by__actor")):
        mend = partial(_take_out, project, row.pk) if _by_machine(row) else None
        yield Finding(f"{_name(row)} is broken by where the two are.", mend)


def _by_machine(row: Constraint) -> list[IssueMembership]:
    """The open memberships of the two that no person chose, what came last first."""
    rows = IssueMembership.objects.filter(failure__in=row.pair(), until=None).exclude(source__in=BY_PEOPLE)
    return list(rows.select_related("issue").order_by("-since", "-pk"))


@transaction.atomic
def _take_out(project: Project, constraint: int) -> None:
    lock_project(project.pk)
    for row in _broken(project).filter(pk=constraint):
        if placed := _by_machine(row)[:1]:
            said = f"repair: failure {placed[0].failure_id} out of ISS-{placed[0].issue.number}"
            decision = repair(project, DecisionKind.DETACH, said)
            end_rows(decision, placed, EventKind.DETACHED, reason="It was placed against what people taught.")
