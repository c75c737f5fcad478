"""The OTLP doors. Receive only: what was accepted is committed before the 200, and a worker does the rest."""

from django.http import HttpRequest, HttpResponse

from accounts.models import ApiKey
from ingest.actions import accept
from ingest.dialects.batches import LOGS, TRACES
from ingest.doors.door import make_door
from ingest.doors.refusals import note_refusal
from ingest.receiving import JSON, Unsupported, check, media_type
from ingest.receiving.answers import error_answer, export_answer, metrics_answer
from ingest.request import PARTLY, program_of, read_body


def _refuse(request: HttpRequest, status: int, message: str) -> HttpResponse:
    """A google.rpc.Status in the caller's own encoding; JSON where that is none of ours."""
    try:
        kind = media_type(request.content_type or "")
    except Unsupported:
        kind = JSON
    return HttpResponse(error_answer(kind, message), status=status, content_type=kind)


def _receive(signal: str, request: HttpRequest, key: ApiKey) -> HttpResponse:
    """Commits what can be taken; the answer says what was not, and why."""
    kind = media_type(request.content_type or "")
    body = read_body(request)
    found = check(signal, kind, body)
    if found.items:
        accept(key, signal, kind, body, found, source=program_of(request.headers))
    elif found.rejected:
        note_refusal(request, key, PARTLY, "; ".join(found.reasons))
    return HttpResponse(export_answer(signal, kind, found), content_type=kind)


def _receive_traces(request: HttpRequest, key: ApiKey) -> HttpResponse:
    return _receive(TRACES, request, key)


def _receive_logs(request: HttpRequest, key: ApiKey) -> HttpResponse:
    return _receive(LOGS, request, key)


def _drop_metrics(request: HttpRequest, _key: ApiKey) -> HttpResponse:
    kind = media_type(request.content_type or "")
    read_body(request)
    return HttpResponse(metrics_answer(kind), content_type=kind)


traces = make_door(_receive_traces, _refuse)
logs = make_door(_receive_logs, _refuse)
metrics = make_door(_drop_metrics, _refuse)
