"""Labelled failures over the API: in pages, or all of them as a stream."""

from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import content_negotiation_class, renderer_classes
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import Scope
from annotate.queries.estimates import read_sample
from common.api import PAGING, page_size
from common.errors import Refused
from issues.api.asking import WRONG, project_of
from issues.export import OVERLAP, Place, from_cursor, read_all, read_page, to_csv, to_cursor, to_jsonl
from issues.filters import FAILURE_FILTERS, choose_failures
from issues.serializers import FailurePageSerializer

NEXT_SINCE = "Misstep-Next-Since"


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


@extend_schema(
    operation_id="failures_list",
    summary="List labelled failures",
    parameters=[
        *(OpenApiParameter(name, description=text) for name, text in FAILURE_FILTERS.items()),
        *PAGING,
        OpenApiParameter(
            NEXT_SINCE,
            description="Of JSON lines and CSV: the `updated_since` of the next call that asks what has changed.",
            location=OpenApiParameter.HEADER,
            response=[200],
        ),
    ],
    responses={200: FailurePageSerializer, 400: WRONG},
)
@keyed(GET=Scope.READ)
@renderer_classes([JSONRenderer, JsonLines, Csv])
@content_negotiation_class(NamedFormat)
def failures(request: Request) -> HttpResponseBase:
    """Labelled failures: pages as JSON, or all at once as JSON lines or CSV.

    `next_since` is what to give as `updated_since` next time, once all pages are read: whatever changed since this walk
    began is told then, and a little of what was told already.
    """
    project = project_of(request)
    chosen = choose_failures(project, request.query_params)
    place = from_cursor(request.query_params.get("cursor", "")) or Place(begun=timezone.now() - OVERLAP)
    weights = read_sample(project).weights
    name = request.accepted_renderer.format
    if name == "json":
        rows, following = read_page(chosen, place, page_size(request), weights)
        return Response({"results": rows, "next": to_cursor(following), "next_since": place.begun})
    told = read_all(chosen, place, weights)
    lines: Any = to_jsonl(told) if name == "jsonl" else to_csv(told)
    response = StreamingHttpResponse(lines, content_type=f"{request.accepted_renderer.media_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="failures.{name}"'
    response[NEXT_SINCE] = place.begun.isoformat().replace("+00:00", "Z")
    return response
