"""Entries into rows: all at once, or, where one of them breaks that, each by itself."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone

from accounts.models import Project
from ingest.dialects.files import Entry
from ingest.importing.report import Stored
from ingest.models import Trace
from ingest.records import Contents, Refusal, ScoreRecord, SessionRecord, Telemetry
from ingest.storing import Delivery, Outcome, store
from traces.models import AgentSession

log = logging.getLogger(__name__)
Finish = Callable[[Stored], None]


class _Broken(Exception):
    """Some of the entries cannot be stored."""


def put(project: Project, entries: Sequence[Entry], finish: Finish) -> None:
    """Stores the entries; one that cannot be stored is refused. `finish` hears of them in the last transaction."""
    try:
        _put(project, entries, finish)
    except _Broken as error:
        log.warning("Entries could not be stored together: %s", error)
        _put_one_by_one(project, entries, finish)


def _put_one_by_one(project: Project, entries: Sequence[Entry], finish: Finish) -> None:
    total = Stored()

    def note(stored: Stored) -> None:
        nonlocal total
        total += stored

    for entry in entries:
        try:
            _put(project, [entry], note)
        except _Broken as error:
            note(Stored(refused=[Refusal(0, f"could not be stored: {error}")]))
    with transaction.atomic():
        finish(total)


def _put(project: Project, entries: Sequence[Entry], finish: Finish) -> None:
    contents = Contents(
        # A file holds what is over.
        sessions=tuple(replace(entry, closed=True) for entry in entries if isinstance(entry, SessionRecord)),
        spans=tuple(span for entry in entries if isinstance(entry, Telemetry) for span in entry.spans),
        logs=tuple(record for entry in entries if isinstance(entry, Telemetry) for record in entry.logs),
        scores=tuple(entry for entry in entries if isinstance(entry, ScoreRecord)),
    )
    has_stored = False

    def hear(outcomes: list[Outcome]) -> None:
        nonlocal has_stored
        has_stored = True
        AgentSession.objects.filter(pk__in=[outcome.session_id for outcome in outcomes]).update(closed=True)
        finish(
            Stored(
                outcomes=outcomes,
                concerned=_sessions_of(project, contents),
                scores=len(contents.scores) + sum(len(session.scores) for session in contents.sessions),
                refused=[entry for entry in entries if isinstance(entry, Refusal)],
            )
        )

    try:
        store(project, [Delivery(contents, timezone.now())], hear)
    except OperationalError:
        raise
    except (DatabaseError, ValueError, TypeError, RecursionError) as error:
        if has_stored:
            raise
        raise _Broken(f"{type(error).__name__}: {error}") from error


def _sessions_of(project: Project, contents: Contents) -> set[int]:
    """The sessions of this telemetry's traces, whether they changed or not."""
    trace_ids = {span.trace_id for span in contents.spans} | {record.trace_id for record in contents.logs}
    found = Trace.objects.filter(project=project, trace_id__in=trace_ids, session__isnull=False)
    return {session_id for session_id in found.values_list("session_id", flat=True) if session_id}
