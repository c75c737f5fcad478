"""Counts requests that were refused, for the health page: where the key is known, and never at the answer's cost."""

import logging
from collections.abc import Mapping
from functools import wraps
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from accounts.access import find_api_key
from accounts.models import ApiKey
from accounts.permissions import View
from common.busy import patience
from ingest.request import program_of
from ingest.storing.counts import count_refusal
from ingest.storing.private import intake_of, start_redaction

log = logging.getLogger(__name__)
REFUSALS = range(400, 500)
TOO_MUCH = 429
NOTE_SECONDS = 0.2
OVER_LIMIT = "Over the project's daily limit."  # the same words each time, so that they are counted as one reason


def note_refusal(request: HttpRequest, key: ApiKey, status: int, message: str) -> None:
    """Counts one refusal under the last word of the door's path. A database that is busy is told to nobody."""
    door = request.path.rstrip("/").rpartition("/")[2][:20]
    try:
        with patience(NOTE_SECONDS):
            redaction = start_redaction(intake_of(key.project))
            program = program_of(request.headers)
            if redaction is not None:  # a reason may name what it is about
                program, message = redaction.text(program), redaction.text(message)
            count_refusal(key, door, program, status, message)
    except DatabaseError as error:
        log.warning("A refusal of %s could not be counted: %s", door, error)


def counted(view: View) -> View:
    """The view of an API that takes something in; what it refuses is counted."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method != "GET" and response.status_code in REFUSALS:
            key = find_api_key(request.headers)
            if key is not None:
                note_refusal(request, key, response.status_code, _message(response))
        return response

    return wrapper


def _message(response: HttpResponseBase) -> str:
    """The first fault in the API's one error shape."""
    if response.status_code == TOO_MUCH:
        return OVER_LIMIT
    data = getattr(response, "data", None)
    errors = data.get("errors") if isinstance(data, Mapping) else None
    first = errors[0] if errors else {}
    return ": ".join(filter(None, (first.get("field"), first.get("message"))))
