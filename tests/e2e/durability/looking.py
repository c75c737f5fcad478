"""What the test asks of the database, in the process that has the product loaded."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.db import connections
from django.utils import timezone

from accounts.models import Scope
from ingest import claims
from ingest.models import RawBatch
from tests.builders import make_key, make_project
from tests.e2e.durability.faults import break_it
from traces.models import AgentSession, Score

# Long enough for a live worker's work, short enough that a test can wait for what a dead one held.
LEASE = timedelta(seconds=4)


def prepare() -> None:
    """Makes leases short in every process that is forked from this one, and breaks it where it is to be broken."""
    claims.LEASE = LEASE
    break_it()


def new_key(slug: str) -> str:
    """A key of a new project, which may send."""
    return make_key(make_project(slug), Scope.INGEST)


def count_batches() -> dict[str, int]:
    """How many batches are in each state, and the reasons of those that failed."""
    return dict(Counter(RawBatch.objects.values_list("state", flat=True)))


def count_held() -> int:
    """How many batches a worker holds."""
    return RawBatch.objects.filter(state="waiting", claimed_until__gt=timezone.now()).exclude(claim="").count()


def write_report(path: str) -> int:
    """Writes every session as a reader finds it, and all scores; how many sessions."""
    sessions = [
        {"id": session.external_id, "steps": [[step.role, step.name, step.text] for step in session.steps.all()]}
        for session in AgentSession.objects.order_by("pk")
    ]
    scores = list(Score.objects.order_by("pk").values_list("session__external_id", "name", "value"))
    Path(path).write_text(json.dumps({"sessions": sessions, "scores": scores}))
    return len(sessions)


QUESTIONS: dict[str, Callable[..., object]] = {
    "new_key": new_key,
    "count_batches": count_batches,
    "count_held": count_held,
    "write_report": write_report,
}


def answer(question: str, *arguments: str) -> object:
    """The answer, with no connection left open: a fork must not inherit one."""
    try:
        return QUESTIONS[question](*arguments)
    finally:
        connections.close_all()
