"""Doors for LangSmith's SDK in its own mode: runs and feedback. Its OpenTelemetry mode comes through `otlp`."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from accounts.models import ApiKey
from accounts.permissions import public
from ingest.dialects.batches import LANGSMITH, contents_of
from ingest.dialects.langsmith_batches import from_form, read_runs
from ingest.doors.door import make_door
from ingest.doors.foreign import keep, plain_type, read_json
from ingest.receiving import Unreadable, Unsupported
from ingest.receiving.halves import parse_body
from ingest.receiving.limits import Cutter, clean
from ingest.records import Contents
from ingest.request import read_body

FORM = "multipart/form-data"
# What the SDK may do: forms, and no compression but gzip.
INFO = {
    "version": "0.12.0",
    "instance_flags": {"zstd_compression_enabled": False},
    "batch_ingest_config": {
        "use_multipart_endpoint": True,
        "scale_up_qsize_trigger": 1000,
        "scale_up_nthreads_limit": 16,
        "scale_down_nempty_trigger": 4,
        "size_limit": 100,
        "size_limit_bytes": 20_971_520,
    },
}


def _refuse(_request: HttpRequest, status: int, message: str) -> HttpResponse:
    return JsonResponse({"detail": message}, status=status)


def _keep(request: HttpRequest, key: ApiKey, body: bytes) -> Contents:
    """Commits what can be taken of `{"post": […], "patch": […], "feedback": […]}`."""
    found = contents_of(read_runs(body))
    keep(request, key, LANGSMITH, body, found)
    return found


def _answer(request: HttpRequest, found: Contents) -> HttpResponse:
    reasons = [str(refused) for refused in found.refused]
    if reasons and not (found.spans or found.scores):
        return _refuse(request, HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(reasons[:20]))
    return JsonResponse({"message": "Runs taken.", "errors": reasons}, status=HTTPStatus.ACCEPTED)


def _multipart(request: HttpRequest, key: ApiKey) -> HttpResponse:
    boundary = (request.content_params or {}).get("boundary", "")
    if plain_type(request) != FORM or not boundary:
        raise Unsupported(f"Content-Type {plain_type(request) or 'missing'!r} is not read here; send {FORM}.")
    return _answer(request, _keep(request, key, from_form(read_body(request), boundary.encode("latin-1", "replace"))))


def _batch(request: HttpRequest, key: ApiKey) -> HttpResponse:
    return _answer(request, _keep(request, key, read_json(request)))


def _create(request: HttpRequest, key: ApiKey) -> HttpResponse:
    return _answer(request, _keep(request, key, orjson.dumps({"post": [_one(request)]})))


def _update(request: HttpRequest, key: ApiKey, langsmith_run: UUID) -> HttpResponse:
    return _answer(request, _keep(request, key, orjson.dumps({"patch": [{**_one(request), "id": str(langsmith_run)}]})))


def _feedback(request: HttpRequest, key: ApiKey) -> HttpResponse:
    said = _one(request)
    found = _keep(request, key, orjson.dumps({"feedback": [said]}))
    return _answer(request, found) if found.refused else JsonResponse(said)


def _one(request: HttpRequest) -> dict[str, Any]:
    value = parse_body(read_json(request))
    if not isinstance(value, dict):
        raise Unreadable("The body must be an object.")
    return dict(clean(value, Cutter()))


@public
@require_GET
def info(_request: HttpRequest) -> HttpResponse:
    """What the SDK asks before it sends anything."""
    return JsonResponse(INFO)


multipart = make_door(_multipart, _refuse)
batch = make_door(_batch, _refuse)
create = make_door(_create, _refuse)
update = make_door(_update, _refuse, "PATCH")
feedback = make_door(_feedback, _refuse)
