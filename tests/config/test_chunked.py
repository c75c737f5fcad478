"""Chunked uploads, which JavaScript's exporter sends: read whole, bounded, and never mistaken for an empty body."""

import errno
import io
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import zstandard

from config.chunked import ChunkedBody
from tests.ingest.payloads import export, span

ROOT = Path(__file__).resolve().parents[2]
PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from accounts.models import Scope
from tests.builders import make_key, make_project
print(make_key(make_project("chunked"), Scope.INGEST))
"""


def run(environ: dict[str, Any], limit: int) -> tuple[list[str], bytes]:
    """What the wrapped application saw, through a wrapper with this limit."""
    told: list[str] = []

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        told.append(environ.get("CONTENT_LENGTH", ""))
        return [environ["wsgi.input"].read()]

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        told.append(status)

    return told, b"".join(ChunkedBody(application, limit)(environ, start_response))


def test_wrapper_declares_the_length_it_found() -> None:
    environ = {"wsgi.input": io.BytesIO(b"12345"), "wsgi.input_terminated": True}
    assert run(environ, 100) == (["5"], b"12345")


def test_wrapper_keeps_one_byte_more_than_the_limit() -> None:
    source = io.BytesIO(b"1" * 150)
    assert run({"wsgi.input": source, "wsgi.input_terminated": True}, 100) == (["101"], b"1" * 101)
    assert source.read() == b""


def test_wrapper_leaves_a_declared_length_alone() -> None:
    environ = {"wsgi.input": io.BytesIO(b"12345"), "wsgi.input_terminated": True, "CONTENT_LENGTH": "5"}
    assert run(environ, 2) == (["5"], b"12345")


def test_wrapper_answers_a_broken_chunk() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("chunk")

    told, body = run({"wsgi.input": Broken(), "wsgi.input_terminated": True}, 100)
    assert (told, body) == (["400 Bad Request"], b"The chunked body is broken.\n")


def test_wrapper_asks_to_send_again_when_there_is_no_room() -> None:
    class Full(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    told, body = run({"wsgi.input": Full(), "wsgi.input_terminated": True}, 100)
    assert (told, b"send it again" in body) == (["503 Service Unavailable"], True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, str, Path]]:
    """A real gunicorn with an empty database: its port, a key that may send, and the database."""
    database = tmp_path / "db.sqlite3"
    environment = {
        **os.environ,
        "MISSTEP_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{database}",
        "CELERY_BROKER_URL": "memory://",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MAX_BODY_MIB": "1",
    }
    script = f"import django; django.setup(){PREPARE}"
    key = subprocess.run([sys.executable, "-c", script], env=environment, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 # our own words
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)  # noqa: S603 # our own words
    try:
        _await(port)
        yield port, key.stdout.decode().strip(), database
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await(port: int) -> None:
    for _ in range(200):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("gunicorn did not start")


def upload(port: int, key: str, pieces: Iterable[bytes]) -> int:
    """The status of a chunked POST: no Content-Length, one chunk for each piece."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST", "/v1/traces", body=iter(pieces), headers=headers, encode_chunked=True)
        return connection.getresponse().status


@pytest.mark.slow
def test_gunicorn_takes_a_chunked_upload_whole(server: tuple[int, str, Path]) -> None:
    port, key, database = server
    body = export(*(span(number) for number in range(1, 200)))
    pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
    assert upload(port, key, pieces) == 200
    assert upload(port, key, [b" " * 65536] * 20) == 413
    with closing(sqlite3.connect(database)) as connection:
        stored = connection.execute("select body from ingest_rawbatch").fetchall()
    assert [json.loads(zstandard.decompress(row[0])) for row in stored] == [json.loads(body)]
