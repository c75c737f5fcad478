"""What a file format is: how it is recognised by its content, and how it becomes records."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ingest.records import Refusal, SessionRecord, Telemetry

Entry = SessionRecord | Telemetry | Refusal


@dataclass(frozen=True)
class FileFormat:
    """`recognises` sees one parsed value (a whole file, or one line) and must be quick and sure.

    `read` gets the value and its line (0 = the whole file) and names each part that it cannot take.
    """

    name: str
    rank: int
    recognises: Callable[[Any], bool]
    read: Callable[[Any, int], Iterable[Entry]]
