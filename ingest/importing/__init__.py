"""Sessions out of files: the format is recognised by content, good entries are stored, bad ones are named."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from accounts.models import Project
from common.doorbell import ring
from ingest.dialects.files import Entry
from ingest.importing.parsing import values
from ingest.importing.privacy import Privacy
from ingest.importing.putting import put
from ingest.importing.recognising import Reader, format_names
from ingest.importing.report import ImportReport, Stored
from ingest.importing.unpacking import Member, members
from ingest.receiving.errors import TooLarge, Unreadable
from ingest.records import Refusal, SessionRecord, Telemetry
from traces.tasks import sweep as settle

__all__ = ["ImportReport", "Progress", "format_names", "import_file", "import_stream"]

# Steps, spans and scores of one transaction: large enough to be quick, short enough to let others write.
CHUNK = 1_000
# No more than fifty sessions at once: what is written in one go is all there or not.
LIGHTEST = CHUNK // 50


@dataclass(frozen=True)
class Progress:
    """How far an import has come: entries dealt with, and bytes of the file (as it lies there) read."""

    entries: int
    bytes_read: int


Hear = Callable[[ImportReport, Progress], None]


def import_file(project: Project, path: Path, progress: Hear | None = None, file_format: str = "") -> ImportReport:
    """Stores what the file holds; running it again adds nothing. See `import_stream`."""
    with Path(path).open("rb") as file:
        return import_stream(project, file, progress, file_format=file_format)


def import_stream(
    project: Project,
    file: IO[bytes],
    progress: Hear | None = None,
    *,
    file_format: str = "",
    skip: int = 0,
    report: ImportReport | None = None,
) -> ImportReport:
    """Stores what a seekable file holds, packed or not, chunk by chunk.

    `progress` is called in the last transaction of each chunk, so that a mark which it writes is true: an import that
    ended early goes on with `skip` entries and that chunk's `report`. `file_format`: the only one to read; "" for any.
    """
    report = report or ImportReport()
    privacy = Privacy(project)
    seen = 0
    for chunk in _chunks(_entries(file, Reader(file_format), privacy)):
        seen += len(chunk)
        if seen > skip:
            _store(project, chunk[skip - seen :], report, privacy, progress, Progress(seen, file.tell()))
    ring(settle)
    return report


def _entries(file: IO[bytes], reader: Reader, privacy: Privacy) -> Iterator[Entry]:
    try:
        for member in members(file, settings.MAX_UNPACKED_BYTES):
            if isinstance(member, Refusal):
                yield member
            else:
                yield from _of_member(member, reader, privacy)
    except (TooLarge, Unreadable) as error:
        yield Refusal(0, str(error))


def _of_member(member: Member, reader: Reader, privacy: Privacy) -> Iterator[Entry]:
    """The entries of one file of data; one that breaks in the middle does not cost those of the next one."""
    try:
        for entry in reader.entries(privacy.cleaned(values(member.open))):
            yield _named(entry, member.name) if isinstance(entry, Refusal) and member.name else entry
    except Unreadable as error:
        yield Refusal(0, f"{member.name}: {error}" if member.name else str(error))


def _named(refusal: Refusal, name: str) -> Refusal:
    """A refusal that says in which file of an archive its line stands."""
    return Refusal(0, f"{name}: {refusal}")


def _chunks(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    chunk: list[Entry] = []
    weight = 0
    for entry in entries:
        chunk.append(entry)
        weight += _weight(entry)
        if weight >= CHUNK:
            yield chunk
            chunk, weight = [], 0
    if chunk:
        yield chunk


def _weight(entry: Entry) -> int:
    if isinstance(entry, SessionRecord):
        return max(LIGHTEST, len(entry.steps))
    return 1 + len(entry.spans) + len(entry.logs) if isinstance(entry, Telemetry) else 1


def _store(
    project: Project, entries: list[Entry], report: ImportReport, privacy: Privacy, hear: Hear | None, done: Progress
) -> None:
    def finish(stored: Stored) -> None:
        report.add(stored)
        privacy.count()
        if hear is not None:
            hear(report, done)

    put(project, entries, finish)
