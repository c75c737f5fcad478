"""What the doors for other products' clients share: JSON in, JSON out, and no other type."""

from django.http import HttpRequest

from ingest.receiving import JSON, Unsupported
from ingest.request import read_body


def plain_type(request: HttpRequest) -> str:
    """The request's Content-Type without its parameters."""
    return (request.content_type or "").strip().lower()


def read_json(request: HttpRequest, limit: int | None = None) -> bytes:
    """The body of a request that must be JSON; at most `limit` bytes where that is less than any body may have."""
    if plain_type(request) != JSON:
        raise Unsupported(f"Content-Type {plain_type(request) or 'missing'!r} is not read here; send {JSON}.")
    return read_body(request, limit)
