"""An issue's life over the API: many at once, where it is tracked elsewhere, and releases in their order."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import Project, Scope
from annotate.models import Severity
from common.api import refuse_unknown
from common.errors import Refused
from issues import actions
from issues.access import get_issue
from issues.actions import Bulk
from issues.api.asking import WRONG, cause_of, end_of, owner_of, project_of
from issues.lifecycle import Act
from issues.queries.life import ordered_releases
from issues.serializers import BulkDoneSerializer, BulkSerializer, HelpSerializer, OrderSerializer, ReleaseSerializer


@extend_schema(
    operation_id="issues_bulk",
    summary="Act on many issues",
    request=BulkSerializer,
    responses={200: BulkDoneSerializer, 400: WRONG},
)
@keyed(POST=Scope.WRITE)
def issue_bulk(request: Request) -> Response:
    """Does the same to many issues, each for itself, and says which were left out, and why."""
    asked = BulkSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    bulk = _done(request, asked.validated_data)
    skipped = [{"number": one.number, "why": one.why} for one in bulk.skipped]
    return Response(BulkDoneSerializer({"done": bulk.done, "decisions": bulk.decisions, "skipped": skipped}).data)


def _done(request: Request, told: dict[str, Any]) -> Bulk:
    """One thing at a time: what is left out of one would else be unclear in the answer."""
    these: dict[str, Any] = {
        "project": project_of(request),
        "numbers": told["numbers"],
        "actor": None,
        "via": cause_of(request),
    }
    match [name for name in ("act", "owner", "severity") if name in told]:
        case ["act"]:
            how = {name: told[name] for name in ("fixed_in_release", "now", "reason")}
            return actions.act_on_many(**these, act=Act(told["act"]), until=end_of(told), **how)
        case ["owner"]:
            return actions.own_many(**these, owner=owner_of(project_of(request), told["owner"]))
        case ["severity"]:
            return actions.rate_many(**these, severity=Severity(told["severity"]))
    raise Refused("Say one thing to do: an act, an owner or a severity.", field="act")


@extend_schema(
    operation_id="issues_help",
    summary="Say what to do when an issue happens, and where else it is tracked",
    request=HelpSerializer,
    responses={200: HelpSerializer, 400: WRONG, 404: WRONG},
)
@keyed(POST=Scope.WRITE)
def issue_help(request: Request, number: int) -> Response:
    """Changes the runbook or the link: whichever was sent."""
    issue = get_issue(project_of(request), number)
    asked = HelpSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    who: dict[str, Any] = {"issue": issue, "actor": None, "via": cause_of(request)}
    if "external_url" in asked.validated_data:
        actions.set_link(url=asked.validated_data["external_url"], **who)
    if "runbook" in asked.validated_data:
        actions.set_runbook(text=asked.validated_data["runbook"], **who)
    return Response(HelpSerializer({"external_url": issue.external_url, "runbook": issue.runbook}).data)


@extend_schema(
    methods=["GET"],
    operation_id="releases_list",
    summary="List releases in their order",
    responses={200: ReleaseSerializer(many=True), 400: WRONG},
)
@extend_schema(
    methods=["POST"],
    operation_id="releases_order",
    summary="Put releases into another order",
    request=OrderSerializer,
    responses={200: ReleaseSerializer(many=True), 400: WRONG},
)
@keyed(GET=Scope.READ, POST=Scope.WRITE)
def releases(request: Request) -> Response:
    """The project's releases, the oldest first: by first sight, unless somebody told otherwise."""
    refuse_unknown(request, ())
    if request.method == "POST":
        asked = OrderSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        _order(project_of(request), asked.validated_data["names"])
    ordered = ordered_releases(project_of(request))
    return Response(
        [{"name": row.name, "first_seen": row.first_seen, "is_told": row.place is not None} for row in ordered]
    )


def _order(project: Project, names: list[str]) -> None:
    if names:
        actions.order_releases(project=project, names=names, actor=None)
    else:
        actions.order_by_sight(project=project, actor=None)
