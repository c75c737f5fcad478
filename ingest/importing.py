"""Sessions out of files: the format is recognised by content, good entries are stored, bad ones are named."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from accounts.models import Project
from common.doorbell import ring
from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.registry import members
from ingest.records import Refusal, SessionRecord, Telemetry
from ingest.storing import Outcome, store_sessions, store_telemetry
from traces.models import AgentSession
from traces.tasks import sweep as settle

CHUNK = 20
UNKNOWN = "is in no format that is known here"


@dataclass
class ImportReport:
    """What an import did. Sessions that were here already with the same content are `unchanged`."""

    sessions_added: int = 0
    sessions_changed: int = 0
    sessions_unchanged: int = 0
    steps_added: int = 0
    steps_removed: int = 0
    refused: list[Refusal] = field(default_factory=list)

    def count(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            self.sessions_added += outcome.added
            self.sessions_changed += outcome.changed
            self.sessions_unchanged += not outcome.added and not outcome.changed
            self.steps_added += outcome.steps_added
            self.steps_removed += outcome.steps_removed


def import_file(project: Project, path: Path, progress: Callable[[int], None] | None = None) -> ImportReport:
    """Stores what the file holds; running it again adds nothing. `progress` hears the number of entries so far."""
    report = ImportReport()
    entries = _entries(Path(path))
    seen = 0
    while chunk := list(islice(entries, CHUNK)):
        _store(project, chunk, report)
        seen += len(chunk)
        if progress is not None:
            progress(seen)
    ring(settle)
    return report


def _store(project: Project, entries: list[Entry], report: ImportReport) -> None:
    now = timezone.now()
    report.refused += [entry for entry in entries if isinstance(entry, Refusal)]
    sessions = [replace(entry, closed=True) for entry in entries if isinstance(entry, SessionRecord)]
    telemetry = [entry for entry in entries if isinstance(entry, Telemetry)]
    with transaction.atomic():
        locked = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        report.count(store_sessions(locked, sessions, now))
        if telemetry:
            spans = [span for found in telemetry for span in found.spans]
            logs = [log for found in telemetry for log in found.logs]
            outcomes = store_telemetry(locked, spans, logs, now)
            AgentSession.objects.filter(pk__in=[outcome.session_id for outcome in outcomes]).update(closed=True)
            report.count(outcomes)


def _entries(path: Path) -> Iterator[Entry]:
    for value, line in _values(path):
        if isinstance(value, Refusal):
            yield value
            continue
        known = next((candidate for candidate in formats() if candidate.recognises(value)), None)
        if known is None:
            yield Refusal(line, UNKNOWN)
        else:
            yield from known.read(value, line)


@cache
def formats() -> tuple[FileFormat, ...]:
    """All formats; those that are surest of their own come first."""
    found: list[FileFormat] = members("FORMAT")
    return tuple(sorted(found, key=lambda one: one.rank))


def _values(path: Path) -> Iterator[tuple[Any, int]]:
    """The file's parsed values with their lines: line 0 is the whole file; JSON lines come one by one."""
    if not _is_lines(path):
        yield _parse(path.read_bytes(), 0), 0
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _parse(line, number), number


def _is_lines(path: Path) -> bool:
    """Whether the lines make sense one by one: of several, one of the first two is a whole object."""
    with path.open("rb") as file:
        first = list(islice((line.strip() for line in file if line.strip()), 2))
    return len(first) > 1 and any(isinstance(_parse(line, 0), dict | list) and line[-1:] in b"}]" for line in first)


def _parse(data: bytes, line: int) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return Refusal(line, f"is no JSON: {error}")
