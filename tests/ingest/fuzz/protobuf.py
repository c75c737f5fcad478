"""The grammar's requests as protobuf, as far as it can say them."""

import base64
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from google.protobuf.message import EncodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

# What a value of the wrong type, range or spelling raises. Then the field stays empty.
MISFITS = (TypeError, ValueError, AttributeError, KeyError)
SPAN = {"name": "name", "startTimeUnixNano": "start_time_unix_nano", "endTimeUnixNano": "end_time_unix_nano"}
LOG = {"eventName": "event_name", "timeUnixNano": "time_unix_nano"}
SPAN_IDS = {"traceId": "trace_id", "spanId": "span_id", "parentSpanId": "parent_span_id"}


def as_protobuf(request: dict[str, Any]) -> bytes:
    """The bytes; none where the request is nested more deeply than protobuf writes."""
    message: Any = ExportLogsServiceRequest() if "resourceLogs" in request else ExportTraceServiceRequest()
    for group in _objects(request, "resourceLogs"):
        for record in _below(group, "scopeLogs", "logRecords"):
            _log(message.resource_logs.add().scope_logs.add().log_records.add(), record)
    for group in _objects(request, "resourceSpans"):
        for span in _below(group, "scopeSpans", "spans"):
            _span(message.resource_spans.add().scope_spans.add().spans.add(), span)
    try:
        written: bytes = message.SerializeToString()
    except EncodeError:
        return b""
    return written


def _objects(parent: Any, key: str) -> Iterator[dict[str, Any]]:
    items = parent.get(key) if isinstance(parent, dict) else None
    return (item for item in (items if isinstance(items, list) else []) if isinstance(item, dict))


def _below(group: dict[str, Any], scopes: str, items: str) -> Iterator[dict[str, Any]]:
    return (item for scope in _objects(group, scopes) for item in _objects(scope, items))


def _span(message: Any, span: dict[str, Any]) -> None:
    _plain(message, span, SPAN)
    _ids(message, span)
    _pairs(message.attributes, _objects(span, "attributes"))
    for event in _objects(span, "events"):
        made = message.events.add()
        _plain(made, event, {"name": "name", "timeUnixNano": "time_unix_nano"})
        _pairs(made.attributes, _objects(event, "attributes"))
    for link in _objects(span, "links"):
        _ids(message.links.add(), link)
    with suppress(*MISFITS):
        message.status.code = span["status"]["code"]
        message.status.message = span["status"]["message"]


def _log(message: Any, record: dict[str, Any]) -> None:
    _plain(message, record, LOG)
    _ids(message, record)
    _pairs(message.attributes, _objects(record, "attributes"))
    _value(message.body, record.get("body"))


def _plain(message: Any, source: dict[str, Any], names: dict[str, str]) -> None:
    for key, name in names.items():
        with suppress(*MISFITS):
            value = source[key]
            setattr(message, name, int(value) if name.endswith("nano") else value)


def _ids(message: Any, source: dict[str, Any]) -> None:
    for key, name in SPAN_IDS.items():
        with suppress(*MISFITS):
            setattr(message, name, bytes.fromhex(source[key]))


def _pairs(target: Any, pairs: Iterator[dict[str, Any]]) -> None:
    for pair in pairs:
        made = target.add()
        with suppress(*MISFITS):
            made.key = pair["key"]
        _value(made.value, pair.get("value"))


def _value(message: Any, value: Any) -> None:
    for kind, read in KINDS.items():
        if isinstance(value, dict) and kind in value:
            with suppress(*MISFITS):
                read(message, value[kind])


def _array(message: Any, value: Any) -> None:
    message.array_value.SetInParent()
    for item in _objects(value, "values"):
        _value(message.array_value.values.add(), item)


def _kvlist(message: Any, value: Any) -> None:
    message.kvlist_value.SetInParent()
    _pairs(message.kvlist_value.values, _objects(value, "values"))


def _setter(name: str, convert: Callable[[Any], Any]) -> Callable[[Any, Any], None]:
    return lambda message, value: setattr(message, name, convert(value))


KINDS: dict[str, Callable[[Any, Any], None]] = {
    "stringValue": _setter("string_value", str),
    "intValue": _setter("int_value", int),
    "doubleValue": _setter("double_value", float),
    "boolValue": _setter("bool_value", bool),
    "bytesValue": _setter("bytes_value", base64.b64decode),
    "arrayValue": _array,
    "kvlistValue": _kvlist,
}


# --- what the library does not write ----------------------------------------------------------------

DELIMITED = 2
ARRAY, PAIRS, STRING = 5, 6, 1
TRACE_ID, SPAN_ID = b"\1" * 16, b"\2" * 8


def field(number: int, payload: bytes) -> bytes:
    """One field with its length before it, as it stands in a message."""
    length, rest = bytearray(), len(payload)
    while rest > 0x7F:
        length.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([number << 3 | DELIMITED, *length, rest]) + payload


def any_value(levels: list[bool], text: bytes = b"deep") -> bytes:
    """A text inside of as many lists (true) and pairs (false), the innermost first; no depth is too deep."""
    value = field(STRING, text)
    for is_list in levels:
        inner = field(1, value) if is_list else field(1, field(1, b"k") + field(2, value))
        value = field(ARRAY if is_list else PAIRS, inner)
    return value


def with_value(signal: str, value: bytes) -> bytes:
    """A request whose first item has the value as an attribute; of spans there is a second one, without."""
    pair = field(1, b"gen_ai.x") + field(2, value)
    if signal == "logs":
        items = field(2, field(6, pair) + field(9, TRACE_ID) + field(10, SPAN_ID))
    else:
        second = field(1, TRACE_ID) + field(2, b"\3" * 8)
        items = field(2, field(1, TRACE_ID) + field(2, SPAN_ID) + field(9, pair)) + field(2, second)
    return field(1, field(2, items))
