"""Failures put into issues, moved between them and taken out. Rows never reopen: each move ends one and begins one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from annotate.models import Failure
from issues.deciding.changing import make_decision, note
from issues.models import Decision, DecisionKind, EventKind, Issue, IssueMembership, Source, lock_project
from issues.queries.links import forbidden


def lock_issues(project: Project, keys: Collection[int]) -> dict[int, Issue]:
    """Those of the project, by key, until the transaction ends; in one order for everybody."""
    rows = Issue.objects.select_for_update(no_key=True).filter(project=project, pk__in=keys)
    return {issue.pk: issue for issue in rows.order_by("pk")}


def join(
    *,
    issue: Issue,
    failure_id: int,
    source: Source,
    cause: str,
    score: float | None = None,
    actor: User | None = None,
    **how: Any,
) -> Decision | None:
    """The machines' door: puts a free failure into a living issue, unless people taught otherwise. None: not done.

    `actor` is who chose the issue, if anybody did; `how`: further fields of the row, such as `mechanism`.
    """
    with transaction.atomic():
        lock_project(issue.project_id)
        if not Issue.objects.living().filter(pk=issue.pk).exists():
            return None
        if issue.pk in forbidden(issue.project, [failure_id]).get(failure_id, ()):
            return None
        kind = DecisionKind.ATTACH if actor else DecisionKind.JOIN
        said = f"a failure into ISS-{issue.number}"
        decision = make_decision(issue.project, kind, actor=actor, cause=cause, said=said)
        row = {"source": source, "score": score, "actor": actor, "decision": decision, **how}
        if IssueMembership.objects.place(issue, [failure_id], **row):
            return decision
        # Placed or taken back since somebody looked: nothing was decided.
        transaction.set_rollback(True)
    return None


def transfer(
    decision: Decision,
    failure_ids: Collection[int],
    to: Issue | None,
    *,
    source: Source | None = None,
    told: tuple[EventKind, EventKind] | None = (EventKind.MOVED_OUT, EventKind.MOVED_IN),
    reason: str = "",
) -> list[int]:
    """Takes failures out of their issues and puts them into `to` (None: into no issue); returns who moved, ascending.

    Without a `source` rows keep who judged, and how sure: only their issue changes. `told`: what the histories of
    the issues left, and of `to`, call it; None: the caller tells it. Failures of other projects are passed over. The
    project is locked.
    """
    _lock_failures(decision, failure_ids)
    rows = IssueMembership.objects.filter(
        failure__in=failure_ids, until=None, issue__project=decision.project_id
    ).select_related("issue")
    leaving = [row for row in rows.order_by("failure_id") if to is None or row.issue_id != to.pk]
    detail = {"to": to.number} if to else {"reason": reason}
    end_rows(decision, leaving, EventKind.DETACHED if to is None else told and told[0], **detail)
    if to is not None:
        numbers = sorted({row.issue.number for row in leaving})
        begin_rows(decision, leaving, to, told and told[1], source=source, **{"from": numbers})
    return [row.failure_id for row in leaving]


def _lock_failures(decision: Decision, failure_ids: Collection[int]) -> None:
    wanted = Failure.objects.select_for_update(no_key=True).filter(project=decision.project, pk__in=failure_ids)
    list(wanted.order_by("pk").values_list("pk", flat=True))


def end_rows(decision: Decision, rows: Sequence[IssueMembership], told: EventKind | None, **detail: Any) -> None:
    """Ends these open rows (with their issues), and notes it with each issue, unless the caller does."""
    IssueMembership.objects.filter(pk__in=[row.pk for row in rows]).update(until=timezone.now(), closed_by=decision)
    if told is not None:
        for issue, failures in _by_issue(rows):
            note(decision, issue, told, failures=failures, **detail)


def _by_issue(rows: Iterable[IssueMembership]) -> list[tuple[Issue, list[int]]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    issues = {row.issue_id: row.issue for row in rows}
    for row in rows:
        found[row.issue_id].append(row.failure_id)
    return [(issues[key], sorted(found[key])) for key in sorted(found)]


def begin_rows(
    decision: Decision,
    like: Sequence[IssueMembership],
    issue: Issue,
    told: EventKind | None,
    *,
    source: Source | None = None,
    **detail: Any,
) -> None:
    """New rows in the issue for the failures of rows that ended, judged like these unless a `source` is given."""
    now = timezone.now()
    IssueMembership.objects.bulk_create(
        IssueMembership(
            issue=issue, failure_id=row.failure_id, since=now, opened_by=decision, **_judged(decision, row, source)
        )
        for row in like
    )
    if like and told:
        note(decision, issue, told, failures=sorted(row.failure_id for row in like), **detail)


def _judged(decision: Decision, row: IssueMembership, source: Source | None) -> dict[str, Any]:
    if source is not None:
        return {"source": source, "placed_by": decision.actor}
    kept = ("source", "score", "margin", "mechanism", "threshold", "rule_id", "nearest_id", "placed_by_id")
    return {name: getattr(row, name) for name in kept}
