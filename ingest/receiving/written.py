"""OTLP as JSON, walked by hand: protobuf's own JSON reader takes the hex ids for base64 and mangles them silently."""

import math
from collections.abc import Callable, Iterable
from typing import Any

from ingest.receiving.checking import logs_only, spans_only
from ingest.receiving.errors import Unreadable
from ingest.receiving.halves import parse_body
from ingest.receiving.limits import (
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_EVENTS,
    MAX_ITEMS,
    MAX_KEY,
    MAX_LINKS,
    Cutter,
    is_plain,
)
from ingest.records import EventRecord, LogRecord, SpanRecord, Telemetry

ERROR_CODES = (2, "2", "STATUS_CODE_ERROR", "ERROR")
MAX_NS = 2**63 - 1


def read_json(signal: str, body: bytes) -> Telemetry:
    """The spans or logs of an export request; Unreadable naming the field that is not as OTLP has it."""
    return read_value(signal, parse_body(body))


def read_value(signal: str, request: Any) -> Telemetry:
    """The same for a body that has been parsed."""
    if not isinstance(request, dict):
        raise Unreadable("The body must be a JSON object.")
    if signal == "logs":
        return logs_only(_logs(request))
    return spans_only(_spans(request))


def _spans(request: dict[str, Any]) -> Iterable[SpanRecord]:
    for group, path in _objects(request, "resourceSpans", ""):
        resource = _resource(group, path)
        for scope, scope_path in _objects(group, "scopeSpans", path):
            name = str(_object(scope, "scope", scope_path).get("name", ""))
            for span, span_path in _objects(scope, "spans", scope_path):
                yield _span(span, span_path, resource, name)


def _resource(group: dict[str, Any], path: str) -> dict[str, Any]:
    return _attributes(_object(group, "resource", path), f"{path}.resource", Cutter())


def _span(span: dict[str, Any], path: str, resource: dict[str, Any], scope: str) -> SpanRecord:
    cutter = Cutter()
    status = _object(span, "status", path)
    events = cutter.take(_objects(span, "events", path), MAX_EVENTS)
    links = cutter.take(_objects(span, "links", path), MAX_LINKS)
    return SpanRecord(
        trace_id=_id(span, "traceId", path),
        span_id=_id(span, "spanId", path),
        parent_id=_id(span, "parentSpanId", path),
        name=cutter.text(str(span.get("name", "")), MAX_KEY),
        start_ns=_nanoseconds(span, "startTimeUnixNano", path),
        end_ns=_nanoseconds(span, "endTimeUnixNano", path),
        attributes=_attributes(span, path, cutter),
        events=tuple(_event(event, event_path, cutter) for event, event_path in events),
        links=tuple((_id(link, "traceId", at), _id(link, "spanId", at)) for link, at in links),
        failed=status.get("code") in ERROR_CODES,
        message=cutter.text(str(status.get("message", ""))),
        resource=resource,
        scope=cutter.text(scope, MAX_KEY),
        flags=cutter.flags,
    )


def _event(event: dict[str, Any], path: str, cutter: Cutter) -> EventRecord:
    name = cutter.text(str(event.get("name", "")), MAX_KEY)
    return EventRecord(name, _nanoseconds(event, "timeUnixNano", path), _attributes(event, path, cutter))


def _logs(request: dict[str, Any]) -> Iterable[LogRecord]:
    for group, path in _objects(request, "resourceLogs", ""):
        for scope, scope_path in _objects(group, "scopeLogs", path):
            for record, record_path in _objects(scope, "logRecords", scope_path):
                yield _log(record, record_path)


def _log(record: dict[str, Any], path: str) -> LogRecord:
    cutter = Cutter()
    attributes = _attributes(record, path, cutter)
    time_ns = _nanoseconds(record, "timeUnixNano", path) or _nanoseconds(record, "observedTimeUnixNano", path)
    return LogRecord(
        trace_id=_id(record, "traceId", path),
        span_id=_id(record, "spanId", path),
        event_name=cutter.text(str(record.get("eventName") or attributes.get("event.name", "")), MAX_KEY),
        time_ns=time_ns,
        attributes=attributes,
        body=_value(record.get("body"), f"{path}.body", cutter),
    )


def _objects(parent: dict[str, Any], key: str, path: str) -> Iterable[tuple[dict[str, Any], str]]:
    """The objects of the list `key`, each with its path."""
    for index, item in enumerate(_listed(parent.get(key), key, path)):
        yield item, f"{_here(key, path)}.{index}"


def _listed(items: Any, key: str, path: str) -> Iterable[dict[str, Any]]:
    if items is None:
        return
    if not isinstance(items, list):
        raise Unreadable(f"{_here(key, path)} must be a list, not {_kind(items)}.")
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise Unreadable(f"{_here(key, path)}.{index} must be an object, not {_kind(item)}.")
        yield item


