"""Bad input, at every door: a clear answer in the caller's own encoding, and nothing kept that should not be."""

import gzip
import json
import re
import tracemalloc
import zlib
from collections.abc import Callable
from unittest.mock import patch

import pytest
import zstandard
from django.conf import LazySettings
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from accounts.models import ApiKey, Project, Scope
from accounts.permissions import permission_of
from ingest.models import RawBatch
from tests.builders import make_key
from tests.ingest.doorways import DOORS, KEEPS, UNLIKE, Door, raw_deflate
from tests.ingest.payloads import JSON, PROTOBUF

every_door = pytest.mark.parametrize("door", DOORS, ids=str)
every_kind_of_door = pytest.mark.parametrize("door", UNLIKE, ids=str)
every_keeper = pytest.mark.parametrize("door", KEEPS, ids=str)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
}
BOMB = 80_000_000


def message_of(answer: object) -> str:
    """The words of a refusal, whichever shape the door gives them."""
    return getattr(answer, "content", b"").decode(errors="replace")


def urls_that_take_in() -> set[str]:
    """The routes of all views that ask for the scope to send, and for no other verb than writing."""
    routes = {}
    for pattern in get_resolver().url_patterns:
        for inner in getattr(pattern, "url_patterns", [pattern]):
            if isinstance(inner, URLPattern):
                routes[f"/{inner.pattern}"] = permission_of(inner.callback)
    return {route for route, asked in routes.items() if asked and Scope.INGEST in asked.scopes}


def test_every_door_of_the_site_is_tried_here() -> None:
    tried = {re.sub(r"[0-9a-f-]{36}", "ID", door.path) for door in DOORS}
    assert {re.sub(r"<uuid:\w+>", "ID", route) for route in urls_that_take_in()} - {"/api/public/projects"} == tried


@every_door
def test_a_good_body_is_taken(client: Client, secret: str, door: Door) -> None:
    answer = door.send(client, secret)
    assert (answer.status_code, RawBatch.objects.count()) == (door.taken, int(not door.path.endswith("metrics")))


@every_kind_of_door
@pytest.mark.parametrize("given", ["", "msk_wrong", "revoked", "é\u0000"])
def test_no_stranger_is_known_and_none_is_sent_to_log_in(
    client: Client, project: Project, secret: str, door: Door, given: str
) -> None:
    if given == "revoked":
        given = make_key(project, Scope.INGEST)
        ApiKey.objects.order_by("-pk").filter(pk=ApiKey.objects.latest("pk").pk).update(revoked_at=timezone.now())
    answer = door.send(client, given)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert "API key" in message_of(answer)
    assert not RawBatch.objects.exists()


@every_door
def test_a_key_without_the_scope_is_told_which_one_it_lacks(client: Client, project: Project, door: Door) -> None:
    answer = door.send(client, make_key(project, Scope.READ, Scope.WRITE))
    assert (answer.status_code, "Send sessions" in message_of(answer)) == (403, True)
    assert not RawBatch.objects.exists()


