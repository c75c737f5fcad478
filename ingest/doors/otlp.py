"""The OTLP doors. Receive only: what was accepted is committed before the 200, and a worker does the rest."""

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.access import find_api_key
from accounts.models import ApiKey, Scope
from accounts.permissions import Permission, View, declare
from ingest.actions import accept
from ingest.dialects.batches import LOGS, TRACES
from ingest.receiving import JSON, TooLarge, Unreadable, Unsupported, decode, media_type
from ingest.receiving.answers import error_answer, export_answer, metrics_answer
from ingest.request import read_body

log = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = "2"
REFUSED = {Unreadable: 400, TooLarge: 413, Unsupported: 415}
Receive = Callable[[HttpRequest, ApiKey, str], bytes]


def otlp_door(receive: Receive) -> View:
    """A view that knows its caller by key, and answers every fault in the caller's own encoding."""

    @csrf_exempt
    @require_POST
    def door(request: HttpRequest) -> HttpResponse:
        try:
            return _answer(request, receive)
        except OperationalError as error:
            # Exporters drop a batch on 500 and send it again on 503.
            log.warning("The database did not take a batch: %s", error)
            response = _refusal(request, 503, "Busy; please send it again.")
            response["Retry-After"] = RETRY_AFTER_SECONDS
            return response

    return declare(door, Permission(scopes=(Scope.INGEST,)))


def _answer(request: HttpRequest, receive: Receive) -> HttpResponse:
    key = find_api_key(request.headers)
    if key is None:
        response = _refusal(request, 401, "Send a live API key as 'Authorization: Bearer KEY'.")
        response["WWW-Authenticate"] = "Bearer"
        return response
    if not key.allows(Scope.INGEST):
        return _refusal(request, 403, Scope.INGEST.missing)
    try:
        kind = media_type(request.content_type or "")
        return HttpResponse(receive(request, key, kind), content_type=kind)
    except (Unreadable, TooLarge, Unsupported) as error:
        return _refusal(request, REFUSED[type(error)], str(error))


def _refusal(request: HttpRequest, status: int, message: str) -> HttpResponse:
    try:
        kind = media_type(request.content_type or "")
    except Unsupported:
        kind = JSON
    return HttpResponse(error_answer(kind, message), status=status, content_type=kind)


def _receive(signal: str, request: HttpRequest, key: ApiKey, kind: str) -> bytes:
    """Commits what can be taken; the answer says what was not, and why."""
    body = read_body(request)
    found = decode(signal, kind, body)
    if found.spans or found.logs:
        accept(key, signal, kind, body, "; ".join(found.reasons))
    return export_answer(signal, kind, found)


def _receive_traces(request: HttpRequest, key: ApiKey, kind: str) -> bytes:
    return _receive(TRACES, request, key, kind)


def _receive_logs(request: HttpRequest, key: ApiKey, kind: str) -> bytes:
    return _receive(LOGS, request, key, kind)


def _drop_metrics(request: HttpRequest, _key: ApiKey, kind: str) -> bytes:
    read_body(request)
    return metrics_answer(kind)


traces = otlp_door(_receive_traces)
logs = otlp_door(_receive_logs)
metrics = otlp_door(_drop_metrics)
