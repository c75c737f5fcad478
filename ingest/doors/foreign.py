"""What the doors for other products' clients share: JSON in, JSON out, and no other type."""

from django.http import HttpRequest

from accounts.models import ApiKey
from ingest.actions import accept
from ingest.doors.refusals import note_refusal
from ingest.receiving import JSON, Unsupported
from ingest.records import Contents
from ingest.request import PARTLY, program_of, read_body


def plain_type(request: HttpRequest) -> str:
    """The request's Content-Type without its parameters."""
    return (request.content_type or "").strip().lower()


def read_json(request: HttpRequest, limit: int | None = None) -> bytes:
    """The body of a request that must be JSON; at most `limit` bytes where that is less than any body may have."""
    if plain_type(request) != JSON:
        raise Unsupported(f"Content-Type {plain_type(request) or 'missing'!r} is not read here; send {JSON}.")
    return read_body(request, limit)


def keep(request: HttpRequest, key: ApiKey, door: str, body: bytes, found: Contents) -> None:
    """Commits a body of JSON if anything in it can be taken; what cannot is counted either way."""
    told = found.checked
    if told.items:
        accept(key, door, JSON, body, told, source=program_of(request.headers), replaces=True)
    elif told.rejected:
        note_refusal(request, key, PARTLY, "; ".join(told.reasons))
