"""From the bytes of a request to plain records, without a database. Raises Unreadable in words for the sender."""

from ingest.receiving.binary import check_protobuf_spans, read_protobuf
from ingest.receiving.compression import decompress
from ingest.receiving.crowds import refuse_crowds
from ingest.receiving.errors import TooLarge, Unreadable, Unsupported
from ingest.receiving.written import read_json
from ingest.records import Checked, Telemetry

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
READERS = {PROTOBUF: read_protobuf, JSON: read_json}

__all__ = ["JSON", "PROTOBUF", "TooLarge", "Unreadable", "Unsupported", "check", "decode", "decompress", "media_type"]


def media_type(content_type: str) -> str:
    """The type without its parameters, protobuf under its one name; Unsupported for one that we do not read."""
    kind = content_type.partition(";")[0].strip().lower()
    kind = PROTOBUF if kind == "application/protobuf" else kind
    if kind not in READERS:
        raise Unsupported(f"Content-Type {kind or 'missing'!r} is not read here; send {PROTOBUF} or {JSON}.")
    return kind


def decode(signal: str, kind: str, body: bytes) -> Telemetry:
    """What a decompressed OTLP body of `signal` (traces or logs) holds. An empty body holds nothing.

    Raises Unreadable, or TooLarge for more spans and records than anybody sends.
    """
    if kind == PROTOBUF:
        refuse_crowds(body)
    return READERS[kind](signal, body) if body else Telemetry()


def check(signal: str, kind: str, body: bytes) -> Checked:
    """What `decode` would find: how much can be taken, and why the rest cannot. Raises what that would raise."""
    if body and kind == PROTOBUF and signal != "logs":
        refuse_crowds(body)
        return check_protobuf_spans(body)
    found = decode(signal, kind, body)
    return Checked(len(found.spans) + len(found.logs), found.rejected, found.reasons)
