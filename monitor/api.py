"""The overview over the API: the numbers of the page as JSON."""

from typing import cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import ApiKey, Scope
from common.errors import Refused
from monitor.filters import LENGTHS, choose
from monitor.queries.outcome import outcome_table
from monitor.queries.signals import signal_rows
from monitor.queries.traffic import came_in
from monitor.serializers import OverviewSerializer, overview_json

CHOICES = {"days", "start", "end", "workflow"}


@extend_schema(
    operation_id="overview_retrieve",
    summary="What came in, how it went and what looks wrong",
    description="Of the last 30 days, unless told, beside as many days before.",
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
    counted = came_in(project, choice, timezone.now().date())
    tables = [outcome_table(project, choice, by) for by in ("workflow", "release")]
    return Response(overview_json(choice, counted, tables, signal_rows(project, choice)))
