"""The one shape of every API error: `{"errors": [{"field": "steps.3.kind", "message": "…"}]}`."""

import logging
from collections.abc import Collection
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.errors import Refused, TooMuch
from common.keys import LARGEST_KEY

log = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 2
PAGE_SIZE, LARGEST_PAGE = 100, 1000
PAGING = [
    OpenApiParameter("cursor", description="`next` of the page before."),
    OpenApiParameter("limit", int, description=f"Rows per page, 1 to {LARGEST_PAGE}; {PAGE_SIZE} unless told."),
]
STANDARD_WORDS = {status.HTTP_403_FORBIDDEN: "Not allowed.", status.HTTP_404_NOT_FOUND: "Not found."}


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: what a caller may know about `error`; None lets a real fault be a 500."""
    if isinstance(error, Refused):
        return _refusal(status.HTTP_400_BAD_REQUEST, error.message, field=error.field)
    if isinstance(error, TooMuch):
        return _refusal(status.HTTP_429_TOO_MANY_REQUESTS, error.message, retry_after=error.retry_after)
    if isinstance(error, RequestDataTooBig):
        return _refusal(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "The body is too large for this call.")
    if isinstance(error, OperationalError | InterfaceError):
        # Our own trouble: a client gives up on 500 and tries again on 503.
        log.warning("The database did not answer a call: %s", error)
        busy = "Busy; please send it again."
        return _refusal(status.HTTP_503_SERVICE_UNAVAILABLE, busy, retry_after=RETRY_AFTER_SECONDS)
    response = exception_handler(error, context)
    if response is None:
        return None
    # Http404 and PermissionDenied come from access functions and may name what nobody outside should know about.
    detail = error.detail if isinstance(error, APIException) else STANDARD_WORDS[response.status_code]
    response.data = {"errors": list(_flatten(detail, ""))}
    return response


def _refusal(code: int, message: str, *, field: str = "", retry_after: int | None = None) -> Response:
    """`retry_after` in seconds."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response({"errors": [{"field": field, "message": message}]}, status=code, headers=headers)


def whole_number(request: Request, name: str, default: int, largest: int) -> int:
    """The query's parameter as a number from 1 to `largest`; Refused for anything else."""
    given = request.query_params.get(name, str(default))
    if not (given.isascii() and given.isdigit()) or len(given) > len(str(largest)) or not 1 <= int(given) <= largest:
        raise Refused(f"Give a whole number from 1 to {largest}.", field=name)
    return int(given)


def page_size(request: Request) -> int:
    """How many rows a page of a list may have, as the call asks."""
    return whole_number(request, "limit", PAGE_SIZE, LARGEST_PAGE)


def page_of(request: Request, found: QuerySet[Any], *, newest_first: bool = False) -> tuple[list[Any], str | None]:
    """The rows that the query asks for, in the order of their keys, and the cursor of those that follow (None: none).

    Raises Refused for a cursor or a limit that is none.
    """
    order, beyond = ("-pk", "pk__lt") if newest_first else ("pk", "pk__gt")
    if "cursor" in request.query_params:
        found = found.filter(**{beyond: whole_number(request, "cursor", 0, LARGEST_KEY)})
    limit = page_size(request)
    rows = list(found.order_by(order)[: limit + 1])
    return rows[:limit], str(rows[limit - 1].pk) if len(rows) > limit else None


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Refused for the first parameter of the query that is none of the `known` ones."""
    for name in request.query_params:
        if name not in known:
            raise Refused(f"There is no filter {name!r}. There are: {', '.join(known)}.", field=name)


def _flatten(detail: Any, path: str) -> list[dict[str, str]]:
    if isinstance(detail, dict):
        return [row for key, value in detail.items() for row in _flatten(value, f"{path}.{key}".strip("."))]
    if isinstance(detail, list):
        nested = [isinstance(value, dict | list) for value in detail]
        return [
            row
            for index, value in enumerate(detail)
            for row in _flatten(value, f"{path}.{index}".strip(".") if any(nested) else path)
        ]
    return [{"field": path.removesuffix(".non_field_errors").removeprefix("non_field_errors"), "message": str(detail)}]
