"""Protobuf nested more deeply than its library reads is cut like any other deep value, and the rest is kept."""

import pytest
from django.test import Client
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from accounts.models import Project
from ingest.actions import change_patterns
from ingest.digest import digest_waiting
from ingest.models import RawBatch
from ingest.receiving import PROTOBUF, Unreadable, check, decode, pruning
from ingest.receiving.limits import MAX_DEPTH
from ingest.receiving.pruning import prune
from ingest.storing.batches import body_of
from tests.ingest.fuzz.protobuf import any_value, field, with_value
from tests.ingest.payloads import post
from traces.models import Step

TRACES, LOGS = ExportTraceServiceRequest.DESCRIPTOR, ExportLogsServiceRequest.DESCRIPTOR
LEVELS = [60, 100, 5_000]
shapes = pytest.mark.parametrize("shape", ["lists", "pairs", "both"])


def wrapping(shape: str, levels: int) -> list[bool]:
    """Of each level, the innermost first, whether it is a list; the outermost is the same one for any number."""
    return [shape == "lists" or (shape == "both" and (levels - level) % 2 == 0) for level in range(levels)]


def trace(shape: str, levels: int) -> bytes:
    return with_value("traces", any_value(wrapping(shape, levels)))


DEEP = trace("both", 60)


@shapes
@pytest.mark.parametrize("levels", [0, 1, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 30])
@pytest.mark.parametrize("signal", ["traces", "logs"])
def test_what_the_library_can_read_is_read_the_same_when_it_is_pruned(shape: str, levels: int, signal: str) -> None:
    body = with_value(signal, any_value(wrapping(shape, levels)))
    pruned = prune(TRACES if signal == "traces" else LOGS, body)
    assert (pruned is None) == (levels <= MAX_DEPTH)
    assert decode(signal, PROTOBUF, pruned or body) == decode(signal, PROTOBUF, body)


@shapes
@pytest.mark.parametrize("levels", LEVELS)
def test_a_deeper_value_is_cut_where_a_less_deep_one_is(shape: str, levels: int) -> None:
    body = trace(shape, levels)
    with pytest.raises(DecodeError):
        ExportTraceServiceRequest.FromString(body)
    assert check("traces", PROTOBUF, body).items == 2
    found = decode("traces", PROTOBUF, body).spans
    assert found == decode("traces", PROTOBUF, trace(shape, MAX_DEPTH + 1)).spans
    assert [one.flags for one in found] == [("cut",), ()]


@pytest.mark.parametrize("levels", LEVELS)
def test_deep_logs_are_cut_too(levels: int) -> None:
    body = with_value("logs", any_value(wrapping("lists", levels)))
    assert check("logs", PROTOBUF, body).items == 1
    assert len(decode("logs", PROTOBUF, body).logs) == 1


def test_a_tag_written_with_more_bytes_than_it_needs_is_known_all_the_same() -> None:
    value = any_value([False] * 60)
    for _ in range(60):
        value = b"\xaa\x00" + _length(field(1, value)) + field(1, value)
    body = with_value("traces", value)
    assert check("traces", PROTOBUF, body).items == 2
    assert decode("traces", PROTOBUF, body).spans[0].flags == ("cut",)


def _length(payload: bytes) -> bytes:
    return field(1, payload)[1 : -len(payload)]


@pytest.mark.parametrize("broken", ["cut off", "a group", "a wrong length", "another body"])
def test_a_body_that_is_broken_besides_is_refused(broken: str) -> None:
    body = trace("lists", 200)
    bodies = {
        "cut off": body[:-1],
        "a group": body + b"\x0b" * 200,
        "a wrong length": body + b"\x0a\x7f",
        "another body": b'{"resourceSpans": []}',
    }
    for look in (check, decode):
        with pytest.raises(Unreadable, match=f"The {len(bodies[broken])} bytes are no protobuf export request"):
            look("traces", PROTOBUF, bodies[broken])


def test_a_deep_body_of_countless_fields_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "MAX_FIELDS", 30)
    with pytest.raises(Unreadable):
        check("traces", PROTOBUF, trace("lists", 200))


@given(st.lists(st.tuples(st.integers(0, len(DEEP) - 1), st.integers(0, 255)), max_size=4))
def test_any_bytes_are_pruned_in_their_place_or_left_alone(changes: list[tuple[int, int]]) -> None:
    data = bytearray(DEEP)
    for place, byte in changes:
        data[place] = byte
    pruned = prune(TRACES, bytes(data))
    assert pruned is None or len(pruned) == len(data)


def test_a_deep_value_is_marked_on_its_step(client: Client, secret: str) -> None:
    assert post(client, secret, "/v1/traces", trace("pairs", 400), PROTOBUF).status_code == 200
    digest_waiting()
    assert sorted("cut" in step.flags for step in Step.objects.all()) == [False, True]


def test_private_words_are_taken_out_of_a_deep_body(client: Client, project: Project, secret: str) -> None:
    change_patterns(project=project, redact=["email"])
    mail = b"somebody@example.com"
    for levels in (0, 400):
        body = with_value("traces", any_value(wrapping("lists", levels), mail))
        assert post(client, secret, "/v1/traces", body, PROTOBUF).status_code == 200
    assert [mail in body_of(batch) for batch in RawBatch.objects.all()] == [False, False]
