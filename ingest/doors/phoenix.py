"""Doors for Phoenix's clients: annotations of spans, traces and sessions."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from accounts.models import ApiKey
from accounts.permissions import public
from ingest.dialects.batches import PHOENIX, contents_of
from ingest.dialects.phoenix_annotations import read_annotations
from ingest.doors.door import make_door
from ingest.doors.foreign import keep, read_json
from ingest.receiving.limits import MAX_SCORES_BYTES

# The oldest version that takes all three kinds. A newer one would invite clients to ask for what is not here.
VERSION = "12.0.0"
VERSION_HEADER = "x-phoenix-server-version"


def _versioned(response: HttpResponse) -> HttpResponse:
    response[VERSION_HEADER] = VERSION
    return response


def _refuse(_request: HttpRequest, status: int, message: str) -> HttpResponse:
    return _versioned(JsonResponse({"detail": message}, status=status))


def _annotations(request: HttpRequest, key: ApiKey) -> HttpResponse:
    """Keeps the good ones. Its clients know no partial success, so that one bad one makes the answer a refusal."""
    body = read_json(request, MAX_SCORES_BYTES)
    found = contents_of(read_annotations(body))
    keep(request, key, PHOENIX, body, found)
    if found.refused:
        said = f"{len(found.scores)} annotations were taken, {len(found.refused)} were not; "
        return _refuse(request, HTTPStatus.UNPROCESSABLE_ENTITY, said + "; ".join(map(str, found.refused[:20])))
    return _versioned(JsonResponse({"data": [{"id": score.identity[:32]} for score in found.scores]}))


@public
@require_GET
def version(_request: HttpRequest) -> HttpResponse:
    """What the clients ask before they send anything newer than the oldest call."""
    return _versioned(HttpResponse(VERSION, content_type="text/plain"))


# All three kinds in one: each annotation says itself what it is about.
annotations = make_door(_annotations, _refuse)
