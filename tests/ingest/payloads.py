"""Requests as real clients sent them, and short ways to make one's own."""

import gzip
import json
from pathlib import Path
from typing import Any

from django.test import Client

from tests.conftest import SHARED_DATA

OTLP = SHARED_DATA / "otlp"
EDGE = OTLP / "edge"
TRACE = "a" * 32
JSON = "application/json"
PROTOBUF = "application/x-protobuf"


def captured(folder: str, number: int) -> tuple[str, bytes, dict[str, str]]:
    """Path, raw body and headers of the captured request."""
    body = next((OTLP / folder).glob(f"{number:03}_*.bin"))
    told = json.loads(Path(str(body).removesuffix(".bin") + ".headers.json").read_text())
    headers = {name.lower(): value for name, value in told["headers"]}
    return told["path"], body.read_bytes(), headers


def replay(client: Client, secret: str, folder: str, number: int) -> Any:
    """Sends a captured request again, with a key that is good here."""
    path, body, headers = captured(folder, number)
    return post(client, secret, path, body, headers["content-type"], headers.get("content-encoding", ""))


def post(client: Client, secret: str, path: str, body: bytes, content_type: str = JSON, encoding: str = "") -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    if encoding:
        headers["Content-Encoding"] = encoding
    # Django's client leaves the type out where there is no body; real clients send it.
    return client.post(path, body, content_type=content_type, headers=headers, CONTENT_TYPE=content_type)


def attribute(key: str, value: Any) -> dict[str, Any]:
    kind = {bool: "boolValue", int: "intValue", float: "doubleValue"}.get(type(value), "stringValue")
    return {"key": key, "value": {kind: value}}


def span(number: int, *, parent: int = 0, trace: str = TRACE, **fields: Any) -> dict[str, Any]:
    """A span of one second that starts at second `number` of a fixed day."""
    start = 1_795_000_000_000_000_000 + number * 1_000_000_000
    attributes = [attribute(key, value) for key, value in fields.pop("attributes", {}).items()]
    return {
        "traceId": trace,
        "spanId": f"{number:016x}",
        "parentSpanId": f"{parent:016x}" if parent else "",
        "name": f"span {number}",
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + 1_000_000_000),
        "attributes": attributes,
        **fields,
    }


def export(*spans: dict[str, Any]) -> bytes:
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}).encode()


def bomb(size: int) -> bytes:
    return gzip.compress(b"0" * size)
