"""Marks the issues that happen clearly more often than they did, and takes the mark off again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Project
from issues.lifecycle.escalation import DAYS, Look, look
from issues.models import EventKind, Issue, IssueEvent
from issues.queries.counts import by_day
from issues.queries.life import reviewed_sessions
from issues.queries.withholding import standing
from traces.models import SHOWN_AT


def follow_escalation(project: Project) -> None:
    """Looks at the days up to yesterday (UTC): today is not over, and would look quiet.

    The exposure of a day is how many of its sessions, in the issue's workflows, people have reviewed. What is confirmed
    comes out of these: with all sessions, a day that nobody has read yet would look quiet, a busy reviewer alarming.
    """
    days = _days()
    issues = list(Issue.objects.living().filter(project=project).order_by("number"))
    counted = _counts(issues, days)
    # What did not happen of late, and was not escalating, needs no look.
    recent = [issue for issue in issues if issue.escalating_since or any(day >= days[-3] for day in counted[issue.pk])]
    if not recent:
        return
    counts = _table(days, [counted[issue.pk] for issue in recent])
    seen = look(counts, _table(days, _exposures(project, recent, days)), _were(recent))
    for row, issue in enumerate(recent):
        if bool(seen.is_escalating[row]) != (issue.escalating_since is not None):
            _mark(issue, seen, row)


def _days() -> list[date]:
    today = timezone.now().astimezone(UTC).date()
    return [today - timedelta(days=back) for back in range(DAYS, 0, -1)]


def _counts(issues: Iterable[Issue], days: list[date]) -> dict[int, dict[date, int]]:
    found: defaultdict[int, dict[date, int]] = defaultdict(dict)
    for issue, day, count in by_day(standing().filter(issue__in=issues), days):
        found[issue][day] = count
    return found


def _exposures(project: Project, issues: list[Issue], days: list[date]) -> list[dict[date, int]]:
    """Of each issue: how many sessions of its workflows were reviewed, by their day. Two queries."""
    start = datetime.combine(days[0], time.min, UTC)
    dated = reviewed_sessions(project).alias(seen=SHOWN_AT).filter(seen__gte=start).annotate(day=TruncDate(SHOWN_AT))
    reviewed: defaultdict[str, dict[date, int]] = defaultdict(dict)
    for workflow, day, count in dated.order_by().values_list("workflow", "day").annotate(count=Count("pk")):
        reviewed[workflow][day] = count
    workflows: defaultdict[int, set[str]] = defaultdict(set)
    rows = standing().filter(issue__in=issues).order_by()
    for issue, workflow in rows.values_list("issue_id", "failure__session__workflow").distinct():
        workflows[issue].add(workflow)
    return [
        {day: sum(reviewed[workflow].get(day, 0) for workflow in workflows[issue.pk]) for day in days}
        for issue in issues
    ]


def _table(days: list[date], rows: Iterable[Mapping[date, int]]) -> Any:
    return np.array([[row.get(day, 0) for day in days] for row in rows], dtype=np.float64)


def _were(issues: Iterable[Issue]) -> Any:
    return np.array([issue.escalating_since is not None for issue in issues])


def _mark(issue: Issue, seen: Look, row: int) -> None:
    """Compare-and-set: of two who look at once, one writes the line of history."""
    escalates = bool(seen.is_escalating[row])
    standing = Issue.objects.filter(pk=issue.pk, escalating_since=issue.escalating_since)
    told: dict[str, Any] = {"counted": int(seen.counted[row]), "expected": round(float(seen.expected[row]), 1)}
    with transaction.atomic():
        if standing.update(escalating_since=timezone.now() if escalates else None):
            IssueEvent.objects.note(issue, EventKind.ESCALATING if escalates else EventKind.CALM, **told)
