"""Measures the made-up people: a newcomer by what their lead settled, the others by what they said before."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from accounts.models import User
from annotate.actions.calibrating import submit_calibration
from annotate.actions.mixing import place_to_measure
from annotate.models import CalibrationReview, Queue, Review, Stratum
from demo.actions.reviewing import client_id
from demo.story import AgentRun
from demo.story.opinions import NEWCOMER, REVIEWERS, opinion
from traces.models import AgentSession

REPEATED = 8  # sessions of each


def measure(
    queue: Queue, runs: Sequence[AgentRun], sessions: Mapping[str, AgentSession], people: Mapping[str, User]
) -> None:
    """Each of them once. With this the demo is complete."""
    _measure_by(Stratum.GOLD, queue, runs, sessions, NEWCOMER, people[NEWCOMER])
    for key in REVIEWERS:
        theirs = Review.objects.filter(slot__queue=queue, reviewer=people[key])
        read = set(theirs.values_list("session__external_id", flat=True))
        again = [run for run in runs if run.external_id in read][:REPEATED]
        _measure_by(Stratum.REPEAT, queue, again, sessions, key, people[key])


@transaction.atomic
def _measure_by(
    kind: Stratum,
    queue: Queue,
    runs: Sequence[AgentRun],
    sessions: Mapping[str, AgentSession],
    key: str,
    person: User,
) -> None:
    """All of one person at once, or none."""
    if CalibrationReview.objects.filter(slot__queue=queue, reviewer=person).exists():
        return
    for run in runs:
        _judge(queue, sessions[run.external_id], run, key, person, kind)


def _judge(queue: Queue, session: AgentSession, run: AgentRun, key: str, person: User, kind: Stratum) -> None:
    told = opinion(run, key, reading="second" if kind == Stratum.REPEAT else "first")
    submit_calibration(
        slot=place_to_measure(queue=queue, user=person, session_id=session.pk, stratum=kind),
        reviewer=person,
        client_id=client_id("measured", key, run.external_id),
        outcome=told.outcome,
        failures=told.failures,
        answers=told.answers,
    )
