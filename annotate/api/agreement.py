"""How far reviewers agree, over the API, to read."""

from typing import cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import ApiKey, Scope
from annotate.forms.agreement import DAYS, ChosenForm
from annotate.queries.agreement import agreement_in
from annotate.serializers.agreement import AgreementSerializer
from common.errors import Refused

FILTERS = {
    "queue": "Id of a queue: only judgements that it asked for.",
    "rubric": "Id of a version of a rubric: only judgements under it.",
    "days": f"Only judgements of so many days: {', '.join(str(days) for days, _ in DAYS)}.",
}


@extend_schema(
    operation_id="agreement_retrieve",
    summary="How far reviewers agree",
    parameters=[OpenApiParameter(name, int, description=text) for name, text in FILTERS.items()],
    responses=AgreementSerializer,
)
@keyed(GET=Scope.READ)
def agreement(request: Request) -> Response:
    """Agreement on outcomes, questions, failure types and steps, of sessions that two or more people judged."""
    for name in request.query_params:
        if name not in FILTERS:
            raise Refused(f"There is no filter {name!r}. There are: {', '.join(FILTERS)}.", field=name)
    project = cast("ApiKey", request.auth).project
    form = ChosenForm(project, request.query_params)
    for field, messages in form.errors.items():
        raise Refused(str(messages[0]), field=field)
    return Response(AgreementSerializer(agreement_in(project, form.chosen)).data)
