"""When a session has gone quiet, its signals are computed; again when late steps arrive; and never twice at once.

The work is rows: a session whose `settled_revision` is behind its `revision`. Signals are computed outside of any
transaction, then written together with the mark in one short one, which does nothing if the session changed meanwhile
or another process was first. So any number of processes may run this at the same time.
"""

import logging
import statistics
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import Project
from traces.detectors import DETECTORS, Detector
from traces.models import AgentSession, Signal
from traces.queries import steps_of
from traces.records import Baseline, Found, SessionFacts

log = logging.getLogger(__name__)
SLICE = 200
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
    return sum(_settle(session, known) for session in _quiet(now)[:limit])


def _quiet(now: datetime) -> QuerySet[AgentSession]:
    """Sessions to settle, the longest quiet first. One condition per idle time in use: both databases can do that."""
    quiet = Q(closed=True)
    for seconds in Project.objects.order_by().values_list("idle_seconds", flat=True).distinct():
        quiet |= Q(project__idle_seconds=seconds, last_received_at__lte=now - timedelta(seconds=seconds))
    return AgentSession.objects.filter(quiet, settled_revision__lt=F("revision")).order_by("last_received_at", "pk")


def _settle(session: AgentSession, known: dict[tuple[int, str], Baselines]) -> bool:
    group = (session.project_id, session.workflow)
    if group not in known:
        known[group] = baselines(session.project_id, session.workflow)
    facts = facts_of_session(session, known[group])
    return _write(session, {detector: _found(detector, facts) for detector in DETECTORS})


def facts_of_session(session: AgentSession, usual: Baselines) -> SessionFacts:
    """A stored session as the plain value that detectors read."""
    totals = {name: getattr(session, column) for name, column in TOTALS.items()}
    return SessionFacts(
        steps=tuple(steps_of(session)),
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


def _write(session: AgentSession, results: Mapping[Detector, list[Found]]) -> bool:
    """Marks the session and replaces its detectors' rows, or does nothing if it changed or was settled meanwhile."""
    mine = [kind for detector in results for kind in detector.labels]
    with transaction.atomic():
        # The mark comes first: its row lock makes another process wait, and then find nothing left to do.
        unsettled = AgentSession.objects.filter(pk=session.pk, revision=session.revision)
        if not unsettled.filter(settled_revision__lt=session.revision).update(settled_revision=session.revision):
            return False
        Signal.objects.filter(session=session, kind__in=mine).delete()
        Signal.objects.bulk_create(_rows(session, results))
        strengths = Signal.objects.filter(session=session).order_by().values_list("strength", flat=True)
        unsettled.update(signal_count=len(strengths), signal_weight=sum(strengths))
    return True


def _rows(session: AgentSession, results: Mapping[Detector, list[Found]]) -> list[Signal]:
    """One row per kind and step: of several findings the strongest."""
    rows: dict[tuple[str, str], Signal] = {}
    for detector, findings in results.items():
        for found in sorted(findings, key=lambda found: found.strength):
            rows[found.kind, found.step_key] = Signal(
                session=session,
                kind=found.kind,
                step_key=found.step_key,
                strength=found.strength,
                sentence=found.sentence,
                detector_version=detector.version,
            )
    return list(rows.values())


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
