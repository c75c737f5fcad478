"""The closed list of what failures may be filtered by over the API."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from accounts.models import Project
from annotate.models import Failure, Outcome, Severity
from common.errors import Refused
from issues.filters.reading import LARGEST_NUMBER, YES_AND_NO, asked_of, one_of, whole
from issues.models import Issue, IssueMembership
from issues.queries.changes import changed_since

FAILURE_FILTERS = {
    "updated_since": "Only where something was said of the session, or of its issues, at or after this moment; "
    "ISO 8601 with a zone.",
    "workflow": "The session's workflow.",
    "release": "The session's release.",
    "failure_type": "Name of the failure type; one that was merged or renamed leads to the one that it is now.",
    "severity": "low, medium, high or critical.",
    "issue": "Number of the issue, or `none`; that of one that was merged leads to the one that took it in.",
    "outcome": "The review's outcome: success, failure or unknown.",
    "reviewer": "The reviewer's e-mail address.",
    "withdrawn": "true: only what does not count, taken back or overruled; false: only what counts.",
}
PAGING = ("cursor", "limit", "format")


def choose_failures(project: Project, query: QueryDict) -> QuerySet[Failure]:
    """The project's failures that a call asks for. Raises Refused, naming the parameter that is unknown or wrong."""
    failures = Failure.objects.filter(project=project)
    for name, value in asked_of(query, FAILURE_FILTERS, PAGING).items():
        failures = failures.filter(CONDITIONS[name](project, value))
    return failures


def _changed(project: Project, value: str) -> Q:
    moment = read_moment(value.replace(" ", "+"))
    if moment is None:
        raise Refused("Give a moment with its zone, such as 2026-11-02T12:00:00Z.", field="updated_since")
    return changed_since(project, moment)


def read_moment(text: str) -> datetime | None:
    """An ISO 8601 moment with a zone, in UTC; None for anything else, and for one that UTC has no year for."""
    try:
        moment = parse_datetime(text)
        return None if moment is None or is_naive(moment) else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _in_issue(project: Project, value: str) -> Q:
    members = IssueMembership.objects.standing().filter(failure=OuterRef("pk"))
    if value == "none":
        return ~Q(Exists(members))
    number = whole("issue", value, "Give an issue's number, or none.", LARGEST_NUMBER)
    issue = Issue.objects.filter(project=project, number=number).first()
    return Q(Exists(members.filter(issue=issue.present))) if issue else Q(pk__in=[])


def _of_type(project: Project, value: str) -> Q:
    kind = project.failure_types.named(value)
    return Q(failure_type__in=[kind] if kind else [])


def _is_withdrawn(_: Project, value: str) -> Q:
    return Q(withdrawn_at__isnull=not YES_AND_NO[one_of("withdrawn", value, YES_AND_NO)])


CONDITIONS: dict[str, Callable[[Project, str], Q]] = {
    "updated_since": _changed,
    "workflow": lambda _, value: Q(session__workflow=value),
    "release": lambda _, value: Q(session__release=value),
    "failure_type": _of_type,
    "severity": lambda _, value: Q(severity=one_of("severity", value, Severity.values)),
    "issue": _in_issue,
    "outcome": lambda _, value: Q(review__outcome=one_of("outcome", value, Outcome.values)),
    "reviewer": lambda _, value: Q(review__reviewer__email__iexact=value),
    "withdrawn": _is_withdrawn,
}
