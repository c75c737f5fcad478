"""`/api/v1/sessions/`: sessions as plain JSON in, and the list of what is there out."""

from typing import cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import keyed
from accounts.models import ApiKey, Scope
from ingest.actions import accept
from ingest.dialects.batches import SESSIONS
from ingest.dialects.ours import read_body
from ingest.dialects.reader import NDJSON
from ingest.receiving import TooLarge, Unreadable, Unsupported
from ingest.records import Refusal, SessionRecord
from ingest.request import read_body as read_bytes
from ingest.serializers import PostedSession, ReceivedSessions
from traces.api import list_sessions, list_sessions_schema

JSON = "application/json"
EXAMPLE = {
    "session": {"id": "chat-17", "workflow": "refunds", "release": "2.4.1", "closed": True},
    "steps": [
        {"kind": "user", "text": "Please refund order A-1."},
        {"kind": "tool", "name": "refund", "arguments": {"order": "A-1"}, "error": {"message": "401 token expired"}},
        {"kind": "agent", "text": "Done! Your refund is on its way."},
    ],
}


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
        return _receive(request, cast("ApiKey", request.auth))
    return list_sessions(request)


def _receive(request: Request, key: ApiKey) -> Response:
    kind = (request.content_type or "").partition(";")[0].strip().lower()
    if kind not in {JSON, NDJSON}:
        raise UnsupportedMediaType(kind)
    body = _body(request)
    entries = read_body(body, kind)
    accepted = [entry for entry in entries if isinstance(entry, SessionRecord)]
    refused = [entry for entry in entries if isinstance(entry, Refusal)]
    if not accepted:
        return _all_refused(refused)
    accept(key, SESSIONS, kind, body, "; ".join(map(str, refused)), replaces=True)
    answer = {
        "accepted": [{"id": record.external_id, "steps": len(record.steps)} for record in accepted],
        "refused": [{"line": entry.line, "field": entry.field, "message": entry.message} for entry in refused],
    }
    return Response(answer, status=status.HTTP_202_ACCEPTED)


def _body(request: Request) -> bytes:
    try:
        return read_bytes(request._request)  # noqa: SLF001 # DRF offers no other way to the unread stream
    except Unreadable as error:
        raise ParseError(str(error)) from error
    except Unsupported as error:
        raise UnsupportedMediaType(request.content_type or "", detail=str(error)) from error
    except TooLarge as error:
        raise TooLargeError(str(error)) from error


def _all_refused(refused: list[Refusal]) -> Response:
    """400 in the one error shape; a line of a longer body stands in front of the field."""
    problems = refused or [Refusal(0, "The body holds no session.")]
    errors = [
        {"field": f"{entry.line}.{entry.field}".strip(".") if entry.line else entry.field, "message": entry.message}
        for entry in problems
    ]
    return Response({"errors": errors}, status=status.HTTP_400_BAD_REQUEST)
