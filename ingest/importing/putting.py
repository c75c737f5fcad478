"""Entries into rows: all at once, or, where one of them breaks that, each by itself."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone

from accounts.models import Project
from ingest.dialects.files import Entry
from ingest.importing.report import Stored
from ingest.models import Trace
from ingest.records import Refusal, ScoreRecord, SessionRecord, Telemetry
from ingest.storing import store_scores, store_sessions, store_telemetry
from traces.models import AgentSession

log = logging.getLogger(__name__)


def put(project: Project, entries: Sequence[Entry]) -> Stored:
    """Stores the entries; one that cannot be stored is refused. Call it in a transaction that holds the project."""
    try:
        with transaction.atomic():
            return _put(project, entries)
    except OperationalError:
        raise
    except (DatabaseError, ValueError, TypeError, RecursionError) as error:
        log.warning("Entries could not be stored together: %s", error)
        if len(entries) == 1:
            return Stored(refused=[Refusal(0, f"could not be stored: {error}")])
    return sum((put(project, [entry]) for entry in entries), Stored())


def _put(project: Project, entries: Sequence[Entry]) -> Stored:
    now = timezone.now()
    sessions = [replace(entry, closed=True) for entry in entries if isinstance(entry, SessionRecord)]
    scores = [entry for entry in entries if isinstance(entry, ScoreRecord)]
    telemetry = [entry for entry in entries if isinstance(entry, Telemetry)]
    stored = Stored(
        outcomes=store_sessions(project, sessions, now),
        scores=len(scores) + sum(len(session.scores) for session in sessions),
        refused=[entry for entry in entries if isinstance(entry, Refusal)],
    )
    if telemetry:
        spans = [span for found in telemetry for span in found.spans]
        logs = [record for found in telemetry for record in found.logs]
        outcomes = store_telemetry(project, spans, logs, now)
        # A file holds what is over.
        AgentSession.objects.filter(pk__in=[outcome.session_id for outcome in outcomes]).update(closed=True)
        stored.outcomes += outcomes
        stored.concerned = _sessions_of(project, {record.trace_id for record in (*spans, *logs)})
    store_scores(project, scores)
    return stored


def _sessions_of(project: Project, trace_ids: Iterable[str]) -> set[int]:
    """The sessions of these traces, whether they changed or not."""
    found = Trace.objects.filter(project=project, trace_id__in=trace_ids, session__isnull=False)
    return {session_id for session_id in found.values_list("session_id", flat=True) if session_id}
