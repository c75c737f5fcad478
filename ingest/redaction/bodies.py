"""A request's bytes without private words: as many spans, sessions and scores as before, in the same format."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from ingest.receiving.binary import parse_logs, parse_spans
from ingest.receiving.halves import read_any_json
from ingest.redaction.rules import Redaction
from ingest.redaction.values import DEEPEST, FEWEST_DIGITS, TOO_DEEP, redact_string, redact_value

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
MULTIPART = "multipart/form-data"
LOGS = "logs"
BOUNDARY = re.compile(rb"\A(?:\r?\n)*--([^\r\n]{1,200})\r?\n")
LENGTH = re.compile(rb"(?i)(\r?\ncontent-length:[ \t]*)\d+|(; *length=)\d+")


def redact_body(redaction: Redaction, door: str, content_type: str, body: bytes) -> bytes:
    """The decompressed body that came through `door` without private words; itself where it has none."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == PROTOBUF:
        return _protobuf(redaction, door, body)
    if kind == MULTIPART:
        return _multipart(redaction, body)
    return _json(redaction, body)


def _json(redaction: Redaction, body: bytes) -> bytes:
    """One JSON value, or one per line; anything else as plain text."""
    try:
        return _written(redaction, body)
    except orjson.JSONDecodeError:
        return b"\n".join(_line(redaction, line) for line in body.split(b"\n"))


def _line(redaction: Redaction, line: bytes) -> bytes:
    try:
        return _written(redaction, line) if line.strip() else line
    except orjson.JSONDecodeError:
        return redaction.text(line.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _written(redaction: Redaction, written: bytes) -> bytes:
    value = read_any_json(written)
    new = redact_value(redaction, value)
    return written if new is value else orjson.dumps(new)


def _multipart(redaction: Redaction, body: bytes) -> bytes:
    """Each part by itself. A part's stated length is brought up to date, in whichever header it stands."""
    found = BOUNDARY.match(body)
    if found is None:
        return _line(redaction, body)
    mark = b"--" + found[1]
    first, *parts = body.split(mark)
    return mark.join([first, *(_part(redaction, part) for part in parts)])


def _part(redaction: Redaction, part: bytes) -> bytes:
    head, gap, content = part.partition(b"\r\n\r\n")
    if not gap:
        return part
    end = b"\r\n" if content.endswith(b"\r\n") else b""
    new = _json(redaction, content.removesuffix(end))
    length = str(len(new)).encode()
    head = LENGTH.sub(lambda found: (found[1] or found[2]) + length, head)
    return head + gap + new + end


def _protobuf(redaction: Redaction, door: str, body: bytes) -> bytes:
    """Written anew in any case: what our version of the format does not know would else be kept unread."""
    if door == LOGS:
        logs = parse_logs(body)
        _log_words(redaction, logs)
        logs.DiscardUnknownFields()
        return logs.SerializeToString()
    spans = parse_spans(body)
    _span_words(redaction, spans)
    spans.DiscardUnknownFields()
    return spans.SerializeToString()


def _span_words(redaction: Redaction, message: ExportTraceServiceRequest) -> None:
    for group in message.resource_spans:
        _resource(redaction, group)
        for scope in group.scope_spans:
            _scope(redaction, scope)
            for span in scope.spans:
                _fields(redaction, span, "name", "trace_state")
                _fields(redaction, span.status, "message")
                _pairs(redaction, span.attributes)
                for event in span.events:
                    _fields(redaction, event, "name")
                    _pairs(redaction, event.attributes)
                for link in span.links:
                    _fields(redaction, link, "trace_state")
                    _pairs(redaction, link.attributes)


def _log_words(redaction: Redaction, message: ExportLogsServiceRequest) -> None:
    for group in message.resource_logs:
        _resource(redaction, group)
        for scope in group.scope_logs:
            _scope(redaction, scope)
            for record in scope.log_records:
                _fields(redaction, record, "event_name", "severity_text")
                _pairs(redaction, record.attributes)
                _value(redaction, record.body, "", 0)


def _resource(redaction: Redaction, group: Any) -> None:
    """Of a group of spans or logs."""
    _fields(redaction, group, "schema_url")
    _pairs(redaction, group.resource.attributes)
    del group.resource.entity_refs[:]  # they only say which attributes are whose names, and nobody reads them


def _scope(redaction: Redaction, group: Any) -> None:
    _fields(redaction, group, "schema_url")
    _fields(redaction, group.scope, "name", "version")
    _pairs(redaction, group.scope.attributes)


def _fields(redaction: Redaction, message: Any, *names: str) -> None:
    for name in names:
        text = getattr(message, name)
        if text and (new := redaction.text(text)) is not text:
            setattr(message, name, new)


def _pairs(redaction: Redaction, pairs: Iterable[KeyValue], depth: int = 0) -> None:
    for pair in pairs:
        key = pair.key
        if (new := redaction.text(key)) != key:
            pair.key = new
        _value(redaction, pair.value, key, depth)


def _value(redaction: Redaction, value: AnyValue, name: str, depth: int) -> None:
    if depth >= DEEPEST:
        value.string_value = TOO_DEEP
        return
    kind = value.WhichOneof("value")
    change = CHANGES.get(kind or "")
    if change is not None:
        change(redaction, value, name, depth)


def _string(redaction: Redaction, value: AnyValue, name: str, depth: int) -> None:
    text = value.string_value
    new = redact_string(redaction, text, name=name, depth=depth)
    if new != text:
        value.string_value = new


def _bytes(redaction: Redaction, value: AnyValue, name: str, depth: int) -> None:
    text = value.bytes_value.decode("utf-8", "surrogateescape")
    new = redact_string(redaction, text, name=name, depth=depth)
    if new != text:
        value.bytes_value = new.encode("utf-8", "surrogateescape")


def _int(redaction: Redaction, value: AnyValue, name: str, _depth: int) -> None:
    if abs(value.int_value) >= FEWEST_DIGITS:
        written = str(value.int_value)
        if (new := redaction.named(name, written)) != written:
            value.string_value = new


def _array(redaction: Redaction, value: AnyValue, name: str, depth: int) -> None:
    for item in value.array_value.values:
        _value(redaction, item, name, depth + 1)


def _kvlist(redaction: Redaction, value: AnyValue, _name: str, depth: int) -> None:
    _pairs(redaction, value.kvlist_value.values, depth + 1)


CHANGES: dict[str, Callable[[Redaction, AnyValue, str, int], None]] = {
    "string_value": _string,
    "bytes_value": _bytes,
    "int_value": _int,
    "array_value": _array,
    "kvlist_value": _kvlist,
}
