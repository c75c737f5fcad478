"""The body of a raw batch as plain records: one reader for each door."""

from collections.abc import Callable, Iterable
from typing import Any

from ingest.dialects import langfuse_events, langfuse_scores, langsmith_batches, our_scores, ours, phoenix_annotations
from ingest.dialects.command_line import span_of_log, tells_a_step
from ingest.dialects.reader import read_entries
from ingest.receiving import decode
from ingest.records import Contents, Refusal, ScoreRecord, SessionRecord, SpanRecord

TRACES = "traces"
LOGS = "logs"
SESSIONS = "sessions"
SCORES = "scores"
LANGFUSE_SCORES = "langfuse_scores"
LANGFUSE_EVENTS = "langfuse_events"
PHOENIX = "phoenix"
LANGSMITH = "langsmith"


def read_batch(door: str, content_type: str, body: bytes) -> Contents:
    """What a decompressed body that came through `door` holds."""
    return READERS[door](content_type, body)


def _telemetry(signal: str) -> Callable[[str, bytes], Contents]:
    def read(content_type: str, body: bytes) -> Contents:
        found = decode(signal, content_type, body)
        alone = tuple(span_of_log(log) for log in found.logs if tells_a_step(log))
        return Contents(spans=found.spans + alone, logs=tuple(log for log in found.logs if not tells_a_step(log)))

    return read


def contents_of(entries: Iterable[Any]) -> Contents:
    """Records and refusals, each with its kind."""
    entries = list(entries)
    return Contents(
        spans=tuple(entry for entry in entries if isinstance(entry, SpanRecord)),
        sessions=tuple(entry for entry in entries if isinstance(entry, SessionRecord)),
        scores=tuple(entry for entry in entries if isinstance(entry, ScoreRecord)),
        refused=tuple(entry for entry in entries if isinstance(entry, Refusal)),
    )


def read_langfuse_scores(content_type: str, body: bytes) -> list[ScoreRecord | Refusal]:
    """Langfuse's scores: one, or a list of them."""
    return read_entries(body, content_type, lambda value, line: [langfuse_scores.score_of(value, line)])


READERS: dict[str, Callable[[str, bytes], Contents]] = {
    TRACES: _telemetry(TRACES),
    LOGS: _telemetry(LOGS),
    SESSIONS: lambda kind, body: contents_of(ours.read_body(body, kind)),
    SCORES: lambda kind, body: contents_of(our_scores.read_scores(body, kind)),
    LANGFUSE_SCORES: lambda kind, body: contents_of(read_langfuse_scores(kind, body)),
    LANGFUSE_EVENTS: lambda _, body: contents_of(event.holds for event in langfuse_events.read_events(body)),
    PHOENIX: lambda _, body: contents_of(phoenix_annotations.read_annotations(body)),
    LANGSMITH: lambda _, body: contents_of(langsmith_batches.read_runs(body)),
}
