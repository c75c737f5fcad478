"""A body of millions of empty messages is refused before the library makes objects of them."""

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ingest.receiving import PROTOBUF, TooLarge, check, decode
from ingest.receiving.crowds import SMALL, refuse_crowds
from ingest.receiving.limits import MAX_LOOKED_AT

EMPTY_GROUP, EMPTY = b"\x0a\x00", b"\x12\x00"
UNKNOWN_GROUP = b"\x9b\x06\x08\x01\x9c\x06"


def wrapped(number: int, content: bytes) -> bytes:
    """The content as a message field of this number."""
    size, written = len(content), b""
    while size > 127:
        written += bytes([size & 127 | 128])
        size >>= 7
    return bytes([number << 3 | 2]) + written + bytes([size]) + content


MANY = EMPTY * SMALL
CROWDS = {
    "groups": EMPTY_GROUP * SMALL,
    "scopes": wrapped(1, MANY),
    "spans": wrapped(1, wrapped(2, MANY)),
    "after an unknown group": UNKNOWN_GROUP + wrapped(1, wrapped(2, MANY)),
}


@pytest.mark.parametrize("signal", ["traces", "logs"])
@pytest.mark.parametrize("crowd", CROWDS)
def test_crowd_is_refused(signal: str, crowd: str) -> None:
    for read in (check, decode):
        with pytest.raises(TooLarge, match=str(MAX_LOOKED_AT)):
            read(signal, PROTOBUF, CROWDS[crowd])


def test_large_request_of_few_spans_is_taken() -> None:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for number in range(1, 1001):
        span = scope.spans.add(trace_id=b"\1" * 16, span_id=number.to_bytes(8), name="x")
        span.attributes.add(key="text").value.string_value = "\x12\x00" * 1000
    assert check("traces", PROTOBUF, request.SerializeToString()).items == 1000


@pytest.mark.parametrize("body", [b"\x80" * (2 * SMALL), b"\xff" * (2 * SMALL), b"\x0a\xff\xff\xff\xff\xff" + MANY])
def test_bytes_that_make_no_sense_are_left_to_the_library(body: bytes) -> None:
    refuse_crowds(body)
