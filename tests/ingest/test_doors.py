"""What a sender hears: honest answers to good, bad, large and repeated requests."""

import gzip
import json
import tracemalloc
import zlib
from unittest.mock import patch

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from accounts.models import Project, Scope
from ingest.digest import digest_waiting
from ingest.models import RawBatch
from tests.builders import make_key, make_project
from tests.ingest.payloads import EDGE, JSON, PROTOBUF, bomb, export, post, span
from traces.models import AgentSession, Step


@pytest.mark.parametrize("prefix", ["/", "/otel/", "/api/public/otel/"])
def test_door_takes_traces_and_answers_empty(client: Client, project: Project, secret: str, prefix: str) -> None:
    response = post(client, secret, f"{prefix}v1/traces", export(span(1)))
    assert (response.status_code, response.content, response["Content-Type"]) == (200, b"{}", JSON)
    assert RawBatch.objects.get().project == project


@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
@pytest.mark.parametrize(("kind", "empty"), [(JSON, b"{}"), (PROTOBUF, b"")])
def test_door_answers_an_empty_request_in_its_own_encoding(
    client: Client, secret: str, signal: str, kind: str, empty: bytes
) -> None:
    response = post(client, secret, f"/v1/{signal}", b"", f"{kind}; charset=utf-8")
    assert (response.status_code, response.content, response["Content-Type"]) == (200, empty, kind)
    assert not RawBatch.objects.exists()


def test_door_knows_no_stranger(client: Client, secret: str) -> None:
    for key in ("", "msk_wrong"):
        response = post(client, key, "/v1/traces", export(span(1)))
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
        assert "API key" in response.json()["message"]
    assert not RawBatch.objects.exists()


def test_door_needs_the_scope_to_send(client: Client, project: Project) -> None:
    response = post(client, make_key(project, Scope.READ), "/v1/traces", export(span(1)))
    assert (response.status_code, '"Send sessions"' in response.json()["message"]) == (403, True)


def test_door_takes_posts_only(client: Client, secret: str) -> None:
    response = client.get("/v1/traces", headers={"Authorization": f"Bearer {secret}"})
    assert (response.status_code, response["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("kind", "encoding", "status"),
    [("text/plain", "", 415), (JSON, "br", 415), (JSON, "zstd", 400), (JSON, "gzip", 400), (PROTOBUF, "", 400)],
)
def test_door_refuses_what_it_cannot_read(client: Client, secret: str, kind: str, encoding: str, status: int) -> None:
    response = post(client, secret, "/v1/traces", export(span(1)), kind, encoding)
    assert response.status_code == status
    assert response["Content-Type"] == (PROTOBUF if kind == PROTOBUF else JSON)


def test_door_writes_a_status_message_in_protobuf(client: Client, secret: str) -> None:
    response = post(client, secret, "/v1/traces", b"\xff\xff", PROTOBUF)
    tag, length = response.content[0], response.content[1]
    assert (response.status_code, tag) == (400, 0x12)
    assert length & 0x7F | (response.content[2] << 7 if length & 0x80 else 0) == len(response.content) - (
        3 if length & 0x80 else 2
    )


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate", "two members", "identity"])
def test_door_reads_every_encoding(client: Client, project: Project, secret: str, encoding: str) -> None:
    body = export(span(1))
    packed = {
        "gzip": gzip.compress(body),
        "deflate": zlib.compress(body),
        "raw deflate": zlib.compress(body)[2:-4],
        "two members": gzip.compress(body[:50]) + gzip.compress(body[50:]),
        "identity": body,
    }[encoding]
    sent_as = {"raw deflate": "deflate", "two members": "gzip"}.get(encoding, encoding)
    assert post(client, secret, "/v1/traces", packed, JSON, sent_as).status_code == 200
    assert digest_waiting() == 1
    assert Step.objects.get().name == "span 1"


def test_door_refuses_a_bomb_in_bounded_memory(client: Client, secret: str, settings: LazySettings) -> None:
    settings.MAX_BODY_BYTES = 1_000_000
    body = bomb(200_000_000)
    tracemalloc.start()
    response = post(client, secret, "/v1/traces", body, JSON, "gzip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (response.status_code, peak < 10_000_000) == (413, True)


def test_door_refuses_a_body_over_the_limit(client: Client, secret: str, settings: LazySettings) -> None:
    settings.MAX_BODY_BYTES = 100
    assert post(client, secret, "/v1/traces", b" " * 101).status_code == 413
    assert post(client, secret, "/v1/traces", b"{}" + b" " * 98).status_code == 200


def test_door_takes_what_it_can_and_names_the_rest(client: Client, project: Project, secret: str) -> None:
    body = export(span(1), span(2, spanId=""), span(3, traceId="0" * 32))
    response = post(client, secret, "/v1/traces", body)
    told = response.json()["partialSuccess"]
    assert (response.status_code, told["rejectedSpans"]) == (200, "2")
    assert "1 span whose trace id" in told["errorMessage"]
    digest_waiting()
    assert Step.objects.get().name == "span 1"


def test_door_names_the_field_that_is_wrong(client: Client, secret: str) -> None:
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{"attributes": {"a": 1}}]}]}]}).encode()
    response = post(client, secret, "/v1/traces", body)
    assert response.status_code == 400
    assert response.json()["message"].startswith("resourceSpans.0.scopeSpans.0.spans.0.attributes must be a list")


