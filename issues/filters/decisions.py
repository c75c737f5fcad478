"""The closed lists of what decisions, and what they taught, may be filtered by over the API."""

from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import Project
from issues.filters.reading import LARGEST_NUMBER, YES_AND_NO, asked_of, one_of, whole
from issues.models import Constraint, ConstraintKind, Decision, DecisionKind, IssueEvent

DECISION_FILTERS = {
    "issue": "Number of an issue: only what was done to it.",
    "kind": f"One of {', '.join(DecisionKind.values)}.",
}
CONSTRAINT_FILTERS = {
    "failure": "Id of a failure: only what was said of it.",
    "kind": f"One of {', '.join(ConstraintKind.values)}.",
    "standing": "true, or false for what was ended since; true unless told.",
}
PAGING = ("cursor", "limit")


def choose_decisions(project: Project, query: QueryDict) -> QuerySet[Decision]:
    """The project's decisions that a call asks for. Raises Refused, naming the parameter that is unknown or wrong."""
    asked = asked_of(query, DECISION_FILTERS, PAGING)
    found = Decision.objects.filter(project=project)
    if "issue" in asked:
        number = whole("issue", asked["issue"], "Give an issue's number.", LARGEST_NUMBER)
        events = IssueEvent.objects.filter(issue__project=project, issue__number=number, decision__isnull=False)
        found = found.filter(pk__in=events.values("decision"))
    if "kind" in asked:
        found = found.filter(kind=one_of("kind", asked["kind"], DecisionKind.values))
    return found


def choose_constraints(project: Project, query: QueryDict) -> QuerySet[Constraint]:
    """The project's constraints that a call asks for. Raises Refused, naming the parameter that is unknown or wrong."""
    asked = asked_of(query, CONSTRAINT_FILTERS, PAGING)
    standing = YES_AND_NO[one_of("standing", asked.get("standing", "true"), YES_AND_NO)]
    found = Constraint.objects.filter(project=project, ended_by__isnull=standing)
    if "failure" in asked:
        failure = whole("failure", asked["failure"], "Give the id of a failure.")
        found = found.filter(Q(first=failure) | Q(second=failure))
    if "kind" in asked:
        found = found.filter(kind=one_of("kind", asked["kind"], ConstraintKind.values))
    return found
