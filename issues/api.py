"""Labelled failures and issues over the API, and the API's description of itself."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.decorators import content_negotiation_class, renderer_classes
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import ApiKey, Project, Scope
from accounts.permissions import public
from annotate.queries.estimates import read_sample
from common.api import whole_number
from common.errors import Refused
from common.keys import is_key
from issues import actions
from issues.access import get_issue
from issues.export import from_cursor, read_all, read_page, to_csv, to_cursor, to_jsonl
from issues.filters import FAILURE_FILTERS, choose_failures
from issues.lifecycle import State, choices_by_hand
from issues.models import Issue
from issues.queries import breakdown, counted_issues, sessions_by_day
from issues.queries.shares import with_estimates
from issues.serializers import (
    ErrorsSerializer,
    FailurePageSerializer,
    IssueDetailSerializer,
    IssuePageSerializer,
    IssueSerializer,
    MoveSerializer,
)

PAGE_SIZE, LARGEST_PAGE = 100, 1000
PAGING = [
    OpenApiParameter("cursor", description="`next` of the page before."),
    OpenApiParameter("limit", int, description=f"Rows per page, 1 to {LARGEST_PAGE}; {PAGE_SIZE} unless told."),
]
WRONG = OpenApiResponse(ErrorsSerializer, description="What is wrong, field by field.")


class JsonLines(BaseRenderer):
    """Names the format; the view streams it."""

    media_type = "application/x-ndjson"
    format = "jsonl"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> Any:
        """Errors are JSON in every format."""
        return JSONRenderer().render(data)


class Csv(JsonLines):
    """Names the format; the view streams it."""

    media_type = "text/csv"
    format = "csv"


class NamedFormat(DefaultContentNegotiation):
    """Says which formats there are, where `?format=` names another; DRF would say 404."""

    def filter_renderers(self, renderers: Any, format: str) -> Any:  # noqa: A002  # DRF's own name
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            names = ", ".join(renderer.format for renderer in renderers)
            raise Refused(f"There is no format {format!r}. There are: {names}.", field="format")
        return found


def _project(request: Request) -> Project:
    return cast("ApiKey", request.auth).project


@extend_schema(
    operation_id="failures_list",
    summary="List labelled failures",
    parameters=[OpenApiParameter(name, description=text) for name, text in FAILURE_FILTERS.items()] + PAGING,
    responses={200: FailurePageSerializer, 400: WRONG},
)
@keyed(GET=Scope.READ)
@renderer_classes([JSONRenderer, JsonLines, Csv])
@content_negotiation_class(NamedFormat)
def failures(request: Request) -> HttpResponseBase:
    """Labelled failures, least recently updated first: pages as JSON, or all at once as JSON lines or CSV."""
    chosen = choose_failures(_project(request), request.query_params)
    after = from_cursor(request.query_params.get("cursor", ""))
    weights = read_sample(_project(request)).weights
    name = request.accepted_renderer.format
    if name == "json":
        rows, following = read_page(chosen, after, whole_number(request, "limit", PAGE_SIZE, LARGEST_PAGE), weights)
        return Response({"results": rows, "next": to_cursor(following)})
    told = read_all(chosen, after, weights)
    lines: Any = to_jsonl(told) if name == "jsonl" else to_csv(told)
    response = StreamingHttpResponse(lines, content_type=f"{request.accepted_renderer.media_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="failures.{name}"'
    return response


@extend_schema(
    operation_id="issues_list",
    summary="List issues",
    parameters=[OpenApiParameter("state", description="One of " + ", ".join(State.values)), *PAGING],
    responses={200: IssuePageSerializer, 400: WRONG},
)
@keyed(GET=Scope.READ)
def issues(request: Request) -> Response:
    """The project's issues, newest first, with their confirmed counts and estimated shares of all sessions."""
    for name in request.query_params:
        if name not in {"state", "cursor", "limit"}:
            raise Refused(f"There is no filter {name!r}. There are: state, cursor, limit.", field=name)
    found = Issue.objects.kept().filter(project=_project(request)).order_by("-number")
    if state := request.query_params.get("state", ""):
        if state not in State.values:
            raise Refused(f"{state!r} is none of {', '.join(State.values)}.", field="state")
        found = found.filter(state=state)
    if cursor := request.query_params.get("cursor", ""):
        if not is_key(cursor):
            raise Refused("This is no cursor of ours. Take `next` from the page before.", field="cursor")
        found = found.filter(number__lt=int(cursor))
    limit = whole_number(request, "limit", PAGE_SIZE, LARGEST_PAGE)
    numbers = list(found.values_list("number", flat=True)[: limit + 1])
    following = str(numbers[limit - 1]) if len(numbers) > limit else None
    # Counted for the page alone: counts of all issues read every failure.
    page = counted_issues(_project(request)).filter(number__in=numbers[:limit]).order_by("-number")
    rows = with_estimates(_project(request), list(page))
    return Response({"results": IssueSerializer(rows, many=True).data, "next": following})


@extend_schema(operation_id="issues_retrieve", summary="One issue", responses={200: IssueDetailSerializer, 404: WRONG})
@keyed(GET=Scope.READ)
def issue(request: Request, number: int) -> Response:
    """One issue: its counts, its days, where it happens, and where it may be moved by hand."""
    get_issue(_project(request), number)
    return Response(_detail(counted_issues(_project(request)).select_related("project").get(number=number)))


@extend_schema(
    operation_id="issues_move",
    summary="Move an issue to another state",
    request=MoveSerializer,
    responses={200: IssueDetailSerializer, 400: WRONG, 404: WRONG},
)
@keyed(POST=Scope.WRITE)
def issue_move(request: Request, number: int) -> Response:
    """Moves an issue to another state, by the same table of legal moves as the pages."""
    found = get_issue(_project(request), number)
    asked = MoveSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    actions.move_issue(
        issue=found,
        target=State(asked.validated_data["to"]),
        source=State(asked.validated_data["from"]) if "from" in asked.validated_data else None,
        actor=None,
        fixed_in_release=asked.validated_data["fixed_in_release"],
        now=asked.validated_data["now"],
        reason=asked.validated_data["reason"],
        via=f"API key {cast('ApiKey', request.auth).name}",
    )
    return Response(_detail(counted_issues(_project(request)).select_related("project").get(number=number)))


def _detail(found: Issue) -> Any:
    [issue] = with_estimates(found.project, [found])
    return IssueDetailSerializer(
        {
            "issue": issue,
            "days": [{"day": day, "sessions": count} for day, count in sessions_by_day(found)],
            "workflows": breakdown(found, "workflow"),
            "releases": breakdown(found, "release"),
            "tools": breakdown(found, "tool"),
            "moves": choices_by_hand(State(found.state)),
        }
    ).data


schema = public(SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny]))


@public
def docs(request: HttpRequest) -> HttpResponse:
    """The API's description as a page: offline, and without inline script or style."""
    return render(request, "issues/api_docs.html", {})
