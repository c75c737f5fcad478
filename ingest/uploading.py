"""Uploaded files become sessions: a worker takes one with a lease, and goes on where a dead one stopped."""

import logging
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from typing import IO, Any

from django.db import OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import Project, User
from common.compression import compress, decompress
from ingest.importing import ImportReport, Progress, import_stream
from ingest.models import BatchState, Upload, UploadChunk

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
RETRY_AFTER = timedelta(seconds=10)
MOST_CLAIMS = 5
DEADLY = f"Its worker ended {MOST_CLAIMS} times while reading it."
BROKE_OFF = "The upload broke off before the whole file was here. Remove it and send the file again."
NOTHING = "The file holds no sessions."


class TakenAwayError(Exception):
    """Another worker holds the upload now, or somebody removed it."""


def keep_pieces(project: Project, user: User, name: str, pieces: Iterable[bytes]) -> Upload:
    """Stores a file piece by piece as it comes. Until all of it is here its size is 0, and no worker takes it."""
    upload = Upload.objects.create(project=project, user=user, file_name=name, claimed_until=timezone.now() + LEASE)
    size = 0
    try:
        for number, piece in enumerate(pieces):
            UploadChunk.objects.create(upload=upload, number=number, body=compress(piece))
            Upload.objects.filter(pk=upload.pk).update(claimed_until=timezone.now() + LEASE)
            size += len(piece)
    except BaseException:
        upload.delete()
        raise
    upload.size, upload.claimed_until = size, None
    upload.save(update_fields=["size", "claimed_until"])
    return upload


def has_free_uploads() -> bool:
    """Whether an upload waits and none is being imported: one at a time, because the doors need workers as well."""
    return _free().exists() and not _running().exists()


def import_waiting() -> bool:
    """Imports the upload that waits longest; False when there is nothing to do."""
    upload = _claim() if has_free_uploads() else None
    if upload is None:
        return False
    try:
        _import(upload)
    except TakenAwayError:
        log.info("Upload %s was taken away from this worker.", upload.pk)
    except OperationalError as error:
        log.warning("The database is busy (%s). Upload %s waits.", error, upload.pk)
        _mine(upload).update(claimed_until=timezone.now() + RETRY_AFTER)
    except Exception as error:  # whatever a file breaks, it is kept with its reason and the others go on
        log.exception("Upload %s could not be imported.", upload.pk)
        _fail(upload, f"{type(error).__name__}: {error}")
    return True


def _free() -> QuerySet[Upload]:
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    return Upload.objects.filter(free, state=BatchState.WAITING)


def _running() -> QuerySet[Upload]:
    return Upload.objects.filter(state=BatchState.WAITING, size__gt=0, claimed_until__gte=timezone.now())


def _claim() -> Upload | None:
    """One conditional UPDATE takes it; the number of attempts then tells whose grip counts."""
    upload = _free().order_by("pk").first()
    if upload is None:
        return None
    mine = _free().filter(pk=upload.pk, attempts=upload.attempts)
    if not mine.update(claimed_until=timezone.now() + LEASE, attempts=F("attempts") + 1):
        return None
    upload.attempts += 1
    problem = BROKE_OFF if not upload.size else DEADLY if upload.attempts > MOST_CLAIMS else ""
    if problem:
        _fail(upload, problem)
        return None
    return upload


def _mine(upload: Upload) -> QuerySet[Upload]:
    return Upload.objects.filter(pk=upload.pk, attempts=upload.attempts, state=BatchState.WAITING)


def _import(upload: Upload) -> None:
    def hear(report: ImportReport, done: Progress) -> None:
        _write(upload, entries_seen=done.entries, bytes_seen=done.bytes_read, report=report.as_json())

    with tempfile.TemporaryFile() as file:
        _put_together(upload, file)
        report = import_stream(
            upload.project,
            file,
            hear,
            file_format=upload.file_format,
            skip=upload.entries_seen,
            report=ImportReport.from_json(upload.report),
        )
    _finish(upload, report)


def _put_together(upload: Upload, file: IO[bytes]) -> None:
    """The pieces as one file on this machine's disk: an archive is read from its end."""
    for chunk in UploadChunk.objects.filter(upload=upload).order_by("number").iterator(chunk_size=1):
        file.write(decompress(chunk.body))
    file.seek(0)


def _write(upload: Upload, **values: Any) -> None:
    """Notes how far it has come, and holds on to it. Raises TakenAwayError when it is no longer this worker's."""
    if not _mine(upload).update(claimed_until=timezone.now() + LEASE, **values):
        raise TakenAwayError


def _finish(upload: Upload, report: ImportReport) -> None:
    found = report.sessions_added + report.sessions_changed + report.sessions_unchanged + report.scores
    if not found:
        _write(upload, report=report.as_json())
        _fail(upload, _reason(report))
        return
    with transaction.atomic():
        _write(upload, report=report.as_json(), bytes_seen=upload.size)
        _mine(upload).update(state=BatchState.DONE, claimed_until=None, finished_at=timezone.now(), reason="")
        UploadChunk.objects.filter(upload=upload).delete()


def _reason(report: ImportReport) -> str:
    """Why nothing came of a file: what was refused first."""
    if not report.refused:
        return NOTHING
    first = report.refused[0]
    return str(first) if first.line or first.field else f"The file {first.message}."


def _fail(upload: Upload, reason: str) -> None:
    """It stays with its pieces and its reason until somebody lets it be read again or removes it."""
    _mine(upload).update(
        state=BatchState.FAILED,
        claimed_until=None,
        finished_at=timezone.now(),
        reason=reason[:2000].replace("\x00", "\ufffd"),
    )
