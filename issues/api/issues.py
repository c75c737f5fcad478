"""Issues over the API: their counts, where they happen, and their moves from state to state."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import Project, Scope
from common.api import PAGING, page_size, refuse_unknown
from common.errors import Refused
from common.keys import is_key
from issues import actions
from issues.access import get_issue
from issues.api.asking import WRONG, cause_of, end_of, owner_of, project_of
from issues.lifecycle import State, choices_by_hand
from issues.lifecycle.fixes import Progress
from issues.models import Issue
from issues.queries import breakdown, counted_issues, sessions_by_day
from issues.queries.life import progress_of, release_places, verified_after
from issues.queries.shares import with_estimates
from issues.serializers import IssueDetailSerializer, IssuePageSerializer, IssueSerializer, MoveSerializer


@extend_schema(
    operation_id="issues_list",
    summary="List issues",
    parameters=[OpenApiParameter("state", description="One of " + ", ".join(State.values)), *PAGING],
    responses={200: IssuePageSerializer, 400: WRONG},
)
@keyed(GET=Scope.READ)
def issues(request: Request) -> Response:
    """The project's issues, newest first, with their confirmed counts and estimated shares of all sessions."""
    refuse_unknown(request, ("state", "cursor", "limit"))
    project = project_of(request)
    found = Issue.objects.kept().filter(project=project).order_by("-number")
    if state := request.query_params.get("state", ""):
        if state not in State.values:
            raise Refused(f"{state!r} is none of {', '.join(State.values)}.", field="state")
        found = found.filter(state=state)
    if cursor := request.query_params.get("cursor", ""):
        if not is_key(cursor):
            raise Refused("This is no cursor of ours. Take `next` from the page before.", field="cursor")
        found = found.filter(number__lt=int(cursor))
    limit = page_size(request)
    numbers = list(found.values_list("number", flat=True)[: limit + 1])
    following = str(numbers[limit - 1]) if len(numbers) > limit else None
    # Counted for the page alone: counts of all issues read every failure.
    page = _counted(project).filter(number__in=numbers[:limit]).order_by("-number")
    rows = with_estimates(project, list(page))
    return Response({"results": IssueSerializer(rows, many=True).data, "next": following})


@extend_schema(operation_id="issues_retrieve", summary="One issue", responses={200: IssueDetailSerializer, 404: WRONG})
@keyed(GET=Scope.READ)
def issue(request: Request, number: int) -> Response:
    """One issue: its counts, its days, where it happens, and where it may be moved by hand.

    The number of an issue that was merged leads to the one that took it in, which `merged_into` then names.
    """
    return Response(_detail(get_issue(project_of(request), number)))


@extend_schema(
    operation_id="issues_move",
    summary="Move an issue to another state",
    request=MoveSerializer,
    responses={200: IssueDetailSerializer, 400: WRONG, 404: WRONG},
)
@keyed(POST=Scope.WRITE)
def issue_move(request: Request, number: int) -> Response:
    """Moves an issue to another state, by the same table of legal moves as the pages."""
    found = get_issue(project_of(request), number)
    asked = MoveSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    told = asked.validated_data
    actions.move_issue(
        issue=found,
        target=State(told["to"]),
        source=State(told["from"]) if "from" in told else None,
        actor=None,
        until=end_of(told),
        owner=owner_of(project_of(request), told["owner"]),
        via=cause_of(request),
        **{name: told[name] for name in ("fixed_in_release", "now", "reason")},
    )
    return Response(_detail(found))


def _detail(asked: Issue) -> Any:
    present = asked.present
    return IssueDetailSerializer(
        {
            "issue": counted(present),
            "merged_into": None if present == asked else present.number,
            "days": [{"day": day, "sessions": count} for day, count in sessions_by_day(present)],
            "workflows": breakdown(present, "workflow"),
            "releases": breakdown(present, "release"),
            "tools": breakdown(present, "tool"),
            "verification": _verification(present),
            "runbook": present.runbook,
            "moves": choices_by_hand(State(present.state)),
        }
    ).data


def _verification(issue: Issue) -> Progress | None:
    if issue.fix is None:
        return None
    return progress_of(issue, release_places(issue.project), verified_after(issue.project))


def counted(issue: Issue) -> Any:
    """The issue as it stands, with its counts and its estimated share."""
    return with_estimates(issue.project, [_counted(issue.project).get(pk=issue.pk)])[0]


def _counted(project: Project) -> QuerySet[Issue]:
    return counted_issues(project).select_related("owner", "merged_into")
