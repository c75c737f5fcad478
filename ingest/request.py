"""A request's body in pieces, so that nobody can make us hold more than the limit."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError

from ingest.receiving import TooLarge, Unreadable, decompress

CHUNK = 64 * 1024
PROGRAM_WIDTH = 80
PARTLY = 200  # the status of a refusal that concerns only a part of a request


def read_body(request: HttpRequest, limit: int | None = None) -> bytes:
    """The decompressed body, at most `limit` bytes where that is less than what is allowed at all.

    `request.body` is not used: it refuses what is normal for telemetry (2.5 MB).
    """
    most = min(limit or settings.MAX_BODY_BYTES, settings.MAX_BODY_BYTES)
    try:
        sent = _read(request, most)
    except UnreadablePostError as error:
        raise Unreadable(f"The body ended early: {error}.") from error
    return decompress(sent, request.headers.get("Content-Encoding", ""), most)


def _read(request: HttpRequest, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := request.read(CHUNK):
        size += len(piece)
        if size > limit:
            _drain(request, limit)
            raise TooLarge(f"The body has more than {limit} bytes.")
        pieces.append(piece)
    promised = int(request.META.get("CONTENT_LENGTH") or 0)
    if size < promised:
        # Servers end a body where its sender went away, and what came until then may read well.
        raise Unreadable(f"The body ended early, after byte {size} of {promised}.")
    return b"".join(pieces)


def _drain(request: HttpRequest, limit: int) -> None:
    """Reads on for a while and keeps nothing: a client that is cut off while it sends hears no answer."""
    rest = limit
    while rest > 0 and (piece := request.read(CHUNK)):
        rest -= len(piece)


def program_of(headers: Mapping[str, str]) -> str:
    """What a sender calls itself, such as OTel-OTLP-Exporter-Python/1.45.2: the first word of its user agent."""
    words = headers.get("User-Agent", "").split(maxsplit=1)
    return words[0][:PROGRAM_WIDTH].replace("\x00", "\ufffd") if words else ""
