"""The team's failure types and rubrics over the API, to read."""

from typing import cast

from django.db.models import Count, Q
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
from common.api import PAGING, page_of, refuse_unknown


@extend_schema(
    operation_id="failure_types_list",
    summary="List failure types",
    parameters=PAGING,
    responses={200: FailureTypePageSerializer},
)
@keyed(GET=Scope.READ)
def failure_types(request: Request) -> Response:
    """The team's own labels of failures, those that were merged into others among them."""
    refuse_unknown(request, ("cursor", "limit"))
    standing = Count("failures", filter=Q(failures__withdrawn_at=None))
    kinds = FailureType.objects.filter(project=_project(request)).select_related("merged_into")
    rows, following = page_of(request, kinds.annotate(standing=standing))
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
    refuse_unknown(request, ("name", "cursor", "limit"))
    found = Rubric.objects.filter(project=_project(request)).select_related("created_by")
    if name := request.query_params.get("name", ""):
        found = found.filter(name=name)
    rows, following = page_of(request, found.prefetch_related("questions"))
    newest = set(newest_rubrics(_project(request)).values_list("pk", flat=True))
    for row in rows:
        row.is_newest = row.pk in newest
    return Response({"results": RubricSerializer(rows, many=True).data, "next": following})


def _project(request: Request) -> Project:
    return cast("ApiKey", request.auth).project
