"""What all doors share: a key is asked for, every fault is answered in the caller's own shape, and none is a 500."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from accounts.access import find_api_key
from accounts.models import ApiKey, Scope
from accounts.permissions import Permission, View, declare
from common.errors import TooMuch
from ingest.doors.refusals import OVER_LIMIT, TOO_MUCH, note_refusal
from ingest.receiving import TooLarge, Unreadable, Unsupported

log = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = "2"
REFUSED = {Unreadable: 400, TooLarge: 413, Unsupported: 415}
Receive = Callable[..., HttpResponse]
Refuse = Callable[[HttpRequest, int, str], HttpResponse]


def make_door(receive: Receive, refuse: Refuse, method: str = "POST") -> View:
    """A view that knows its caller by key.

    `receive(request, key, **captured)` answers what was taken, `refuse(request, status, message)` what was not.
    """

    @csrf_exempt
    def door(request: HttpRequest, **captured: Any) -> HttpResponse:
        try:
            return _answer(request, receive, refuse, method, captured)
        except (OperationalError, InterfaceError) as error:
            # Exporters drop a batch on 500 and send it again on 503.
            log.warning("The database did not take a batch: %s", error)
            response = refuse(request, 503, "Busy; please send it again.")
            response["Retry-After"] = RETRY_AFTER_SECONDS
            return response

    return declare(door, Permission(scopes=(Scope.INGEST,)))


def _answer(
    request: HttpRequest, receive: Receive, refuse: Refuse, method: str, captured: dict[str, Any]
) -> HttpResponse:
    key = find_api_key(request.headers, "project__intake")
    if key is None:
        response = refuse(request, 401, "Send a live API key as 'Authorization: Bearer KEY'.")
        response["WWW-Authenticate"] = "Bearer"
        return response
    if not key.allows(Scope.INGEST):
        note_refusal(request, key, 403, Scope.INGEST.missing)
        return refuse(request, 403, Scope.INGEST.missing)
    if request.method != method:
        response = refuse(request, 405, f"Only {method} is taken here.")
        response["Allow"] = method
        return response
    return _received(request, key, receive, refuse, captured)


def _received(
    request: HttpRequest, key: ApiKey, receive: Receive, refuse: Refuse, captured: dict[str, Any]
) -> HttpResponse:
    try:
        return receive(request, key, **captured)
    except (Unreadable, TooLarge, Unsupported) as error:
        note_refusal(request, key, REFUSED[type(error)], str(error))
        return refuse(request, REFUSED[type(error)], str(error))
    except TooMuch as error:
        note_refusal(request, key, TOO_MUCH, OVER_LIMIT)
        response = refuse(request, TOO_MUCH, error.message)
        response["Retry-After"] = str(error.retry_after)
        return response
