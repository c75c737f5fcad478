"""Counts that pages show beside the same counted by hand, row by row."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from accounts.models import Project
from issues.consistency.finding import Finding, slices
from issues.models import Issue, IssueMembership
from issues.queries import counted_issues

AT_ONCE = 200
READ_AT_ONCE = 2000


@dataclass
class Tally:
    """What one issue's open memberships hold; overruled and withdrawn failures do not count."""

    failures: set[int] = field(default_factory=set)
    sessions: set[int] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None

    def take(self, failure: int, session: int, user: str, seen: datetime) -> None:
        """Counts one membership."""
        self.failures.add(failure)
        self.sessions.add(session)
        self.users |= {user} - {""}
        self.first = min(self.first or seen, seen)
        self.last = max(self.last or seen, seen)

    def told(self) -> dict[str, Any]:
        """The same by the names that the board has for it."""
        return {
            "failures": len(self.failures),
            "sessions": len(self.sessions),
            "users": len(self.users),
            "first_seen": self.first,
            "last_seen": self.last,
        }


def wrong_counts(project: Project) -> Iterator[Finding]:
    """Issues whose counts, or first and last moment, are not those of their memberships.

    None can be mended: no count is stored, so that a wrong one is a fault of a query, or of a row that others find.
    """
    for some in slices(Issue.objects.filter(project=project), AT_ONCE):
        keys = [issue.pk for issue in some]
        tallies = dict(_tallies(keys))
        shown: Any
        for shown in counted_issues(project).filter(pk__in=keys).order_by("number"):
            for name, value in tallies.get(shown.pk, Tally()).told().items():
                said = getattr(shown, name)
                if said != value:
                    what = name.replace("_", " ")
                    yield Finding(f"ISS-{shown.number}: {what} is shown as {said}, but its memberships say {value}.")


def _tallies(issues: list[int]) -> Iterator[tuple[int, Tally]]:
    """One issue's members in memory at a time."""
    rows = IssueMembership.objects.filter(issue__in=issues, until=None, failure__withdrawn_at=None)
    session = "failure__session"
    fields = ("issue_id", "failure_id", session, f"{session}__user_ref", f"{session}__started_at")
    found = rows.order_by("issue_id", "failure_id").values_list(*fields, f"{session}__created_at")
    for issue, members in groupby(found.iterator(READ_AT_ONCE), key=lambda row: row[0]):
        tally = Tally()
        for _, failure, its_session, user, started, created in members:
            tally.take(failure, its_session, user, started or created)
        yield issue, tally
