"""OTLP as JSON in a file, as collectors write it: one export request, or one per line."""

from collections.abc import Iterable
from typing import Any

from ingest.dialects.files import Entry, FileFormat
from ingest.receiving import Unreadable
from ingest.receiving.written import read_value
from ingest.records import Refusal

SIGNALS = {"resourceSpans": "traces", "resourceLogs": "logs"}


def _is_export(value: Any) -> bool:
    return isinstance(value, dict) and any(key in value for key in SIGNALS)


def _read(value: Any, line: int) -> Iterable[Entry]:
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
