"""When a session has gone quiet, its signals are computed; again when late steps arrive; and never twice at once.

The work is rows: a session whose `settled_revision` is behind its `revision`. Signals of a few sessions are computed
outside of any transaction, then written together with the marks in one short one, which passes over a session that
changed meanwhile or that another process settled first. So any number of processes may run this at the same time.
"""

import logging
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import Project
from common import rows
from traces.detectors import DETECTORS, Detector
from traces.models import AgentSession, Signal
from traces.queries import steps_by_session
from traces.records import Baseline, Found, SessionFacts, StepFacts

log = logging.getLogger(__name__)
SLICE = 200
AT_ONCE = 50
STEPS_AT_ONCE = 2_000
REVISIONS = ("pk", "revision", "settled_revision", "signals_revision")
COLUMNS = ("session", "kind", "step_key", "strength", "sentence", "detector_version", "detail")
Row = tuple[object, ...]
# What is usual now, not what was usual a year ago; and a bounded read.
BASELINE_SESSIONS = 500
BASELINE_NEEDED = 30
TOTALS = {
    "cost": "cost_usd",
    "latency": "latency_ms",
    "tokens_in": "tokens_in",
    "tokens_out": "tokens_out",
    "steps": "step_count",
    "tool_calls": "tool_call_count",
}
Baselines = Mapping[str, Baseline]


def settle_quiet(now: datetime, limit: int = SLICE) -> int:
    """Settles up to `limit` sessions that are closed, or idle for as long as their project says. Returns how many.

    0 means that nothing was left, or that what was left is being settled elsewhere.
    """
    known: dict[tuple[int, str], Baselines] = {}
    return sum(_settle(sessions, known) for sessions in _few_at_once(_quiet(now)[:limit]))


def _few_at_once(sessions: Iterable[AgentSession]) -> Iterator[list[AgentSession]]:
    """Groups of sessions whose steps fit into memory together."""
    few: list[AgentSession] = []
    steps = 0
    for session in sessions:
        steps += session.step_count
        if few and (len(few) == AT_ONCE or steps > STEPS_AT_ONCE):
            yield few
            few, steps = [], session.step_count
        few.append(session)
    if few:
        yield few


def _quiet(now: datetime) -> QuerySet[AgentSession]:
    """Sessions to settle, the longest quiet first. One condition per idle time in use: both databases can do that."""
    quiet = Q(closed=True)
    for seconds in Project.objects.order_by().values_list("idle_seconds", flat=True).distinct():
        quiet |= Q(project__idle_seconds=seconds, last_received_at__lte=now - timedelta(seconds=seconds))
    return AgentSession.objects.filter(quiet, settled_revision__lt=F("revision")).order_by("last_received_at", "pk")


def _settle(sessions: list[AgentSession], known: dict[tuple[int, str], Baselines]) -> int:
    """Settles what can be settled of them: how many."""
    steps = steps_by_session([session.pk for session in sessions])
    found: list[tuple[AgentSession, list[Row]]] = []
    for session in sessions:
        group = (session.project_id, session.workflow)
        if group not in known:
            known[group] = baselines(session.project_id, session.workflow)
        facts = facts_of_session(session, steps[session.pk], known[group])
        found.append((session, _rows(session, {detector: _found(detector, facts) for detector in DETECTORS})))
    return _write(found)


def facts_of_session(session: AgentSession, steps: Iterable[StepFacts], usual: Baselines) -> SessionFacts:
    """A stored session as the plain value that detectors read."""
    totals = {name: getattr(session, column) for name, column in TOTALS.items()}
    return SessionFacts(
        steps=tuple(steps),
        status=str(session.status),
        totals=totals | {"tokens": session.tokens},
        baselines=usual,
        metadata=session.metadata if isinstance(session.metadata, dict) else {},
    )


