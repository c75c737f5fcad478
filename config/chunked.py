"""Gives chunked uploads a length, because Django under WSGI reads a body without one as empty.

OpenTelemetry's JavaScript exporter sends `Transfer-Encoding: chunked` and no Content-Length. Without this
wrapper such a request would be answered 200 and its spans thrown away.
"""

import tempfile
from collections.abc import Callable, Iterable
from typing import Any

SPOOL_IN_MEMORY = 1024 * 1024
CHUNK = 64 * 1024

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
        if not environ.get("CONTENT_LENGTH") and environ.get("wsgi.input_terminated"):
            _spool(environ, self.limit)
        return self.application(environ, start_response)


def _spool(environ: Environ, limit: int) -> None:
    # The file closes when the request's environ is dropped; a with-block would close it before Django reads.
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_IN_MEMORY)  # noqa: SIM115
    size = 0
    while size <= limit and (chunk := environ["wsgi.input"].read(min(CHUNK, limit + 1 - size))):
        spool.write(chunk)
        size += len(chunk)
    spool.seek(0)
    environ["wsgi.input"] = spool
    environ["CONTENT_LENGTH"] = str(size)
