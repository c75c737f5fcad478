"""What changed since a moment, for programs that keep a copy of labelled failures. The unit is the session.

A failure's row tells more than the failure: what other reviewers said of the session, what a lead settled, which issues
the session's failures are in. So a change to one of them is a change to every row of the session: `changed_since` finds
them all, and `last_changes` says when the last one was. The two read the same columns.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from accounts.models import Project
from annotate.models import Failure, Review
from issues.models import IssueMembership
from traces.models import AgentSession

# Of rows of these tables, the columns that say when something changed. A session's own words and steps are told anew
# when its signals are written, which follows each change of them; the issue's title and state only while it is in it.
OF_FAILURES = {"updated_at": Q()}
OF_REVIEWS = {"submitted_at": Q(), "withdrawn_at": Q()}
OF_MEMBERSHIPS = {"since": Q(), "until": Q(), "issue__updated_at": Q(until=None)}
OF_SESSIONS = {"signals_at": Q()}


def changed_since(project: Project, moment: datetime) -> Q:
    """On failures: something of their session changed at or after the moment."""
    return (
        Q(session__in=_since(Failure.objects.filter(project=project), OF_FAILURES, moment).values("session"))
        | Q(session__in=_since(Review.objects.filter(project=project), OF_REVIEWS, moment).values("session"))
        | Q(session__in=_since(_memberships(project), OF_MEMBERSHIPS, moment).values("failure__session"))
        | Q(session__in=_since(AgentSession.objects.filter(project=project), OF_SESSIONS, moment).values("pk"))
    )


def _memberships(project: Project) -> QuerySet[IssueMembership]:
    return IssueMembership.objects.filter(issue__project=project)


def _since(rows: QuerySet[Any], columns: dict[str, Q], moment: datetime) -> QuerySet[Any]:
    condition = Q()
    for column, where in columns.items():
        condition |= Q(**{f"{column}__gte": moment}) & where
    return rows.filter(condition).order_by()


def last_changes(sessions: Collection[int]) -> dict[int, datetime]:
    """By session, when something of it changed last: four queries."""
    found: dict[int, datetime] = {}
    for rows, columns, session in (
        (Failure.objects.filter(session__in=sessions), OF_FAILURES, "session_id"),
        (Review.objects.filter(session__in=sessions), OF_REVIEWS, "session_id"),
        (IssueMembership.objects.filter(failure__session__in=sessions), OF_MEMBERSHIPS, "failure__session_id"),
        (AgentSession.objects.filter(pk__in=sessions), OF_SESSIONS, "pk"),
    ):
        newest = {f"newest_{place}": Max(column, filter=where) for place, (column, where) in enumerate(columns.items())}
        for key, *moments in rows.order_by().values_list(session).annotate(**newest):
            found[key] = max(moment for moment in (found.get(key), *moments) if moment)
    return found
