"""Gives chunked uploads a length, because Django under WSGI reads a body without one as empty.

OpenTelemetry's JavaScript exporter sends `Transfer-Encoding: chunked` and no Content-Length. Without this
wrapper such a request would be answered 200 and its spans thrown away.
"""

import errno
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

SPOOL_IN_MEMORY = 1024 * 1024
CHUNK = 64 * 1024
# What writing to a full or failing disk raises. Servers raise other OSErrors for broken chunks and lost connections.
OUR_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE}

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class ChunkedBody:
    """WSGI wrapper: spools a terminated input stream without a length and declares the length it found.

    `limit` in bytes bounds the spool; one byte more is kept, so that the view sees that the body is too large.
    """

    def __init__(self, application: Application, limit: int) -> None:
        self.application = application
        self.limit = limit

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH") or not environ.get("wsgi.input_terminated"):
            return self.application(environ, start_response)
        # A with-block would close it before the answer, which may be made while the body is read.
        spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_IN_MEMORY)  # noqa: SIM115 # as said above
        try:
            environ["CONTENT_LENGTH"] = str(_fill(spool, environ["wsgi.input"], self.limit))
        except OSError as error:
            spool.close()
            return _refuse(start_response, is_ours=error.errno in OUR_TROUBLE)
        environ["wsgi.input"] = spool
        return _closing(self.application(environ, start_response), spool)


def _refuse(start_response: StartResponse, *, is_ours: bool) -> Iterable[bytes]:
    """503 for trouble of our own, which a sender may try again; 400 for a broken chunk or a sender that went away."""
    if is_ours:
        start_response("503 Service Unavailable", [("Content-Type", "text/plain"), ("Retry-After", "5")])
        return [b"There is no room for the body now; please send it again.\n"]
    start_response("400 Bad Request", [("Content-Type", "text/plain")])
    return [b"The chunked body is broken.\n"]


def _closing(answer: Iterable[bytes], spool: Any) -> Iterator[bytes]:
    """The answer's pieces; the server closes it, and with it the spool."""
    try:
        yield from answer
    finally:
        if hasattr(answer, "close"):
            answer.close()
        spool.close()


def _fill(spool: Any, source: Any, limit: int) -> int:
    """Copies at most `limit` bytes and one; how many."""
    size = 0
    while size <= limit and (chunk := source.read(min(CHUNK, limit + 1 - size))):
        spool.write(chunk)
        size += len(chunk)
    _drain(source, limit if size > limit else 0)
    spool.seek(0)
    return size


def _drain(source: Any, most: int) -> None:
    """Reads on for a while and keeps nothing: a client that is cut off while it sends never hears the answer."""
    while most > 0 and (chunk := source.read(CHUNK)):
        most -= len(chunk)
