"""Issues merged and split over the API, and failures put into them, moved between them and taken out."""

from collections.abc import Collection
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.authentication import keyed
from accounts.models import Project, Scope
from annotate.models import Failure
from common.errors import Refused
from issues import actions
from issues.access import get_issue
from issues.api.asking import WRONG, cause_of, project_of
from issues.api.issues import counted
from issues.models import Decision, Issue
from issues.queries.decisions import with_moves
from issues.serializers import (
    AttachSerializer,
    DetachSerializer,
    DoneSerializer,
    MergeSerializer,
    SplitSerializer,
    TakeSerializer,
)

ANSWERS = {200: DoneSerializer, 400: WRONG, 404: WRONG}


@extend_schema(operation_id="issues_merge", summary="Merge issues", request=MergeSerializer, responses=ANSWERS)
@keyed(POST=Scope.WRITE)
def issue_merge(request: Request, number: int) -> Response:
    """Gives all failures of the `others` to this issue. Their numbers lead here from now on."""
    issue, asked = _asked(request, number, MergeSerializer(data=request.data))
    others = [_issue(issue.project, other, "others") for other in asked.pop("others")]
    if issue in others:
        raise Refused("An issue cannot be merged into itself.", field="others")
    return _done(actions.merge_issues(into=issue, others=others, **asked), issue)


@extend_schema(operation_id="issues_split", summary="Split an issue", request=SplitSerializer, responses=ANSWERS)
@keyed(POST=Scope.WRITE)
def issue_split(request: Request, number: int) -> Response:
    """Takes failures out of this issue into a new one, or into another. The answer tells where they are now."""
    issue, asked = _asked(request, number, SplitSerializer(data=request.data))
    into = asked.pop("into")
    target = None if into is None else _issue(issue.project, into, "into")
    if target == issue:
        raise Refused("Choose another issue than the one that is split.", field="into")
    other, decision = actions.split_issue(issue=issue, target=target, **asked)
    return _done(decision, other)


@extend_schema(
    operation_id="issues_attach_failures",
    summary="Put failures into an issue",
    request=AttachSerializer,
    responses=ANSWERS,
)
@keyed(POST=Scope.WRITE)
def issue_attach(request: Request, number: int) -> Response:
    """Puts failures that are in no issue into this one."""
    issue, asked = _asked(request, number, AttachSerializer(data=request.data))
    return _done(actions.attach(issue=issue, **asked), issue)


@extend_schema(
    operation_id="issues_move_failures",
    summary="Move failures into an issue",
    request=TakeSerializer,
    responses=ANSWERS,
)
@keyed(POST=Scope.WRITE)
def issue_take(request: Request, number: int) -> Response:
    """Puts failures into this issue, from wherever they are: other issues, or none."""
    issue, asked = _asked(request, number, TakeSerializer(data=request.data))
    return _done(actions.move_failures(target=issue, **asked), issue)


@extend_schema(
    operation_id="issues_detach_failures",
    summary="Take failures out of an issue",
    request=DetachSerializer,
    responses=ANSWERS,
)
@keyed(POST=Scope.WRITE)
def issue_detach(request: Request, number: int) -> Response:
    """Takes failures out of this issue. They wait for another place; no machine puts them back."""
    issue, asked = _asked(request, number, DetachSerializer(data=request.data))
    return _done(actions.detach_failures(issue=issue, **asked), issue)


def _asked(request: Request, number: int, body: BaseSerializer[Any]) -> tuple[Issue, dict[str, Any]]:
    """The issue of the address, and what the body says in the words of the actions, by whom and with what cause."""
    issue = get_issue(project_of(request), number)
    body.is_valid(raise_exception=True)
    asked: dict[str, Any] = {**body.validated_data, "actor": None, "cause": cause_of(request)}
    if "failures" in asked:
        asked["failure_ids"] = _known(issue.project, asked.pop("failures"))
    return issue, asked


def _known(project: Project, failure_ids: Collection[int]) -> Collection[int]:
    """The failures, all of them the project's; those withdrawn by now among them, so that a call may come again."""
    known = set(Failure.objects.filter(project=project, pk__in=failure_ids).values_list("pk", flat=True))
    if unknown := [str(pk) for pk in failure_ids if pk not in known]:
        raise Refused(f"There is no failure {', '.join(unknown)} in this project.", field="failures")
    return known


def _issue(project: Project, number: int, field: str) -> Issue:
    found = Issue.objects.filter(project=project, number=number).select_related("project").first()
    if found is None:
        raise Refused(f"There is no ISS-{number} in this project.", field=field)
    return found


def _done(decision: Decision, issue: Issue) -> Response:
    return Response(DoneSerializer({"decision": with_moves([decision])[0], "issue": counted(issue)}).data)
