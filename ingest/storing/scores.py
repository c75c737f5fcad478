"""Scores into rows. One may come before its session: it is kept, and finds the session later."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from accounts.models import Project
from ingest.models import Trace
from ingest.records import ScoreRecord
from ingest.storing.fitting import shorten
from traces.models import AgentSession, Score

TARGET = ["external_id", "trace_id", "span_id", "response_id"]
UPDATED = [*TARGET, "name", "value", "label", "explanation", "author", "annotator_kind"]


def store_scores(project: Project, records: Sequence[ScoreRecord]) -> None:
    """Stores the scores; one that came before is brought up to date. Those whose session is there are joined to it."""
    rows = {record.identity: Score(project=project, **_values(record)) for record in records}
    if not rows:
        return
    Score.objects.bulk_create(
        list(rows.values()), update_conflicts=True, unique_fields=["project", "identity"], update_fields=UPDATED
    )
    traces = Trace.objects.filter(project=project, trace_id__in={row.trace_id for row in rows.values() if row.trace_id})
    names = {row.external_id for row in rows.values() if row.external_id}
    wanted = Q(pk__in=traces.values("session")) | Q(external_id__in=names)
    resolve_scores(project, AgentSession.objects.filter(wanted, project=project))


def _values(record: ScoreRecord) -> dict[str, Any]:
    return {
        "identity": record.identity,
        "external_id": record.external_id[:200],
        "trace_id": record.trace_id[:32],
        "span_id": record.span_id[:16],
        "response_id": record.response_id[:100].replace("\x00", "\ufffd"),
        "name": shorten(record.name, 120),
        "value": record.value,
        "label": shorten(record.label, 200),
        "explanation": record.explanation[:20_000].replace("\x00", "\ufffd"),
        "author": shorten(record.author, 120),
        "annotator_kind": record.annotator_kind,
    }


def resolve_scores(project: Project, sessions: Iterable[AgentSession]) -> None:
    """Joins the scores that name these sessions or their traces."""
    for session in sessions:
        traces = Trace.objects.filter(session=session).values("trace_id")
        Score.objects.filter(
            Q(external_id=session.external_id) | Q(external_id="", trace_id__in=traces), project=project
        ).exclude(session=session).update(session=session)
