"""The overview over the API: the numbers of the page as JSON."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import ApiKey, Project, Scope
from common.errors import Refused
from monitor.filters import LENGTHS, choose
from monitor.queries.found import found
from monitor.queries.outcome import outcome_table
from monitor.queries.signals import signal_rows
from monitor.queries.tools import error_classes, tool_rows
from monitor.queries.traffic import came_in
from monitor.queries.usual import usual_rows
from monitor.queries.work import work
from monitor.records import Choice
from monitor.serializers import OverviewSerializer, came_in_json, found_json

CHOICES = {"days", "start", "end", "workflow"}


@extend_schema(
    operation_id="overview_retrieve",
    summary="What the page Overview shows",
    description="What came in, how it went and what looks wrong, beside as many days before; what people found and "
    "whether reading on still teaches; how far the work in queues is; which tools fail; and what is usual in each "
    "workflow. Of the last 30 days, unless told; of the work, now. What single reviewers did is not in it.",
    parameters=[
        OpenApiParameter("days", int, enum=LENGTHS, description="So many days up to `end`, or to today."),
        OpenApiParameter("start", description="First day, as 2026-11-02 (UTC)."),
        OpenApiParameter("end", description="Last day, as 2026-11-02 (UTC); at most a year is read."),
        OpenApiParameter("workflow", description="Only sessions of this workflow."),
    ],
    responses=OverviewSerializer,
)
@keyed(GET=Scope.READ)
def overview(request: Request) -> Response:
    """Raises Refused for what it does not know or cannot read."""
    project = cast("ApiKey", request.auth).project
    choice, ignored = choose(request.query_params)
    for name in [*ignored, *(name for name in request.query_params if name not in CHOICES)]:
        raise Refused(f"Not understood. There are: {', '.join(sorted(CHOICES))}.", field=name)
    return Response(OverviewSerializer(_overview(project, choice)).data)


def _overview(project: Project, choice: Choice) -> dict[str, Any]:
    """All parts of the page, under the API's names."""
    by_workflow, by_release = (outcome_table(project, choice, by) for by in ("workflow", "release"))
    return {
        "start": choice.period.first,
        "end": choice.period.last,
        "workflow": choice.workflow,
        **came_in_json(came_in(project, choice, timezone.now().date())),
        "outcome": by_workflow.whole,
        "by_workflow": by_workflow.rows,
        "by_release": by_release.rows,
        "signals": signal_rows(project, choice),
        **found_json(found(project, choice, everything=True)),
        "work": work(project, None),
        "tools": tool_rows(project, choice),
        "tool_errors": error_classes(project, choice),
        "usual": usual_rows(project, choice),
    }
