"""Doors for Langfuse's SDKs: whoever uses them changes the base URL and the keys, and nothing else."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from accounts.models import ApiKey
from accounts.permissions import public
from ingest.dialects.batches import LANGFUSE_EVENTS, LANGFUSE_SCORES, contents_of, read_langfuse_scores
from ingest.dialects.langfuse_events import Envelope, read_events
from ingest.doors.door import make_door
from ingest.doors.foreign import keep, read_json
from ingest.receiving import JSON, Unreadable
from ingest.receiving.limits import MAX_SCORES_BYTES
from ingest.records import Refusal

# The version whose ingestion, scores and OTLP paths are served here.
VERSION = "3.0.0"
CREATED = 201


def _refuse(_request: HttpRequest, status: int, message: str) -> HttpResponse:
    return JsonResponse({"message": message, "error": HTTPStatus(status).phrase}, status=status)


def _scores(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """202 when all were taken, 207 with counts and reasons when some were not: newer SDKs tell the two apart."""
    body = read_json(request, MAX_SCORES_BYTES)
    entries = read_langfuse_scores(JSON, body)
    found = contents_of(entries)
    if not found.scores and len(entries) == 1 and not found.refused[0].line:
        raise Unreadable(str(found.refused[0]))  # no list, or no JSON at all
    keep(request, key, LANGFUSE_SCORES, body, found)
    if not found.refused:
        return JsonResponse({"message": "Accepted"}, status=HTTPStatus.ACCEPTED)
    errors = [{"message": str(refused)} for refused in found.refused]
    told = {"accepted": len(found.scores), "rejected": len(errors), "errors": errors}
    return JsonResponse(told, status=HTTPStatus.MULTI_STATUS)


def _events(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """207, always, with the fate of each envelope by its id."""
    body = read_json(request)
    envelopes = read_events(body)
    keep(request, key, LANGFUSE_EVENTS, body, contents_of(event.holds for event in envelopes))
    refused = [event for event in envelopes if isinstance(event.holds, Refusal)]
    taken = [event for event in envelopes if not isinstance(event.holds, Refusal)]
    told = {"successes": [{"id": event.id, "status": CREATED} for event in taken], "errors": list(map(_error, refused))}
    return JsonResponse(told, status=HTTPStatus.MULTI_STATUS)


def _error(event: Envelope) -> dict[str, Any]:
    return {"id": event.id, "status": 400, "message": str(event.holds), "error": "Bad Request"}


def _projects(_request: HttpRequest, key: ApiKey) -> HttpResponse:
    """The one project that the key is for: by this the SDKs check their keys."""
    name = {"id": key.project.slug, "name": key.project.name}
    return JsonResponse({"data": [{**name, "organization": name, "metadata": {}}]})


@public
@require_GET
def health(_request: HttpRequest) -> HttpResponse:
    """That somebody is there, as the SDKs ask."""
    return JsonResponse({"status": "OK", "version": VERSION})


scores = make_door(_scores, _refuse)
events = make_door(_events, _refuse)
projects = make_door(_projects, _refuse, "GET")
