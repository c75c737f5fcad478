"""Machines' scores beside what people say, over the API, to read."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import ApiKey, Scope
from annotate.queries.evaluators import evaluators as evaluators_of
from annotate.serializers.evaluators import EvaluatorsSerializer


@extend_schema(
    operation_id="evaluators_retrieve",
    summary="How well machine scores tell what people say",
    responses=EvaluatorsSerializer,
)
@keyed(GET=Scope.READ)
def evaluators(request: Request) -> Response:
    """Each evaluator's confusion matrix against people, of the sessions that people reviewed, with intervals."""
    return Response(EvaluatorsSerializer(evaluators_of(cast("ApiKey", request.auth).project)).data)
