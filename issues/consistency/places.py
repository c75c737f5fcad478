"""Where failures are: in one issue at most, of their own project, that lives."""

from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import Project
from issues.consistency.finding import CAUSE, SLICE, Finding, in_slices, repair
from issues.consistency.redirects import living_end
from issues.deciding import end_rows, transfer
from issues.lifecycle import State
from issues.models import DecisionKind, EventKind, Issue, IssueMembership, lock_project
from issues.queries.links import BY_PEOPLE


def _open(project: Project) -> QuerySet[IssueMembership]:
    return IssueMembership.objects.filter(issue__project=project, until=None)


def placed_twice(project: Project) -> Iterator[Finding]:
    """Failures with more than one open membership. What a person chose last stays, else what came last."""
    counted = _open(project).values("failure_id").annotate(times=Count("pk")).filter(times__gt=1)
    last = 0
    while found := list(counted.filter(failure_id__gt=last).order_by("failure_id")[:SLICE]):
        for row in found:
            failure, times = row["failure_id"], row["times"]
            yield Finding(f"Failure {failure} has {times} open memberships.", partial(_keep_one, project, failure))
        last = found[-1]["failure_id"]


@transaction.atomic
def _keep_one(project: Project, failure: int) -> None:
    lock_project(project.pk)
    rows = list(_open(project).filter(failure=failure).select_related("issue").order_by("pk"))
    kept = max(rows, key=lambda row: (row.source in BY_PEOPLE, row.pk), default=None)
    if len(rows) > 1 and kept is not None:
        decision = repair(
            project, DecisionKind.DETACH, f"repair: failure {failure} stays in ISS-{kept.issue.number} only"
        )
        end_rows(decision, [row for row in rows if row != kept], EventKind.DETACHED, reason="It was placed twice.")


def foreign_members(project: Project) -> Iterator[Finding]:
    """Memberships of failures of another project. Open ones are ended; history stays as it is, and is told."""
    rows = IssueMembership.objects.filter(~Q(failure__project=F("issue__project")), issue__project=project)
    rows = rows.exclude(closed_by__cause=CAUSE)  # mended before
    for row in in_slices(rows.select_related("issue")):
        words = f"ISS-{row.issue.number}: its failure {row.failure_id} is of another project."
        yield Finding(words, partial(_end_one, project, row.pk) if row.until is None else None)


@transaction.atomic
def _end_one(project: Project, membership: int) -> None:
    lock_project(project.pk)
    rows = list(_open(project).filter(pk=membership).select_related("issue"))
    if rows:
        said = f"repair: failure {rows[0].failure_id} of another project out of ISS-{rows[0].issue.number}"
        decision = repair(project, DecisionKind.DETACH, said)
        end_rows(decision, rows, EventKind.DETACHED, reason="It is of another project.")


def held_by_ended(project: Project) -> Iterator[Finding]:
    """Issues that were merged or taken back and hold failures still.

    A merged one's go where its number leads; those of one that was taken back wait to be placed again.
    """
    ended = Issue.objects.filter(Q(state=State.MERGED) | Q(withdrawn_at__isnull=False), project=project)
    holding = ended.filter(Exists(IssueMembership.objects.filter(issue=OuterRef("pk"), until=None)))
    for issue in in_slices(holding):
        if issue.withdrawn_at is not None:
            words = f"ISS-{issue.number} was taken back and holds failures."
            yield Finding(words, partial(_hand_over, issue, None))
        else:
            target = living_end(issue)
            words = f"ISS-{issue.number} was merged and holds failures."
            yield Finding(words, None if target is None else partial(_hand_over, issue, target))


@transaction.atomic
def _hand_over(issue: Issue, target: Issue | None) -> None:
    lock_project(issue.project_id)
    failures = list(_open(issue.project).filter(issue=issue).values_list("failure_id", flat=True))
    kind = DecisionKind.DETACH if target is None else DecisionKind.MOVE
    to = "out of it" if target is None else f"into ISS-{target.number}"
    decision = repair(issue.project, kind, f"repair: failures left in ISS-{issue.number} {to}")
    transfer(decision, failures, target, reason="The issue was taken back.")