def test_door_asks_to_try_again_when_the_database_is_busy(client: Client, secret: str) -> None:
    with patch("ingest.actions.keep_batch", side_effect=OperationalError("database is locked")):
        response = post(client, secret, "/v1/traces", export(span(1)))
    assert (response.status_code, response["Retry-After"]) == (503, "2")


def test_door_keeps_the_same_bytes_once_for_each_project(client: Client, project: Project, secret: str) -> None:
    other = make_key(make_project("other"), Scope.INGEST)
    for key in (secret, secret, other):
        assert post(client, key, "/v1/traces", export(span(1))).status_code == 200
    digest_waiting()
    assert RawBatch.objects.count() == 2
    assert sorted(AgentSession.objects.values_list("project__slug", flat=True)) == ["acme", "other"]


def test_text_with_nul_and_half_a_character_is_stored(client: Client, project: Project, secret: str) -> None:
    attributes = {"openinference.span.kind": "AGENT", "input.value": "a\x00b", "output.value": "fine"}
    post(client, secret, "/v1/traces", export(span(1, name="n\x00", attributes=attributes)))
    assert digest_waiting() == 1
    assert [(step.role, step.text) for step in Step.objects.all()] == [("user", "a\ufffdb"), ("agent", "fine")]


@pytest.mark.parametrize(("start", "end"), [(0, 0), (1, 2), (7_258_118_400_000_000_000, 2**64 - 1), (5, 1)])
def test_times_that_cannot_be_meant_are_kept_flagged_and_not_counted(
    client: Client, project: Project, secret: str, start: int, end: int
) -> None:
    times = {"startTimeUnixNano": str(start), "endTimeUnixNano": str(end)}
    assert post(client, secret, "/v1/traces", export(span(1), span(2, parent=1, **times))).status_code == 200
    assert digest_waiting() == 1
    step = Step.objects.get(name="span 2")
    assert (step.latency_ms, step.started_at, "bad_time" in step.flags) == (None, None, True)
    assert AgentSession.objects.get().latency_ms == 1000


def test_an_index_out_of_reach_costs_nothing(client: Client, project: Project, secret: str) -> None:
    attributes = {
        "openinference.span.kind": "LLM",
        "llm.output_messages.999999999.message.role": "assistant",
        "llm.output_messages.999999999.message.content": "hello",
    }
    post(client, secret, "/v1/traces", export(span(1, attributes=attributes)))
    digest_waiting()
    assert Step.objects.get().text == "hello"


def test_parents_in_a_circle_and_a_deep_chain_are_read(client: Client, project: Project, secret: str) -> None:
    circle = [span(1, parent=2), span(2, parent=1), span(3, parent=3)]
    chain = [span(10, trace="b" * 32), *(span(n, parent=n - 1, trace="b" * 32) for n in range(11, 1500))]
    post(client, secret, "/v1/traces", export(*circle, *chain))
    assert digest_waiting() == 1
    assert sorted(AgentSession.objects.values_list("step_count", flat=True)) == [3, 1490]


@pytest.mark.shared_data
def test_edge_files_get_the_answers_of_the_contract(client: Client, project: Project, secret: str) -> None:
    told = {}
    for path in sorted(EDGE.iterdir()):
        kind = JSON if path.suffix == ".json" else PROTOBUF
        encoding = "gzip" if "not_gzip" in path.name else ""
        told[path.name[:2]] = post(client, secret, "/v1/traces", path.read_bytes(), kind, encoding)
    refused = {name for name, response in told.items() if response.status_code == 400}
    assert refused == {"09", "10", "14"}
    assert {response.status_code for response in told.values()} == {200, 400}
    partial = ExportTraceServiceResponse.FromString(told["06"].content).partial_success
    assert (partial.rejected_spans, "span id" in partial.error_message) == (1, True)
    assert told["08"].content == b""


@pytest.mark.shared_data
@pytest.mark.parametrize("order", [("01", "02", "03"), ("03", "02", "01"), ("02", "01", "03")])
def test_children_may_come_before_their_parents(
    client: Client, project: Project, secret: str, order: tuple[str, ...]
) -> None:
    for number in order:
        body = next(EDGE.glob(f"{number}_*.pb")).read_bytes()
        post(client, secret, "/v1/traces", body, PROTOBUF)
        digest_waiting()
    session = AgentSession.objects.get()
    assert (session.step_count, session.closed) == (12, True)
    assert [step.position for step in session.steps.all()] == list(range(1, 13))
