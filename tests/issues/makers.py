"""Builders of what issues are made of."""

from typing import Any

import numpy as np
from django.utils import timezone

from accounts.models import Project, User
from annotate.models import Failure
from clustering.embedding import embed_waiting
from clustering.models import Layout
from issues.actions import create_issue
from issues.models import Issue, Proposal
from issues.proposing import fingerprint, place_waiting
from tests.builders import make_failure, make_review, make_session, make_talk
from traces.models import AgentSession

TOKEN = [
    "refund tool token expired but claimed success",
    "refund tool token expired and claimed success",
    "the refund tool token expired yet claimed success",
]
LOOP = ["looped on search with identical arguments", "looped on search with identical arguments again"]


def make_told(
    project: Project, reviewer: User, note: str = "Claimed a refund that failed.", *, session: Any = None, **fields: Any
) -> Failure:
    """A failure in a session of its own, with steps, unless `session` is given."""
    if session is None:
        number = AgentSession.objects.filter(project=project).count() + 1
        session = make_session(project, f"s-{number}", user_ref=f"user-{number}")
        make_talk(session)
    return make_failure(make_review(session, reviewer), note, **fields)


def make_issue(failure: Failure, actor: User, title: str = "Claims refunds that failed") -> Issue:
    return create_issue(failure=failure, title=title, actor=actor)


def make_proposal(failures: list[Failure], title: str = "Token expired", **fields: Any) -> Proposal:
    ids = [failure.pk for failure in failures]
    values = {"cohesion": 0.7, "words": ["token"], "fingerprint": fingerprint(ids), **fields}
    proposal = Proposal.objects.create(project=failures[0].project, title=title, **values)
    proposal.failures.set(ids)
    return proposal


def tell_all(project: Project, reviewer: User, notes: list[str]) -> list[Failure]:
    return [make_told(project, reviewer, note) for note in notes]


def run(project: Project) -> None:
    embed_waiting()
    place_waiting(project)


def withdraw(failure: Failure) -> None:
    now = timezone.now()
    Failure.objects.filter(pk=failure.pk).update(withdrawn_at=now, updated_at=now)


def draw_map(project: Project, places: dict[Failure, tuple[float, float]]) -> Layout:
    """The project's map as a worker would leave it, each failure where it is said to lie."""
    order = sorted(places, key=lambda failure: failure.pk)
    return Layout.objects.create(
        project=project,
        failures=np.array([failure.pk for failure in order], dtype="<i8").tobytes(),
        places=np.array([places[failure] for failure in order], dtype="<f4").tobytes(),
        size=len(order),
        drawn_at=timezone.now(),
    )
