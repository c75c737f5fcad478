"""Decisions on issues over the API: the history of what was done, undone and done again, and what it taught."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import Scope
from common.api import PAGING, page_of
from issues import actions
from issues.access import get_decision
from issues.api.asking import WRONG, cause_of, project_of
from issues.filters import CONSTRAINT_FILTERS, DECISION_FILTERS, choose_constraints, choose_decisions
from issues.models import Decision
from issues.queries.decisions import as_told, entered_by, first_rows, left_by, with_moves
from issues.serializers import (
    ConstraintPageSerializer,
    ConstraintSerializer,
    DecisionDetailSerializer,
    DecisionPageSerializer,
    DecisionSerializer,
    UndoSerializer,
)

ANSWERS = {200: DecisionDetailSerializer, 400: WRONG, 404: WRONG}


@extend_schema(
    operation_id="decisions_list",
    summary="List decisions",
    parameters=[*(OpenApiParameter(name, description=text) for name, text in DECISION_FILTERS.items()), *PAGING],
    responses={200: DecisionPageSerializer, 400: WRONG},
)
@keyed(GET=Scope.READ)
def decisions(request: Request) -> Response:
    """What people and rules did to issues, newest first, and whether each may be undone."""
    chosen = choose_decisions(project_of(request), request.query_params)
    rows, following = page_of(request, as_told(chosen), newest_first=True)
    return Response({"results": DecisionSerializer(with_moves(rows), many=True).data, "next": following})


@extend_schema(
    operation_id="decisions_retrieve", summary="One decision", responses={200: DecisionDetailSerializer, 404: WRONG}
)
@keyed(GET=Scope.READ)
def decision(request: Request, decision_id: int) -> Response:
    """One decision, with the failures that it moved."""
    return _detail(get_decision(project_of(request), decision_id))


@extend_schema(operation_id="decisions_undo", summary="Undo a decision", request=UndoSerializer, responses=ANSWERS)
@keyed(POST=Scope.WRITE)
def decision_undo(request: Request, decision_id: int) -> Response:
    """Undoes what the decision did in all issues, as far as it still stands. The answer is the undo, a decision too."""
    found, asked = _asked(request, decision_id)
    return _detail(actions.undo(decision=found, **asked))


@extend_schema(operation_id="decisions_redo", summary="Do a decision again", request=UndoSerializer, responses=ANSWERS)
@keyed(POST=Scope.WRITE)
def decision_redo(request: Request, decision_id: int) -> Response:
    """Does again what was undone of this decision: it undoes its undo."""
    found, asked = _asked(request, decision_id)
    return _detail(actions.redo(decision=found, **asked))


@extend_schema(
    operation_id="constraints_list",
    summary="List what people taught",
    parameters=[*(OpenApiParameter(name, description=text) for name, text in CONSTRAINT_FILTERS.items()), *PAGING],
    responses={200: ConstraintPageSerializer, 400: WRONG},
)
@keyed(GET=Scope.READ)
def constraints(request: Request) -> Response:
    """Which failures belong together and which are different, as people said, newest first. Machines keep to it."""
    chosen = choose_constraints(project_of(request), request.query_params)
    rows, following = page_of(request, chosen.select_related("taught_by__actor"), newest_first=True)
    return Response({"results": ConstraintSerializer(rows, many=True).data, "next": following})


def _asked(request: Request, decision_id: int) -> tuple[Decision, dict[str, Any]]:
    found = get_decision(project_of(request), decision_id)
    body = UndoSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    return found, {**body.validated_data, "actor": None, "cause": cause_of(request)}


def _detail(found: Decision) -> Response:
    [shown] = with_moves([found])
    rows = {"entered": first_rows(entered_by([found])), "left": first_rows(left_by([found]))}
    return Response(DecisionDetailSerializer({"decision": shown, **rows}).data)
