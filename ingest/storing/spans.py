"""Telemetry into rows, and the sessions it concerns written anew."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import ProtectedError, RestrictedError

from accounts.models import Project
from ingest.conversation import read_session, session_of_trace
from ingest.dialects.feedback import scores_of_logs, scores_of_span
from ingest.models import Span, SpanLog, Trace
from ingest.records import LogRecord, SessionRecord, SpanRecord
from ingest.storing.payload import log_record, log_row, span_record, span_row
from ingest.storing.scores import store_scores
from ingest.storing.sessions import Outcome, store_sessions
from traces.models import AgentSession

Known = tuple[dict[str, list[SpanRecord]], dict[str, list[LogRecord]]]


def store_telemetry(
    project: Project, spans: Sequence[SpanRecord], logs: Sequence[LogRecord], received_at: datetime
) -> list[Outcome]:
    """Stores what is new and brings the sessions up to date. Call it in a transaction that holds the project."""
    store_scores(project, [score for span in spans for score in scores_of_span(span)] + scores_of_logs(logs))
    changed = _store_spans(project, spans) | _store_logs(project, logs)
    if not changed:
        return []
    traces = list(Trace.objects.filter(project=project, trace_id__in=changed))
    known = _telemetry(project, traces)
    return store_sessions(project, _read(project, _place(project, traces, known), known), received_at)


def _store_spans(project: Project, spans: Sequence[SpanRecord]) -> set[str]:
    """The ids of the traces in which a span is new or other than before."""
    traces = _traces(project, {span.trace_id for span in spans})
    rows = _best(span_row(span, traces[span.trace_id]) for span in spans)
    known = {
        (row.trace_id, row.span_id): row
        for row in Span.objects.filter(trace__in=traces.values(), span_id__in={span.span_id for span in spans})
    }
    news = [row for place, row in rows.items() if place not in known or _rank(row) > _rank(known[place])]
    fields = ["parent_id", "start_ns", "end_ns", "content_hash", "payload"]
    Span.objects.bulk_create(
        news, update_conflicts=True, unique_fields=["trace", "span_id"], update_fields=fields, batch_size=100
    )
    return {row.trace.trace_id for row in news}


def _traces(project: Project, trace_ids: set[str]) -> dict[str, Trace]:
    made = [Trace(project=project, trace_id=trace_id) for trace_id in sorted(trace_ids)]
    Trace.objects.bulk_create(made, ignore_conflicts=True)
    return {trace.trace_id: trace for trace in Trace.objects.filter(project=project, trace_id__in=trace_ids)}


def _best(rows: Iterable[Span]) -> dict[tuple[int, str], Span]:
    best: dict[tuple[int, str], Span] = {}
    for row in rows:
        place = (row.trace_id, row.span_id)
        if place not in best or _rank(row) > _rank(best[place]):
            best[place] = row
    return best


def _rank(row: Span) -> tuple[bool, int, int, str]:
    """Of two versions of a span the ended one counts, then the later, then the fuller: whichever came first."""
    return row.end_ns > 0, row.end_ns, len(row.payload), row.content_hash


def _store_logs(project: Project, logs: Sequence[LogRecord]) -> set[str]:
    rows = {row.identity: row for row in (log_row(log, project.pk) for log in logs)}
    known = set(SpanLog.objects.filter(project=project, identity__in=rows).values_list("identity", flat=True))
    news = [row for identity, row in rows.items() if identity not in known]
    SpanLog.objects.bulk_create(news, ignore_conflicts=True, batch_size=100)
    return {row.trace_id for row in news}


def _place(project: Project, traces: Sequence[Trace], known: Known) -> set[int]:
    """Puts each trace into the session that its spans name; the ids of all sessions that this concerns."""
    spans, logs = known
    names = {
        trace.pk: session_of_trace(spans.get(trace.trace_id, ()), logs.get(trace.trace_id, ()), project.session_keys)
        for trace in traces
    }
    sessions = _sessions(project, {name for name in names.values() if name}, traces, names)
    concerned = {trace.session_id for trace in traces if trace.session_id}
    for trace in traces:
        trace.session = sessions.get(names[trace.pk])
    Trace.objects.bulk_update(traces, ["session"], batch_size=200)
    return concerned | {session.pk for session in sessions.values()}


def _sessions(
    project: Project, names: set[str], traces: Sequence[Trace], named: dict[int, str]
) -> dict[str, AgentSession]:
    """The sessions with these external ids; one that only gets its real name keeps its row and all judgements on it."""
    found = {row.external_id: row for row in AgentSession.objects.filter(project=project, external_id__in=names)}
    for name in sorted(names - found.keys()):
        found[name] = _renamed(name, traces, named) or AgentSession(project=project, external_id=name)
    fresh = [row for row in found.values() if row.pk is None]
    for row in fresh:
        row.last_received_at = project.created_at
        row.revision = 0
    AgentSession.objects.bulk_create(fresh)
    return found


def _renamed(name: str, traces: Sequence[Trace], named: dict[int, str]) -> AgentSession | None:
    """The session of a trace that was called by its own id until now, if there is one."""
    for trace in traces:
        if named[trace.pk] != name or trace.session_id is None:
            continue
        old = AgentSession.objects.filter(pk=trace.session_id, external_id=trace.trace_id).first()
        if old is not None:
            AgentSession.objects.filter(pk=old.pk).update(external_id=name)
            old.external_id = name
            return old
    return None


def _telemetry(project: Project, traces: Sequence[Trace]) -> Known:
    """All that is stored of the traces, by trace id."""
    ids = {trace.pk: trace.trace_id for trace in traces}
    spans: dict[str, list[SpanRecord]] = {}
    for row in Span.objects.filter(trace__in=ids):
        spans.setdefault(ids[row.trace_id], []).append(span_record(row, ids[row.trace_id]))
    logs: dict[str, list[LogRecord]] = {}
    for log in SpanLog.objects.filter(project=project, trace_id__in=ids.values()):
        logs.setdefault(log.trace_id, []).append(log_record(log))
    return spans, logs


def _read(project: Project, session_ids: set[int], known: Known) -> list[SessionRecord]:
    """The sessions as their spans tell them. One that lost its last trace is gone, unless people have judged it."""
    traces = list(Trace.objects.filter(session__in=session_ids).select_related("session"))
    spans, logs = _telemetry(project, [trace for trace in traces if trace.trace_id not in known[0]])
    spans.update(known[0])
    logs.update(known[1])
    members: dict[str, list[str]] = {}
    for trace in traces:
        members.setdefault(trace.session.external_id if trace.session else "", []).append(trace.trace_id)
    _drop_empty(session_ids - {trace.session_id for trace in traces if trace.session_id})
    return [
        read_session(
            name,
            [span for trace_id in sorted(ids) for span in spans.get(trace_id, ())],
            [log for trace_id in sorted(ids) for log in logs.get(trace_id, ())],
        )
        for name, ids in members.items()
    ]


def _drop_empty(session_ids: set[int]) -> None:
    for session in AgentSession.objects.filter(pk__in=session_ids):
        try:
            session.delete()
        except (ProtectedError, RestrictedError):
            continue
