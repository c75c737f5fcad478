"""The team's failure types and rubrics over the API, to read."""

from collections.abc import Collection
from typing import Any, TypeVar, cast

from django.db.models import Count, Model, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import ApiKey, Project, Scope
from annotate.models import FailureType, Rubric
from annotate.queries.rubrics import newest_rubrics
from annotate.serializers.taxonomy import (
    FailureTypePageSerializer,
    FailureTypeSerializer,
    RubricPageSerializer,
    RubricSerializer,
)
from common.api import whole_number
from common.errors import Refused
from common.keys import LARGEST_KEY

PAGE_SIZE, LARGEST_PAGE = 100, 1000
PAGING = [
    OpenApiParameter("cursor", description="`next` of the page before."),
    OpenApiParameter("limit", int, description=f"Rows per page, 1 to {LARGEST_PAGE}; {PAGE_SIZE} unless told."),
]
Row = TypeVar("Row", bound=Model)


@extend_schema(
    operation_id="failure_types_list",
    summary="List failure types",
    parameters=PAGING,
    responses={200: FailureTypePageSerializer},
)
@keyed(GET=Scope.READ)
def failure_types(request: Request) -> Response:
    """The team's own labels of failures, those that were merged into others among them."""
    _refuse_unknown(request, {"cursor", "limit"})
    standing = Count("failures", filter=Q(failures__withdrawn_at=None))
    kinds = FailureType.objects.filter(project=_project(request)).select_related("merged_into")
    rows, following = _page(request, kinds.annotate(standing=standing))
    return Response({"results": FailureTypeSerializer(rows, many=True).data, "next": following})


@extend_schema(
    operation_id="rubrics_list",
    summary="List rubrics, version by version",
    parameters=[OpenApiParameter("name", description="Of one rubric alone."), *PAGING],
    responses={200: RubricPageSerializer},
)
@keyed(GET=Scope.READ)
def rubrics(request: Request) -> Response:
    """What reviews answer: every version of every rubric, with its guidance and its questions."""
    _refuse_unknown(request, {"name", "cursor", "limit"})
    found = Rubric.objects.filter(project=_project(request)).select_related("created_by")
    if name := request.query_params.get("name", ""):
        found = found.filter(name=name)
    rows, following = _page(request, found.prefetch_related("questions"))
    newest = set(newest_rubrics(_project(request)).values_list("pk", flat=True))
    for row in rows:
        row.is_newest = row.pk in newest
    return Response({"results": RubricSerializer(rows, many=True).data, "next": following})


def _page(request: Request, found: QuerySet[Row]) -> tuple[list[Any], str | None]:
    """The rows that the query asks for, and the cursor of those that follow."""
    limit = whole_number(request, "limit", PAGE_SIZE, LARGEST_PAGE)
    if "cursor" in request.query_params:
        found = found.filter(pk__gt=whole_number(request, "cursor", 0, LARGEST_KEY))
    rows = list(found.order_by("pk")[: limit + 1])
    return rows[:limit], str(rows[limit - 1].pk) if len(rows) > limit else None


def _project(request: Request) -> Project:
    return cast("ApiKey", request.auth).project


def _refuse_unknown(request: Request, known: Collection[str]) -> None:
    for name in request.query_params:
        if name not in known:
            raise Refused(f"There is no filter {name!r}. There are: {', '.join(sorted(known))}.", field=name)
