"""`/api/v1/sessions/` and `/api/v1/scores/`: plain JSON in, and the list of what is there out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import ApiKey, Project, Scope
from common.api import whole_number
from common.errors import Refused
from ingest.actions import accept
from ingest.dialects.batches import SCORES, SESSIONS, contents_of
from ingest.dialects.our_scores import read_scores
from ingest.dialects.ours import read_body
from ingest.dialects.reader import NDJSON
from ingest.queries.scores import SCORE_FILTERS, chosen_scores
from ingest.receiving import TooLarge, Unreadable, Unsupported
from ingest.receiving.limits import MAX_SCORES_BYTES
from ingest.records import Refusal, ScoreRecord, SessionRecord
from ingest.request import program_of
from ingest.request import read_body as read_bytes
from ingest.retention import delete_session
from ingest.serializers import (
    ListedScore,
    ListedScores,
    PostedSession,
    PostedTargetedScore,
    ReceivedScores,
    ReceivedSessions,
)
from traces.access import get_session
from traces.api import (
    LARGEST_PAGE,
    PAGE_SIZE,
    PAGING,
    list_sessions,
    list_sessions_schema,
    show_session,
    show_session_schema,
)

JSON = "application/json"
Record = TypeVar("Record", SessionRecord, ScoreRecord)
EXAMPLE = {
    "session": {"id": "chat-17", "workflow": "refunds", "release": "2.4.1", "closed": True},
    "steps": [
        {"kind": "user", "text": "Please refund order A-1."},
        {"kind": "tool", "name": "refund", "arguments": {"order": "A-1"}, "error": {"message": "401 token expired"}},
        {"kind": "agent", "text": "Done! Your refund is on its way."},
    ],
}

SCORE_EXAMPLES = {
    "A thumb from a user, on a session": {
        "name": "user_thumb",
        "value": 0,
        "label": "down",
        "explanation": "It never refunded me.",
        "annotator_kind": "human",
        "author": "user-991",
        "session_id": "chat-17",
    },
    "An evaluator's rating of one span, which may come before the span": {
        "name": "correctness",
        "value": 0.25,
        "annotator_kind": "llm",
        "author": "judge-3",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "span_id": "00f067aa0ba902b7",
    },
}
SCORE_PARAMETERS = [
    OpenApiParameter("name", description="Scores of this name."),
    OpenApiParameter("session_id", description="Scores of the session that its sender calls so, or that name it."),
    OpenApiParameter("since", description="Kept at or after this time, such as 2026-11-02T09:30:00Z."),
    OpenApiParameter("joined", description="yes: those whose session is here; no: those that still wait for it."),
    OpenApiParameter("cursor", description="`next` of the page before."),
    OpenApiParameter("limit", int, description=f"Scores per page, 1 to {LARGEST_PAGE}; {PAGE_SIZE} unless told."),
]


class TooLargeError(APIException):
    """413 in the API's own error shape."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


@list_sessions_schema
@extend_schema(
    methods=["POST"],
    summary="Send sessions",
    description=(
        "One session as `application/json` (or a list of them), or many as `application/x-ndjson`, one per line. "
        "Good ones are stored even when others are refused; `refused` names line, field and reason. "
        "The same content twice, or the same `session.id` twice, is one session."
    ),
    request={JSON: PostedSession, NDJSON: PostedSession},
    responses={202: ReceivedSessions},
    examples=[OpenApiExample("A refund that failed", value=EXAMPLE, request_only=True)],
)
@keyed(GET=Scope.READ, POST=Scope.INGEST)
def sessions(request: Request) -> Response:
    """The project's sessions (GET), or new ones (POST)."""
    if request.method == "POST":
        return _receive(request, SESSIONS, read_body, lambda one: {"id": one.external_id, "steps": len(one.steps)})
    return list_sessions(request)


@show_session_schema
@extend_schema(
    methods=["DELETE"],
    operation_id="sessions_destroy",
    summary="Delete one session",
    description=(
        "Removes its steps, words, scores and signals, and every raw batch that holds bytes of it. What is sent of its "
        "traces later is dropped. 400 while people's judgements rest on it."
    ),
    responses={204: None},
)
@keyed(GET=Scope.READ, DELETE=Scope.WRITE)
def session(request: Request, session_id: int) -> Response:
    """One of the project's sessions: shown (GET), or gone for good (DELETE)."""
    if request.method == "DELETE":
        key = cast("ApiKey", request.auth)
        delete_session(get_session(key.project, session_id), key=key)
        return Response(status=status.HTTP_204_NO_CONTENT)
    return show_session(request, session_id)


