"""Detectors run again over a project's history: asked by a person, done by workers slice by slice.

A run is a row. Whoever works on it holds a lease, and writes a slice of sessions together with how far the run has
come, in one transaction that asks whether the run still stands where this worker left it. So a killed worker costs one
slice, two workers at once do nothing twice, and a stopped run stops.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import Project
from traces.detectors import DETECTORS
from traces.models import AgentSession, DetectorSet, SignalRun
from traces.queries.detectors import choices_of, replaced
from traces.queries.facts import AT_ONCE, FactReader, few_at_once
from traces.storing import (
    Choices,
    Content,
    Evidence,
    Revisions,
    content_of,
    detector_set,
    evidence_of,
    signals_of,
    write,
)

LEASE = timedelta(seconds=60)
# What is usual and what a project says are asked anew so often.
SLICES_PER_LOOK = 20


def run_some(slices: int, project: Project | None = None) -> int:
    """Works off up to `slices` slices of the runs that nobody else works on; returns how many. 0: nothing to do."""
    done = 0
    while done < slices and (run := claim(timezone.now(), project)):
        try:
            for _ in _slices(run):
                done += 1
                if done == slices:
                    break
        finally:
            _left(run).update(lease_until=None)
    return done


def claim(now: datetime, project: Project | None = None) -> SignalRun | None:
    """The oldest run to work on, leased by this worker; None where there is none."""
    free = _free(now)
    for run in free.filter(**{"project": project} if project else {}).order_by("pk"):
        if free.filter(pk=run.pk).update(lease_until=now + LEASE):
            return SignalRun.objects.get(pk=run.pk)
    return None


def _left(run: SignalRun) -> QuerySet[SignalRun]:
    """The run, as long as it stands where this worker left it."""
    return SignalRun.objects.filter(pk=run.pk, reached=run.reached, finished_at=None)


def _slices(run: SignalRun) -> Iterator[int]:
    """Works the run off; yields after each slice. Ends when it is through, was stopped, or somebody overtook."""
    while True:
        reader = FactReader()
        choices = choices_of([run.project_id])[run.project_id]
        for _ in range(SLICES_PER_LOOK):
            sessions = next(few_at_once(_next(run)), [])
            if not sessions:
                _left(run).update(finished_at=timezone.now(), lease_until=None, total=F("done"))
                return
            if not _rewrite(run, sessions, _evidence(run, sessions, reader, choices)):
                return
            yield len(sessions)


def has_free_run() -> bool:
    """Whether a run waits for a worker."""
    return _free(timezone.now()).exists()


def _free(now: datetime) -> QuerySet[SignalRun]:
    return SignalRun.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), finished_at=None)


def _next(run: SignalRun) -> QuerySet[AgentSession]:
    """What comes next of the settled sessions that were there when it was asked; later ones need no other reading."""
    there = AgentSession.objects.filter(project=run.project_id, settled_revision__gte=1, created_at__lte=run.asked_at)
    return there.filter(pk__gt=run.reached).order_by("pk")[:AT_ONCE]


def _rewrite(run: SignalRun, sessions: list[AgentSession], evidence: list[Evidence]) -> bool:
    """Writes a slice and how far the run has come; False where it has come further or ended meanwhile."""
    reached = sessions[-1].pk
    with transaction.atomic():
        ahead = {"reached": reached, "done": F("done") + len(sessions), "lease_until": timezone.now() + LEASE}
        if not _left(run).update(**ahead):
            return False
        write(evidence, _is_same, waits=True)
    run.reached = reached
    return True


def _is_same(session: AgentSession, now: Revisions) -> bool:
    """Whether it still stands as it was read. What has changed since is settled anew, by these same detectors."""
    return now.content == now.settled == session.revision


def _evidence(run: SignalRun, sessions: list[AgentSession], reader: FactReader, choices: Choices) -> list[Evidence]:
    facts, old, content = reader.read(sessions), replaced(choices, run.detectors), content_of(choices)
    if not run.detectors:
        whole = detector_set(run.project_id, content)
        return [evidence_of(one, facts[one.pk], choices, old, whole) for one in sessions]
    chosen = [detector for detector in DETECTORS if detector.name in run.detectors]
    sets = _sets_after(run, {one.detector_set_id for one in sessions if one.detector_set_id}, content)
    return [
        Evidence(one, signals_of(one, facts[one.pk], choices, chosen), old, sets.get(one.detector_set_id or 0))
        for one in sessions
    ]


def _sets_after(run: SignalRun, known: set[int], content: Content) -> dict[int, int]:
    """What each of these detector sets becomes when the run's detectors have read a session anew."""
    news = {name: content[name] for name in run.detectors if name in content}
    return {
        row.pk: detector_set(run.project_id, row.content | news) for row in DetectorSet.objects.filter(pk__in=known)
    }
