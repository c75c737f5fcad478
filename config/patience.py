"""gunicorn's threads, which no slow sender holds for ever.

gunicorn waits without limit for the rest of a request that has begun. As many stalled senders as there are threads, a
handful, would then stop the whole server. Here each request has a while, and longer the more of it has come.
"""

import socket
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

GRACE_SECONDS = 20.0
SLOWEST_BYTES_PER_SECOND = 32 * 1024


class PatientSocket(socket.socket):
    """A connection on which a request must arrive, and an answer be taken, at a certain speed at least."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection.family, connection.type, connection.proto, connection.detach())
        self.begin()

    def begin(self) -> None:
        """A new request: its time starts now."""
        self.give_up_at = time.monotonic() + GRACE_SECONDS

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """What has come; nothing, as if the sender had gone, when the request takes too long."""
        before = self.gettimeout()
        rest = max(self.give_up_at - time.monotonic(), 0.001)
        self.settimeout(rest if before is None else min(rest, before))
        try:
            data = super().recv(size, flags)
        except TimeoutError:
            return b""
        finally:
            self.settimeout(before)
        self.give_up_at += len(data) / SLOWEST_BYTES_PER_SECOND
        return data

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Sends all of it; TimeoutError when nobody takes it."""
        before = self.gettimeout()
        self.settimeout(GRACE_SECONDS + len(data) / SLOWEST_BYTES_PER_SECOND)
        try:
            super().sendall(data, flags)
        finally:
            self.settimeout(before)


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's threaded worker with connections of this kind."""

    def enqueue_req(self, conn: Any) -> None:
        """Called for each request: of a new connection, of a kept one, and of one whose first byte took its time."""
        if isinstance(conn.sock, PatientSocket):
            conn.sock.begin()
        else:
            conn.sock = PatientSocket(conn.sock)
        super().enqueue_req(conn)
