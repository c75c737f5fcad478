"""When a session has gone quiet, its signals are computed; again when late steps or scores arrive; never twice at once.

The work is rows: a session whose `settled_revision` is behind its `revision`. Signals of a few sessions are computed
outside of any transaction, then written together with the marks in one short one, which passes over a session that
changed meanwhile or that another process settled first. So any number of processes may run this at the same time.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import Project
from traces.models import AgentSession
from traces.queries.detectors import ChoiceReader, replaced
from traces.queries.facts import FactReader, few_at_once
from traces.storing import Revisions, content_of, detector_set, evidence_of, write

SLICE = 200


def settle_quiet(now: datetime, limit: int = SLICE) -> int:
    """Settles up to `limit` sessions that are closed, or idle for as long as their project says. Returns how many.

    0 means that nothing was left, or that what was left is being settled elsewhere.
    """
    facts, choices, sets = FactReader(), ChoiceReader(), dict[int, int]()
    return sum(_settle(sessions, facts, choices, sets) for sessions in few_at_once(_quiet(now)[:limit]))


def _quiet(now: datetime) -> QuerySet[AgentSession]:
    """Sessions to settle, the longest quiet first. One condition per idle time in use: both databases can do that."""
    quiet = Q(closed=True)
    for seconds in Project.objects.order_by().values_list("idle_seconds", flat=True).distinct():
        quiet |= Q(project__idle_seconds=seconds, last_received_at__lte=now - timedelta(seconds=seconds))
    return AgentSession.objects.filter(quiet, settled_revision__lt=F("revision")).order_by("last_received_at", "pk")


def _settle(sessions: list[AgentSession], facts: FactReader, choices: ChoiceReader, sets: dict[int, int]) -> int:
    """Settles what can be settled of them: how many. `sets` remembers each project's detector set."""
    for project_id in {session.project_id for session in sessions} - sets.keys():
        sets[project_id] = detector_set(project_id, content_of(choices.of(project_id)))
    read = facts.read(sessions)
    found = []
    for session in sessions:
        said = choices.of(session.project_id)
        found.append(evidence_of(session, read[session.pk], said, replaced(said), sets[session.project_id]))
    with transaction.atomic():
        # What is being written elsewhere is settled with the next sweep: a wait could meet one the other way round.
        return write(found, _is_due, waits=False)


def _is_due(session: AgentSession, now: Revisions) -> bool:
    """Whether nothing of the session changed since it was read: a score that came late raises `signals_revision`."""
    return now.content == session.revision > now.settled and now.signals == session.signals_revision
