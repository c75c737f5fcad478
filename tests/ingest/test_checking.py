"""The door's quick look agrees with the worker's full reading: how much is taken, how much not, and why."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ingest.receiving import JSON, PROTOBUF, TooLarge, Unreadable, check, decode
from ingest.receiving.checking import logs_only, spans_only
from ingest.receiving.limits import MAX_LOOKED_AT, MAX_SPANS
from ingest.records import LogRecord
from tests.ingest.payloads import export, span

IDS = st.sampled_from([b"", b"\0" * 16, b"\1" * 16, b"\0" * 8, b"\2" * 8, b"short"])
SPANS = st.lists(st.tuples(IDS, IDS), max_size=8)


def request_of(spans: list[tuple[bytes, bytes]]) -> bytes:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for trace_id, span_id in spans:
        scope.spans.add(trace_id=trace_id, span_id=span_id, name="x")
    return request.SerializeToString()


def agree(kind: str, body: bytes, signal: str = "traces") -> None:
    checked, found = check(signal, kind, body), decode(signal, kind, body)
    assert checked.items == len(found.spans) + len(found.logs)
    assert (checked.rejected, checked.reasons) == (found.rejected, found.reasons)


@given(SPANS)
def test_check_agrees_with_decode(spans: list[tuple[bytes, bytes]]) -> None:
    agree(PROTOBUF, request_of(spans))


def test_check_agrees_on_json_and_on_nothing() -> None:
    agree(JSON, export(span(1), {**span(2), "spanId": ""}))
    agree(PROTOBUF, b"")
    agree(PROTOBUF, b"", "logs")


def test_check_agrees_past_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.receiving.checking.MAX_SPANS", 2)
    agree(PROTOBUF, request_of([(b"\1" * 16, bytes([number]) * 8) for number in range(1, 6)]))


@given(SPANS, st.data())
def test_check_refuses_what_decode_refuses(spans: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    whole = request_of(spans)
    body = whole[: data.draw(st.integers(0, len(whole)))] + data.draw(st.binary(max_size=3))
    try:
        decode("traces", PROTOBUF, body)
    except Unreadable:
        with pytest.raises(Unreadable):
            check("traces", PROTOBUF, body)
    else:
        agree(PROTOBUF, body)


def test_logs_over_the_limit_are_counted_and_an_applications_own_count_for_nothing() -> None:
    own = LogRecord(trace_id="a" * 32, span_id="", event_name="app", time_ns=1, attributes={}, body="hello")
    ours = LogRecord(trace_id="a" * 32, span_id="", event_name="gen_ai.choice", time_ns=1, attributes={}, body="hi")
    found = logs_only([own] * MAX_SPANS + [ours] * (MAX_SPANS + 2))
    assert (len(found.logs), found.rejected) == (MAX_SPANS, 2)
    assert found.reasons == (f"2 log records over the limit of {MAX_SPANS} in one request",)


@pytest.mark.parametrize("take", [logs_only, spans_only])
def test_no_more_than_a_bounded_number_of_useless_records_is_looked_at(take: Any) -> None:
    seen = 0

    def endless() -> Iterator[LogRecord]:
        nonlocal seen
        while True:
            seen += 1
            yield LogRecord(trace_id="", span_id="", event_name="", time_ns=0, attributes={}, body=None)

    with pytest.raises(TooLarge):
        take(endless())
    assert seen == MAX_LOOKED_AT + 1
