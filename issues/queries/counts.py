"""Reads of issues. Every count is derived from standing memberships: open, of failures that nobody withdrew."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import Project
from annotate.models import Failure
from annotate.queries.blind import EVERYTHING, Sight
from issues.models import Issue, IssueMembership
from issues.queries.withholding import seen_issues, standing
from traces.models import SHOWN_AT, AgentSession

STANDING = Q(memberships__until=None, memberships__failure__withdrawn_at=None)
BOARD_DAYS, TREND_DAYS = 14, 30
READ_FOR_RELEASES = 2000
# A session without a time of its own counts on the day it arrived.
SEEN = Coalesce("failure__session__started_at", "failure__session__created_at")
BOARD_SEEN = Coalesce("memberships__failure__session__started_at", "memberships__failure__session__created_at")


def unplaced_failures(project: Project, sight: Sight = EVERYTHING) -> QuerySet[Failure]:
    """The project's failures that are not withdrawn and in no issue, embedded or not."""
    placed = IssueMembership.objects.filter(failure=OuterRef("pk"), until=None)
    return Failure.objects.filter(~Exists(placed), sight.of(), project=project, withdrawn_at=None)


def counted_issues(project: Project, sight: Sight = EVERYTHING) -> QuerySet[Issue]:
    """The project's issues with `sessions`, `users`, `failures` (confirmed, distinct), `first_seen` and `last_seen`.

    Only those that the reader may see, counted as far as they may.
    """
    session = "memberships__failure__session"
    told = STANDING & sight.of(session)
    named = told & ~Q(memberships__failure__session__user_ref="")
    return (
        seen_issues(Issue.objects.filter(project=project), sight)
        .select_related("owner")
        .annotate(
            sessions=Count(session, filter=told, distinct=True),
            users=Count(f"{session}__user_ref", filter=named, distinct=True),
            failures=Count("memberships", filter=told),  # a failure has one open membership
            first_seen=Min(BOARD_SEEN, filter=told),
            last_seen=Max(BOARD_SEEN, filter=told),
        )
    )


@dataclass
class BoardRow:
    """An issue as the board shows it. `days`: (day, sessions) for the board's days, zero-filled."""

    issue: Any
    days: list[tuple[str, int]]
    workflows: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The sparkline for those who do not see it."""
        total = sum(count for _, count in self.days)
        if not self.days:
            return "no sessions"
        noun = "session" if total == 1 else "sessions"
        return f"{total} confirmed {noun} from {self.days[0][0]} to {self.days[-1][0]}"


def board_rows(project: Project, issues: Iterable[Issue], sight: Sight = EVERYTHING) -> list[BoardRow]:
    """What the board shows beside the counts; the same few queries for one issue and for fifty."""
    issues = list(issues)
    rows = standing(sight).filter(issue__in=issues)
    days = last_days(project, BOARD_DAYS, sight)
    per_day: defaultdict[int, dict[date, int]] = defaultdict(dict)
    for issue_id, day, count in by_day(rows, days):
        per_day[issue_id][day] = count
    workflows: defaultdict[int, list[str]] = defaultdict(list)
    found = rows.values("issue_id", workflow=F("failure__session__workflow"))
    for row in found.annotate(count=Count("failure__session", distinct=True)).order_by("-count", "workflow"):
        workflows[row["issue_id"]].append(row["workflow"] or "no workflow")
    return [
        BoardRow(issue, [(_short(day), per_day[issue.pk].get(day, 0)) for day in days], workflows[issue.pk])
        for issue in issues
    ]


def last_days(project: Project, count: int, sight: Sight = EVERYTHING) -> list[date]:
    """The `count` days up to the last one with a confirmed session in the project; none where there is none."""
    confirmed = IssueMembership.objects.standing().filter(failure__session=OuterRef("pk"), issue__project=project)
    newest = AgentSession.objects.filter(Exists(confirmed), sight.of("pk"), project=project).order_by(
        SHOWN_AT.desc(), "-id"
    )
    # The first that the index of the session list meets; a maximum would read every membership.
    last: datetime | None = newest.values_list(SHOWN_AT, flat=True).first()
    return [] if last is None else [last.date() - timedelta(days=back) for back in range(count - 1, -1, -1)]


def sessions_by_day(issue: Issue, sight: Sight = EVERYTHING) -> list[tuple[str, int]]:
    """(day, distinct confirmed sessions) up to the project's last day with data, zero-filled."""
    return [(_short(day), count) for day, count in _counted_days(issue, sight)]


def listed_by_day(issue: Issue, sight: Sight = EVERYTHING) -> list[tuple[str, int, str]]:
    """The same, each day with what lists its sessions."""
    return [
        (_short(day), count, urlencode({"issue": issue.number, "start": day, "end": day}))
        for day, count in _counted_days(issue, sight)
    ]


def _counted_days(issue: Issue, sight: Sight) -> list[tuple[date, int]]:
    days = last_days(issue.project, TREND_DAYS, sight)
    found = {day: count for _, day, count in by_day(standing(sight).filter(issue=issue), days)}
    return [(day, found.get(day, 0)) for day in days]


def by_day(rows: QuerySet[IssueMembership], days: Sequence[date]) -> list[tuple[int, date, int]]:
    """(issue, day, distinct sessions) from the first of these days on."""
    if not days:
        return []
    recent = rows.alias(seen=SEEN).filter(seen__gte=datetime.combine(days[0], time.min, UTC))
    daily = recent.annotate(day=TruncDate(SEEN)).values("issue_id", "day")
    counted = daily.annotate(count=Count("failure__session", distinct=True)).order_by("day")
    return [(row["issue_id"], row["day"], row["count"]) for row in counted]


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def seen_workflows(project: Project) -> list[str]:
    """The workflows of the project's sessions, by name: one pass over an index, where asking issues reads them all."""
    named = AgentSession.objects.filter(project=project).exclude(workflow="")
    return list(named.order_by("workflow").values_list("workflow", flat=True).distinct())


def seen_releases(project: Project) -> list[str]:
    """The releases of the newest sessions, the newest first. All sessions would be a pass over the whole table."""
    newest = AgentSession.objects.filter(project=project).order_by(SHOWN_AT.desc(), "-id")
    found = newest.values_list("release", flat=True)[:READ_FOR_RELEASES]
    return [release for release in dict.fromkeys(found) if release]