def _receive(
    request: Request,
    door: str,
    read: Callable[[bytes, str], list[Record | Refusal]],
    told: Callable[[Record], dict[str, Any]],
    limit: int | None = None,
) -> Response:
    """Keeps what `read` finds good in a body of at most `limit` bytes; `told` says of each what is answered."""
    kind, body = _posted(request, limit)
    with _faults(request):
        entries = read(body, kind)
    accepted = [entry for entry in entries if not isinstance(entry, Refusal)]
    refused = [entry for entry in entries if isinstance(entry, Refusal)]
    if not accepted:
        return _all_refused(refused)
    key = cast("ApiKey", request.auth)
    found = contents_of(entries).checked
    with _faults(request):
        accept(key, door, kind, body, found, source=program_of(request.headers), replaces=True)
    return _received([told(entry) for entry in accepted], refused)


def _received(accepted: list[dict[str, Any]], refused: list[Refusal]) -> Response:
    told = [{"line": entry.line, "field": entry.field, "message": entry.message} for entry in refused]
    return Response({"accepted": accepted, "refused": told}, status=status.HTTP_202_ACCEPTED)


def _posted(request: Request, limit: int | None = None) -> tuple[str, bytes]:
    """The type and the bytes of a body that is JSON or NDJSON."""
    kind = (request.content_type or "").partition(";")[0].strip().lower()
    if kind not in {JSON, NDJSON}:
        raise UnsupportedMediaType(kind)
    with _faults(request):
        return kind, read_bytes(request._request, limit)  # noqa: SLF001 # DRF offers no other way to the unread stream


@contextmanager
def _faults(request: Request) -> Iterator[None]:
    """What the readers of a body say of it, in the API's own error shape."""
    try:
        yield
    except Unreadable as error:
        raise ParseError(str(error)) from error
    except Unsupported as error:
        raise UnsupportedMediaType(request.content_type or "", detail=str(error)) from error
    except TooLarge as error:
        raise TooLargeError(str(error)) from error


def _all_refused(refused: list[Refusal]) -> Response:
    """400 in the one error shape; a line of a longer body stands in front of the field."""
    problems = refused or [Refusal(0, "The body holds nothing to take.")]
    errors = [
        {"field": f"{entry.line}.{entry.field}".strip(".") if entry.line else entry.field, "message": entry.message}
        for entry in problems
    ]
    return Response({"errors": errors}, status=status.HTTP_400_BAD_REQUEST)


@extend_schema(
    methods=["POST"],
    summary="Send scores",
    description=(
        "What evaluators and end users say about sessions and steps: one score as `application/json` (or a list), or "
        "many as `application/x-ndjson`, one per line. A score may come before what it is about, and finds it later. "
        "Good ones are kept even when others are refused; `refused` names line, field and reason."
    ),
    request={JSON: PostedTargetedScore, NDJSON: PostedTargetedScore},
    responses={202: ReceivedScores},
    examples=[OpenApiExample(title, value=value, request_only=True) for title, value in SCORE_EXAMPLES.items()],
)
@extend_schema(
    methods=["GET"],
    summary="List scores",
    description="Newest first. What is not in the list of filters is refused.",
    parameters=SCORE_PARAMETERS,
    responses=ListedScores,
)
@keyed(GET=Scope.READ, POST=Scope.INGEST)
def scores(request: Request) -> Response:
    """The project's scores (GET), or new ones (POST)."""
    if request.method == "POST":
        return _receive(request, SCORES, read_scores, _as_accepted, MAX_SCORES_BYTES)
    return _list_scores(request, cast("ApiKey", request.auth).project)


def _as_accepted(score: ScoreRecord) -> dict[str, Any]:
    return {"name": score.name, "identity": score.identity}


def _list_scores(request: Request, project: Project) -> Response:
    for name in request.query_params:
        if name not in SCORE_FILTERS | PAGING:
            raise Refused(f"No such filter. There are: {', '.join(sorted(SCORE_FILTERS | PAGING))}.", field=name)
    limit = whole_number(request, "limit", PAGE_SIZE, LARGEST_PAGE)
    rows = chosen_scores(project, request.query_params).order_by("-pk")
    if "cursor" in request.query_params:
        rows = rows.filter(pk__lt=whole_number(request, "cursor", 1, 2**63 - 1))
    found = list(rows[: limit + 1])
    after = str(found[limit - 1].pk) if len(found) > limit else None
    return Response({"results": ListedScore(found[:limit], many=True).data, "next": after})
