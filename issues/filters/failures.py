"""The closed list of what failures may be filtered by over the API."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from accounts.models import Project
from annotate.models import Failure, Outcome, Severity
from common.errors import Refused
from common.keys import is_key
from issues.models import IssueMembership

FAILURE_FILTERS = {
    "updated_since": "Only what changed at or after this moment, its issue included; ISO 8601 with a zone.",
    "workflow": "The session's workflow.",
    "release": "The session's release.",
    "failure_type": "Name of the failure type; one that was merged or renamed leads to the one that it is now.",
    "severity": "low, medium, high or critical.",
    "issue": "Number of the issue, or `none`.",
    "outcome": "The review's outcome: success, failure or unknown.",
    "reviewer": "The reviewer's e-mail address.",
}
PAGING = ("cursor", "limit", "format")


def choose_failures(project: Project, query: QueryDict) -> QuerySet[Failure]:
    """The project's failures that a call asks for. Raises Refused, naming the parameter that is unknown or wrong."""
    for name in query:
        if name not in FAILURE_FILTERS and name not in PAGING:
            raise Refused(f"There is no filter {name!r}. There are: {', '.join(FAILURE_FILTERS)}.", field=name)
    failures = Failure.objects.filter(project=project)
    for name in FAILURE_FILTERS:
        if value := query.get(name, ""):
            if "\0" in value:
                raise Refused("A NUL is no text.", field=name)
            failures = failures.filter(_condition(project, name, value))
    return failures


def _condition(project: Project, name: str, value: str) -> Q:
    if name == "updated_since":
        return _changed_since(_moment(value))
    if name == "issue":
        return _in_issue(value)
    if name in {"severity", "outcome"}:
        return _one_of(name, value)
    if name == "failure_type":
        kind = project.failure_types.named(value)
        return Q(failure_type__in=[kind] if kind else [])
    fields = {
        "workflow": "session__workflow",
        "release": "session__release",
        "reviewer": "review__reviewer__email__iexact",
    }
    return Q(**{fields[name]: value})


def _one_of(name: str, value: str) -> Q:
    known: dict[str, tuple[str, Any]] = {
        "severity": ("severity", Severity.values),
        "outcome": ("review__outcome", Outcome.values),
    }
    column, values = known[name]
    if value not in values:
        raise Refused(f"{value!r} is none of {', '.join(values)}.", field=name)
    return Q(**{column: value})


def _moment(value: str) -> datetime:
    moment = read_moment(value.replace(" ", "+"))
    if moment is None:
        raise Refused("Give a moment with its zone, such as 2026-11-02T12:00:00Z.", field="updated_since")
    return moment


def read_moment(text: str) -> datetime | None:
    """An ISO 8601 moment with a zone, in UTC; None for anything else, and for one that UTC has no year for."""
    try:
        moment = parse_datetime(text)
        return None if moment is None or is_naive(moment) else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _changed_since(moment: datetime) -> Q:
    placed = IssueMembership.objects.filter(failure=OuterRef("pk"))
    moved = placed.filter(Q(since__gte=moment) | Q(until__gte=moment) | Q(until=None, issue__updated_at__gte=moment))
    return Q(updated_at__gte=moment) | Q(Exists(moved))


def _in_issue(value: str) -> Q:
    members = IssueMembership.objects.standing().filter(failure=OuterRef("pk"))
    if value == "none":
        return ~Q(Exists(members))
    if not is_key(value) or int(value) >= 2**31:
        raise Refused("Give an issue's number, or none.", field="issue")
    return Q(Exists(members.filter(issue__number=int(value))))
