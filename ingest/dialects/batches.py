"""The body of a raw batch as plain records: one reader for each door."""

from collections.abc import Callable

from ingest.dialects import ours
from ingest.receiving import decode
from ingest.records import Contents, Refusal, SessionRecord

TRACES = "traces"
LOGS = "logs"
SESSIONS = "sessions"


def read_batch(door: str, content_type: str, body: bytes) -> Contents:
    """What a decompressed body that came through `door` holds."""
    return READERS[door](content_type, body)


def _telemetry(signal: str) -> Callable[[str, bytes], Contents]:
    def read(content_type: str, body: bytes) -> Contents:
        found = decode(signal, content_type, body)
        return Contents(spans=found.spans, logs=found.logs)

    return read


def _sessions(content_type: str, body: bytes) -> Contents:
    entries = ours.read_body(body, content_type)
    return Contents(
        sessions=tuple(entry for entry in entries if isinstance(entry, SessionRecord)),
        refused=tuple(entry for entry in entries if isinstance(entry, Refusal)),
    )


READERS: dict[str, Callable[[str, bytes], Contents]] = {
    TRACES: _telemetry(TRACES),
    LOGS: _telemetry(LOGS),
    SESSIONS: _sessions,
}