def _here(key: str, path: str) -> str:
    return f"{path}.{key}".lstrip(".")


def _object(parent: dict[str, Any], key: str, path: str) -> dict[str, Any]:
    value = parent.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable(f"{path}.{key} must be an object, not {_kind(value)}.")
    return value


def _id(parent: dict[str, Any], key: str, path: str) -> str:
    value = parent.get(key) or ""
    if not isinstance(value, str):
        raise Unreadable(f"{path}.{key} must be hex in a string, not {_kind(value)}.")
    return value.lower().replace("\x00", "\ufffd")


def _nanoseconds(parent: dict[str, Any], key: str, path: str) -> int:
    value = parent.get(key) or 0
    number = _integer(value, f"{path}.{key}")
    return number if -MAX_NS <= number <= MAX_NS else 0


def _integer(value: Any, path: str) -> int:
    """OTLP writes 64-bit integers as strings; some clients write numbers. Both are taken."""
    try:
        if isinstance(value, int | str) and not isinstance(value, bool):
            return int(value)
        if isinstance(value, float) and math.isfinite(value):
            return int(value)
    except ValueError:
        pass
    raise Unreadable(f"{path} must be a whole number, not {str(value)[:40]!r}.")


def _attributes(
    parent: dict[str, Any], path: str, cutter: Cutter, key: str = "attributes", depth: int = 0
) -> dict[str, Any]:
    pairs = parent.get(key)
    if isinstance(pairs, dict):
        raise Unreadable(
            f'{path}.{key} must be a list such as [{{"key": "k", "value": {{"stringValue": "v"}}}}], not an object.'
        )
    found: dict[str, Any] = {}
    for index, pair in enumerate(_listed(pairs, key, path)):
        if index == MAX_ATTRIBUTES:
            cutter.has_cut = True
            break
        if name := pair.get("key"):
            said = pair.get("value")
            # Nearly all are strings; only of the others a path may be needed, for what is wrong with them.
            text = said.get("stringValue") if isinstance(said, dict) and depth < MAX_DEPTH else None
            is_ready = isinstance(text, str) and is_plain(text)
            name = name if isinstance(name, str) and is_plain(name, MAX_KEY) else cutter.text(str(name), MAX_KEY)
            found[name] = text if is_ready else _value(said, f"{_here(key, path)}.{index}.value", cutter, depth)
    return found


def _value(value: Any, path: str, cutter: Cutter, depth: int = 0) -> Any:
    """An AnyValue; None for `{}` and for kinds that do not exist yet."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Unreadable(f'{path} must be an object such as {{"stringValue": "v"}}, not {_kind(value)}.')
    if depth >= MAX_DEPTH:
        cutter.has_cut = True
        return "…"
    for kind, read in READERS.items():
        if value.get(kind) is not None:
            return read(value[kind], path, cutter, depth)
    return None


def _array(value: Any, path: str, cutter: Cutter, depth: int) -> list[Any]:
    if not isinstance(value, dict):
        raise Unreadable(f"{path}.arrayValue must be an object with values.")
    values = value.get("values") or []
    if not isinstance(values, list):
        raise Unreadable(f"{path}.arrayValue.values must be a list, not {_kind(values)}.")
    items = cutter.take(values, MAX_ITEMS)
    return [_value(item, f"{path}.arrayValue.{index}", cutter, depth + 1) for index, item in enumerate(items)]


def _kvlist(value: Any, path: str, cutter: Cutter, depth: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable(f"{path}.kvlistValue must be an object with values.")
    return _attributes(value, f"{path}.kvlistValue", cutter, "values", depth + 1)


def _int64(value: Any, path: str, _cutter: Cutter, _depth: int) -> int | str:
    number = _integer(value, f"{path}.intValue")
    return number if -MAX_NS <= number <= MAX_NS else str(number)


def _double(value: Any, path: str, _cutter: Cutter, _depth: int) -> float | None:
    """A finite number; NaN and infinities say nothing that could be added up, so they are null."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise Unreadable(f"{path}.doubleValue must be a number, not {str(value)[:40]!r}.") from None
    return number if math.isfinite(number) else None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a truth value"}
    return names.get(type(value), "a number")


def _string(value: Any, _path: str, cutter: Cutter, _depth: int) -> str:
    return cutter.text(value if isinstance(value, str) else str(value))


def _bool(value: Any, _path: str, _cutter: Cutter, _depth: int) -> bool:
    return value is True or value == "true"


READERS: dict[str, Callable[[Any, str, Cutter, int], Any]] = {
    "stringValue": _string,
    "intValue": _int64,
    "boolValue": _bool,
    "doubleValue": _double,
    "arrayValue": _array,
    "kvlistValue": _kvlist,
    "bytesValue": _string,
}
