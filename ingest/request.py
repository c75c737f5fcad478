"""A request's body in pieces, so that nobody can make us hold more than the limit."""

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError

from ingest.receiving import TooLarge, Unreadable, decompress

CHUNK = 64 * 1024


def read_body(request: HttpRequest) -> bytes:
    """The decompressed body. `request.body` is not used: it refuses what is normal for telemetry (2.5 MB)."""
    try:
        sent = _read(request, settings.MAX_BODY_BYTES)
    except UnreadablePostError as error:
        raise Unreadable(f"The body ended early: {error}.") from error
    return decompress(sent, request.headers.get("Content-Encoding", ""), settings.MAX_BODY_BYTES)


def _read(request: HttpRequest, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := request.read(CHUNK):
        size += len(piece)
        if size > limit:
            _drain(request, limit)
            raise TooLarge(f"The body has more than {limit} bytes.")
        pieces.append(piece)
    return b"".join(pieces)


def _drain(request: HttpRequest, limit: int) -> None:
    """Reads on for a while and keeps nothing: a client that is cut off while it sends hears no answer."""
    rest = limit
    while rest > 0 and (piece := request.read(CHUNK)):
        rest -= len(piece)
