"""What a file format is: how it is recognised by its content, and how it becomes records."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ingest.records import Refusal, ScoreRecord, SessionRecord, Telemetry

Entry = SessionRecord | Telemetry | ScoreRecord | Refusal


@dataclass(frozen=True)
class FileFormat:
    """`recognises` sees one parsed value (a whole file, one line, one item of a list) and must be quick and sure.

    `read` gets the value and its line (0 = the whole file) and names each part that it cannot take. Where it `gathers`,
    the values of a file belong together: it gets all of them as one list.
    """

    name: str
    rank: int
    recognises: Callable[[Any], bool]
    read: Callable[[Any, int], Iterable[Entry]]
    gathers: bool = False