@every_kind_of_door
@pytest.mark.parametrize("verb", ["head", "options", "put", "delete", "trace", "patch"])
def test_another_verb_is_never_an_error_of_ours(client: Client, secret: str, door: Door, verb: str) -> None:
    if verb == door.verb:
        return
    answer = getattr(client, verb)(door.path, headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code in {200, 403, 405}
    assert not RawBatch.objects.exists()


@every_kind_of_door
@pytest.mark.parametrize("encoding", sorted(PACKERS))
def test_every_door_takes_every_encoding(client: Client, secret: str, door: Door, encoding: str) -> None:
    assert door.send(client, secret, PACKERS[encoding](door.body), encoding=encoding).status_code == door.taken


@every_kind_of_door
@pytest.mark.parametrize("encoding", sorted(PACKERS))
def test_a_stream_that_ends_too_early_is_refused_with_the_byte(
    client: Client, secret: str, door: Door, encoding: str
) -> None:
    packed = PACKERS[encoding](door.body * 3)
    answer = door.send(client, secret, packed[: len(packed) // 2], encoding=encoding)
    assert (answer.status_code, bool(re.search(r"byte \d+", message_of(answer)))) == (400, True)
    assert not RawBatch.objects.exists()


@every_kind_of_door
@pytest.mark.parametrize("encoding", sorted(PACKERS))
def test_a_stream_that_is_none_is_refused_with_the_byte(client: Client, secret: str, door: Door, encoding: str) -> None:
    answer = door.send(client, secret, b"\xff\x00" + door.body, encoding=encoding)
    assert (answer.status_code, bool(re.search(r"byte \d+", message_of(answer)))) == (400, True)


@every_keeper
def test_a_body_that_is_cut_is_refused_and_says_where(client: Client, secret: str, door: Door) -> None:
    answer = door.send(client, secret, door.body[: len(door.body) // 2])
    assert answer.status_code == 400
    assert re.search(r"line \d+ column \d+|byte \d+|boundary|ends", message_of(answer))
    assert not RawBatch.objects.exists()


@every_keeper
@pytest.mark.parametrize("body", [b"null", b"7", b'"words"', b"true", b"\xff\xfe\x00", b"[" * 5000])
def test_a_body_of_another_shape_is_refused(client: Client, secret: str, door: Door, body: bytes) -> None:
    answer = door.send(client, secret, body)
    assert answer.status_code in {400, 422}
    assert len(message_of(answer)) > 20
    assert not RawBatch.objects.exists()


@every_kind_of_door
def test_an_unknown_encoding_is_refused_and_told_what_is_read(client: Client, secret: str, door: Door) -> None:
    answer = door.send(client, secret, encoding="br")
    assert (answer.status_code, "gzip" in message_of(answer)) == (415, True)


@every_kind_of_door
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json-seq", "/"])
def test_an_unknown_type_is_refused(client: Client, secret: str, door: Door, kind: str) -> None:
    assert door.send(client, secret, kind=kind).status_code == 415


@every_kind_of_door
def test_a_body_over_the_limit_is_refused(client: Client, secret: str, door: Door, settings: LazySettings) -> None:
    settings.MAX_BODY_BYTES = len(door.body) + 100
    assert door.send(client, secret, door.body + b" " * 101).status_code == 413
    assert not RawBatch.objects.exists()


@every_kind_of_door
@pytest.mark.parametrize("encoding", ["gzip", "raw deflate", "deflate", "zstd", "two members"])
def test_a_bomb_is_refused_in_bounded_memory(
    client: Client, secret: str, door: Door, encoding: str, settings: LazySettings
) -> None:
    settings.MAX_BODY_BYTES = 1_000_000
    packers: dict[str, Callable[[bytes], bytes]] = {
        **PACKERS,
        "raw deflate": raw_deflate,
        "two members": lambda body: gzip.compress(b" ") + gzip.compress(body),
    }
    packed = packers[encoding](b"0" * BOMB)
    named = {"raw deflate": "deflate", "two members": "gzip"}.get(encoding, encoding)
    tracemalloc.start()
    answer = door.send(client, secret, packed, encoding=named)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.status_code, peak < 12_000_000) == (413, True)


@every_kind_of_door
@pytest.mark.parametrize("encoding", sorted(PACKERS))
def test_a_stream_of_countless_empty_parts_is_refused(client: Client, secret: str, door: Door, encoding: str) -> None:
    answer = door.send(client, secret, PACKERS[encoding](b"") * 100_000, encoding=encoding)
    assert (answer.status_code, "more than 1000 parts" in message_of(answer)) == (400, True)


@every_kind_of_door
def test_a_gzip_in_a_gzip_is_no_request(client: Client, secret: str, door: Door) -> None:
    answer = door.send(client, secret, gzip.compress(gzip.compress(door.body)), encoding="gzip")
    assert answer.status_code == (200 if door.path.endswith("metrics") else 400)


@every_keeper
@pytest.mark.parametrize(
    "trouble", [OperationalError("database is locked"), InterfaceError("connection already closed")]
)
def test_trouble_of_our_own_asks_to_send_again_soon(
    client: Client, secret: str, door: Door, trouble: Exception
) -> None:
    with patch("ingest.actions.keep_batch", side_effect=trouble):
        answer = door.send(client, secret)
    assert (answer.status_code, 1 <= int(answer["Retry-After"]) <= 5) == (503, True)


@every_keeper
def test_an_answer_that_got_lost_leaves_nothing_twice(client: Client, secret: str, door: Door) -> None:
    first, again = (door.send(client, secret).status_code for _ in range(2))
    assert (first, again, RawBatch.objects.count()) == (door.taken, door.taken, 1)


@pytest.mark.parametrize("kind", [JSON, PROTOBUF])
@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
def test_a_refusal_speaks_the_senders_encoding(client: Client, secret: str, signal: str, kind: str) -> None:
    answer = Door(f"/v1/{signal}", b"").send(client, secret, b"\x1f\x8b", kind=kind, encoding="gzip")
    assert (answer.status_code, answer["Content-Type"]) == (400, kind)
    told = json.loads(answer.content)["message"] if kind == JSON else answer.content[2:].decode()
    assert told.startswith("The gzip body ends too early, at byte 2")
