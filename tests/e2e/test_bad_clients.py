"""Clients that lie, stall, stop half-way and flood, against the server as it is shipped."""

import gzip
import http.client
import json
import socket
import sqlite3
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest
import zstandard

from tests.e2e.running import EXPORTER_SECONDS, Running, answers, children_of, start, wait_until
from tests.e2e.test_serve import make_key
from tests.ingest.payloads import export, span

LIMIT = 4 * 1024 * 1024
PATIENCE_SECONDS = 1.0
# gunicorn as it is shipped, with less patience than it has for people.
COMMAND = (
    f"import config.patience as patience; patience.GRACE_SECONDS = {PATIENCE_SECONDS};"
    "from gunicorn.app.wsgiapp import run; run()"
)
BODY = export(span(1))
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
}
LAST_CHUNK = b"0\r\n\r\n"


class Server:
    """The web server alone; what it keeps stays in `ingest_rawbatch`."""

    def __init__(self, var: Path) -> None:
        self.running = Running(var, {"MAX_BODY_MIB": str(LIMIT // 1024 // 1024)})
        self.running.install()
        self.key = make_key(self.running)
        command = [sys.executable, "-c", COMMAND, "--config", "python:config.gunicorn", "--workers", "2"]
        command += ["--bind", f"127.0.0.1:{self.running.port}"]
        self.running.web = start(command, var, var / "web.log", self.running.more)
        wait_until(lambda: answers(self.running.port), f"the server answers; see {var / 'web.log'}")

    def head(self, more: str, path: str = "/v1/traces", verb: str = "POST") -> bytes:
        """The head of a request; `more` are further headers."""
        lines = [f"{verb} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {self.key}"]
        return "\r\n".join([*lines, "Content-Type: application/json", *filter(None, more.split("\n")), "", ""]).encode()

    def talk(self, *pieces: bytes, answers: int = 1, half_close: bool = False) -> list[tuple[int, bytes]]:
        """Sends the pieces on one connection; status and body of each of the answers."""
        with closing(socket.create_connection(("127.0.0.1", self.running.port), timeout=30)) as line:
            for piece in pieces:
                with suppress(OSError):  # a server may hang up on nonsense while it is still coming
                    line.sendall(piece)
            if half_close:
                line.shutdown(socket.SHUT_WR)
            return read_answers(line, answers)

    def kept(self) -> list[bytes]:
        """The decoded bodies of all batches."""
        with closing(sqlite3.connect(self.running.var / "misstep.sqlite3", timeout=20)) as database:
            return [row[0] for row in database.execute("SELECT sha256 FROM ingest_rawbatch")]

    def peak_kib(self) -> int:
        """The largest resident size that any process of the server ever had."""
        assert self.running.web is not None
        statuses = [Path(f"/proc/{pid}/status").read_text() for pid in children_of(self.running.web.pid)]
        return max(int(line.split()[1]) for status in statuses for line in status.splitlines() if "VmHWM" in line)


def read_answers(line: socket.socket, number: int) -> list[tuple[int, bytes]]:
    """That many answers of one connection; fewer when the server hangs up."""
    found = []
    stream = line.makefile("rb")
    for _ in range(number):
        status = stream.readline().split(maxsplit=2)
        if len(status) < 2:
            break
        length = 0
        while (header := stream.readline()) not in {b"\r\n", b""}:
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        found.append((int(status[1]), stream.read(length)))
    stream.close()
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("bad") / "var")
    yield server
    server.running.stop()


@pytest.fixture(autouse=True)
def still_fine(server: Server) -> Iterator[None]:
    """After whatever a client did the server takes the next good request."""
    yield
    assert server.talk(whole(server, BODY)) == [(200, b"{}")]


def whole(server: Server, body: bytes, more: str = "") -> bytes:
    return server.head(f"Content-Length: {len(body)}\n{more}") + body


def chunks(body: bytes, size: int = 700) -> bytes:
    pieces = [body[place : place + size] for place in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + LAST_CHUNK


def fresh(name: str) -> bytes:
    return export(span(1, name=name))


def test_pipelined_requests_are_answered_one_by_one(server: Server) -> None:
    before = len(server.kept())
    requests = [whole(server, fresh(f"pipelined {number}")) for number in range(3)]
    assert server.talk(b"".join(requests), answers=3) == [(200, b"{}")] * 3
    assert len(server.kept()) == before + 3


@pytest.mark.parametrize("encoding", ["identity", *PACKERS])
def test_chunked_uploads_keep_the_connection(server: Server, encoding: str) -> None:
    pack = PACKERS.get(encoding, bytes)
    bodies = [export(*(span(n, name=f"{encoding} {turn} {n}") for n in range(1, 40))) for turn in range(2)]
    head = server.head(f"Transfer-Encoding: chunked\nContent-Encoding: {encoding}")
    before = len(server.kept())
    requests = [head + chunks(pack(body)) for body in bodies]
    assert server.talk(*requests, answers=2) == [(200, b"{}")] * 2
    assert len(server.kept()) == before + 2


@pytest.mark.parametrize(
    "broken",
    [b"zz\r\nabc\r\n", b"5\r\nabc", b"-1\r\n\r\n", b"ffffffffffffffffffff\r\nabc", b"5\r\nabcdefgh\r\n0\r\n\r\n"],
)
def test_a_broken_chunk_is_refused(server: Server, broken: bytes) -> None:
    before = len(server.kept())
    told = server.talk(server.head("Transfer-Encoding: chunked") + broken, half_close=True)
    assert [status for status, _ in told] in ([400], [])
    assert len(server.kept()) == before


def test_a_body_that_is_shorter_than_it_was_said_is_refused_although_it_reads_well(server: Server) -> None:
    before = len(server.kept())
    body = fresh("short")
    told = server.talk(server.head(f"Content-Length: {len(body) + 10}") + body, half_close=True)
    assert [status for status, _ in told] == [400]
    assert f"after byte {len(body)} of {len(body) + 10}" in told[0][1].decode()
    assert len(server.kept()) == before


def test_what_is_longer_than_it_was_said_is_no_part_of_the_body(server: Server) -> None:
    body = fresh("long")
    told = server.talk(server.head(f"Content-Length: {len(body)}") + body + b"GARBAGE\r\n\r\n", answers=2)
    assert [status for status, _ in told] == [200, 400]


def test_a_client_that_vanishes_leaves_nothing(server: Server) -> None:
    before = len(server.kept())
    for _ in range(20):
        line = socket.create_connection(("127.0.0.1", server.running.port), timeout=30)
        line.sendall(server.head("Content-Length: 100000") + b"{" * 1000)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        line.close()  # with a reset
    assert server.talk(whole(server, fresh("after"))) == [(200, b"{}")]
    assert len(server.kept()) == before + 1


@pytest.mark.parametrize("begun", ["", "POST /v1/tra", "head", "body", "chunk"])
def test_stalled_clients_stop_nobody_else(server: Server, begun: str) -> None:
    starts = {
        "head": server.head("Content-Length: 100")[:-2],
        "body": server.head("Content-Length: 100") + b"{",
        "chunk": server.head("Transfer-Encoding: chunked") + b"5\r\nab",
    }
    lines = [socket.create_connection(("127.0.0.1", server.running.port), timeout=30) for _ in range(40)]
    try:
        for line in lines:
            line.sendall(starts.get(begun, begun.encode()))
        assert server.talk(whole(server, fresh(f"beside {begun}"))) == [(200, b"{}")]
    finally:
        for line in lines:
            line.close()


def test_expect_is_answered_before_the_body(server: Server) -> None:
    body = fresh("expected")
    with closing(socket.create_connection(("127.0.0.1", server.running.port), timeout=30)) as line:
        line.sendall(server.head(f"Content-Length: {len(body)}\nExpect: 100-continue"))
        assert line.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        line.sendall(body)
        assert read_answers(line, 1) == [(200, b"{}")]


@pytest.mark.parametrize("more", ["X-Long: " + "x" * 100_000, "\n".join(f"X-{n}: y" for n in range(1000))])
def test_huge_headers_are_refused(server: Server, more: str) -> None:
    told = server.talk(server.head(f"Content-Length: 0\n{more}"))
    assert told == [] or told[0][0] in {400, 431}


@pytest.mark.parametrize(
    ("verb", "status"), [("GET", 405), ("HEAD", 405), ("OPTIONS", 405), ("PUT", 405), ("BREW", 405)]
)
def test_other_verbs_are_not_taken(server: Server, verb: str, status: int) -> None:
    assert server.talk(server.head("Content-Length: 0\nConnection: close", verb=verb))[0][0] == status


@pytest.mark.parametrize("key", ["good", "wrong"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_drained_so_that_the_answer_arrives(
    server: Server, key: str, *, chunked: bool
) -> None:
    body = b" " * (LIMIT + LIMIT // 2)
    head = server.head("Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}")
    if key == "wrong":
        head = head.replace(server.key.encode(), b"msk_wrong")
    told = server.talk(head + (chunks(body, 60_000) if chunked else body))
    assert [status for status, _ in told] == [413 if key == "good" else 401]


def test_a_connection_lives_on_after_a_body_over_the_limit(server: Server) -> None:
    large = whole(server, b" " * (LIMIT + 1000))
    told = server.talk(large, whole(server, fresh("after a large one")), answers=2)
    assert [status for status, _ in told] == [413, 200]


@pytest.mark.parametrize("encoding", sorted(PACKERS))
def test_bombs_cost_no_more_than_the_limit(server: Server, encoding: str) -> None:
    packed = PACKERS[encoding](b"0" * 400_000_000)
    assert len(packed) < LIMIT
    before = server.peak_kib()
    told: list[list[tuple[int, bytes]]] = []
    request = whole(server, packed, f"Content-Encoding: {encoding}")
    threads = [threading.Thread(target=lambda: told.append(server.talk(request))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer[0][0] for answer in told] == [413] * 8
    # Eight at once: each may hold what it was sent and as much again as may be decompressed.
    assert server.peak_kib() - before < 8 * 3 * LIMIT // 1024


def send(server: Server, name: str) -> tuple[int, str | None, dict[str, str]]:
    """Status, Retry-After and answer; TimeoutError where an exporter, which has no more patience, would drop it all."""
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", server.running.port, timeout=EXPORTER_SECONDS)) as client:
        client.request("POST", "/v1/traces", fresh(name), headers)
        answer = client.getresponse()
        return answer.status, answer.headers["Retry-After"], json.loads(answer.read())


def test_a_locked_database_asks_everyone_to_send_again_in_time(server: Server) -> None:
    names = [f"locked out {number}" for number in range(24)]
    with (
        closing(sqlite3.connect(server.running.var / "misstep.sqlite3", isolation_level=None)) as other,
        ThreadPoolExecutor(8) as pool,
    ):
        other.execute("BEGIN IMMEDIATE")
        told = list(pool.map(partial(send, server), names))
        other.execute("ROLLBACK")
    assert told == [(503, "2", {"message": "Busy; please send it again."})] * len(names)
    assert [send(server, name)[0] for name in names] == [200] * len(names)