def _found(detector: Detector, facts: SessionFacts) -> list[Found]:
    try:
        return list(detector.detect(facts))
    except Exception:  # one session that breaks a detector must not keep all others from being settled
        log.exception("The detector %s failed.", detector.name)
        return []


def _write(found: Sequence[tuple[AgentSession, list[Row]]]) -> int:
    """Marks the sessions and replaces their detectors' rows, but for those that changed or were settled meanwhile."""
    with transaction.atomic():
        # The rows are locked first: another process waits, and then finds nothing left to do.
        held = AgentSession.objects.select_for_update(no_key=True).filter(pk__in=[session.pk for session, _ in found])
        now = {pk: revisions for pk, *revisions in held.order_by("pk").values_list(*REVISIONS)}
        mine = [one for one in found if _is_unsettled(one[0], *now.get(one[0].pk, (0, 0, 0))[:2])]
        if mine:
            _replace([session.pk for session, _ in mine], [row for _, signals in mine for row in signals])
            _mark({session: now[session.pk][2] + 1 for session, _ in mine})
    return len(mine)


def _is_unsettled(session: AgentSession, revision: int, settled: int) -> bool:
    return revision == session.revision > settled


def _replace(session_ids: list[int], signals: list[Row]) -> None:
    kinds = [kind for detector in DETECTORS for kind in detector.labels]
    Signal.objects.filter(session__in=session_ids, kind__in=kinds).delete()
    rows.insert(Signal, COLUMNS, signals)


def _mark(sessions: Mapping[AgentSession, int]) -> None:
    """With the new `signals_revision` of each. Every detector's strengths count, also those of other apps."""
    strengths: dict[int, list[float]] = {session.pk: [] for session in sessions}
    for pk, strength in Signal.objects.filter(session__in=sessions).order_by().values_list("session_id", "strength"):
        strengths[pk].append(strength)
    now = timezone.now()
    marks = (
        (one.revision, number, now, len(strengths[one.pk]), sum(strengths[one.pk]), one.pk)
        for one, number in sessions.items()
    )
    columns = ("settled_revision", "signals_revision", "signals_at", "signal_count", "signal_weight")
    rows.update(AgentSession, columns, marks)


def _rows(session: AgentSession, results: Mapping[Detector, list[Found]]) -> list[Row]:
    """The values of COLUMNS, once per kind and step: of several findings the strongest."""
    signals: dict[tuple[str, str], Row] = {}
    for detector, findings in results.items():
        for one in sorted(findings, key=lambda one: one.strength):
            values = (session.pk, one.kind, one.step_key, one.strength, one.sentence, detector.version, one.detail)
            signals[one.kind, one.step_key] = values
    return list(signals.values())


def baselines(project_id: int, workflow: str) -> Baselines:
    """What is usual in a workflow, from its newest 500 finished sessions; empty while there are fewer than 30."""
    finished = AgentSession.objects.filter(Q(closed=True) | Q(settled_revision__gt=0), project=project_id)
    newest = finished.filter(workflow=workflow).order_by("-started_at", "-pk")
    rows = list(newest.values_list(*TOTALS.values())[:BASELINE_SESSIONS])
    if len(rows) < BASELINE_NEEDED:
        return {}
    columns: dict[str, list[float | None]] = {name: [row[i] for row in rows] for i, name in enumerate(TOTALS)}
    columns["tokens"] = [
        None if one is None and other is None else (one or 0) + (other or 0)
        for one, other in zip(columns.pop("tokens_in"), columns.pop("tokens_out"), strict=True)
    ]
    return {name: usual for name, values in columns.items() if (usual := baseline_of(values)) is not None}


def baseline_of(values: Iterable[float | None]) -> Baseline | None:
    """Median and median absolute deviation of the known values; None while fewer than 30 are known."""
    known = [value for value in values if value is not None]
    if len(known) < BASELINE_NEEDED:
        return None
    median = statistics.median(known)
    return Baseline(median, statistics.median(abs(value - median) for value in known), len(known))
