"""What an OTLP exporter hears back, in the encoding that it spoke."""

import orjson
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from ingest.records import Checked

PROTOBUF = "application/x-protobuf"
REJECTED = {"traces": "rejectedSpans", "logs": "rejectedLogRecords"}
LENGTH_DELIMITED = 2
STATUS_MESSAGE = 2
MORE = 0x80


def export_answer(signal: str, kind: str, found: Checked) -> bytes:
    """The export response: empty when all was taken, else how many items were not, and why."""
    if not found.rejected:
        return b"" if kind == PROTOBUF else b"{}"
    why = "; ".join(found.reasons)
    if kind == PROTOBUF:
        return _protobuf(signal, found.rejected, why)
    return orjson.dumps({"partialSuccess": {REJECTED[signal]: str(found.rejected), "errorMessage": why}})


def _protobuf(signal: str, rejected: int, why: str) -> bytes:
    if signal == "logs":
        logs = ExportLogsServiceResponse()
        logs.partial_success.rejected_log_records = rejected
        logs.partial_success.error_message = why
        return logs.SerializeToString()
    traces = ExportTraceServiceResponse()
    traces.partial_success.rejected_spans = rejected
    traces.partial_success.error_message = why
    return traces.SerializeToString()


def metrics_answer(kind: str) -> bytes:
    """Metrics are taken and dropped: a client that sends them too must not log errors."""
    return ExportMetricsServiceResponse().SerializeToString() if kind == PROTOBUF else b"{}"


def error_answer(kind: str, message: str) -> bytes:
    """A google.rpc.Status with this message."""
    if kind != PROTOBUF:
        return orjson.dumps({"message": message})
    written = message.encode()
    # One field of one message, written by hand: not worth a dependency.
    return bytes([STATUS_MESSAGE << 3 | LENGTH_DELIMITED]) + _varint(len(written)) + written


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= MORE:
        out.append(number & (MORE - 1) | MORE)
        number >>= 7
    out.append(number)
    return bytes(out)
