"""OTLP as JSON in a file, as collectors write it: one export request, or one per line."""

from collections.abc import Iterable
from typing import Any

from ingest.dialects.files import Entry, FileFormat
from ingest.receiving import Unreadable
from ingest.receiving.written import read_value
from ingest.records import Refusal

SIGNALS = {"resourceSpans": "traces", "resourceLogs": "logs"}
TEMPO = "batches"  # what Grafana Tempo calls resourceSpans


def _is_export(value: Any) -> bool:
    return isinstance(value, dict) and (any(key in value for key in SIGNALS) or _is_tempos(value))


def _is_tempos(value: dict[str, Any]) -> bool:
    batches = value.get(TEMPO)
    return isinstance(batches, list) and bool(batches) and isinstance(batches[0], dict) and "scopeSpans" in batches[0]


def _read(value: Any, line: int) -> Iterable[Entry]:
    if TEMPO in value:
        value = {"resourceSpans": value[TEMPO], **value}
    for key, signal in SIGNALS.items():
        if key not in value:
            continue
        try:
            found = read_value(signal, value)
        except Unreadable as error:
            yield Refusal(line, str(error))
            continue
        yield found
        yield from (Refusal(line, reason) for reason in found.reasons)


FORMAT = FileFormat(name="otlp", rank=10, recognises=_is_export, read=_read)
