"""Makes the demo project, plays its first reviewers, and removes it."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from accounts.models import Membership, Project, Role, User
from annotate.actions.queues import create_default_queue
from annotate.actions.reviews import Told, submit_review
from annotate.models import Outcome, Review, Severity, Slot
from common.errors import Refused
from demo.ground_truth import FAILURE_TYPES, SEVERE
from demo.queries import MADE_UP_PEOPLE, REVIEWS, SLUG, demo_project
from demo.removal import delete_project, delete_reviewers
from demo.story import AgentRun
from demo.story.telling import digest

NAME = "Harbor (demo)"
REVIEWERS = {"maya": "Maya (demo)", "tom": "Tom (demo)", "ines": "Ines (demo)"}
FAILED_SHARE = 0.75  # of the first reviews; people look at what went wrong first
CLIENT_IDS = uuid.UUID("6f2c1f0e-3a5d-4c59-9f0a-6d2f7c1b8e44")


@transaction.atomic
def create_demo(*, owner: User) -> Project:
    """The demo project with `owner` as its admin; the one that is there, if it is. Its sessions are sent later."""
    project = demo_project()
    if project is not None:
        return project
    if Project.objects.filter(slug=SLUG).exists():
        raise Refused(f"A project that is no demo has the address {SLUG!r} already.")
    project = Project.objects.create(name=NAME, slug=SLUG, is_demo=True)
    Membership.objects.create(project=project, user=owner, role=Role.ADMIN)
    for reviewer in _reviewers():
        Membership.objects.create(project=project, user=reviewer, role=Role.REVIEWER)
    return project


def _reviewers() -> list[User]:
    """The made-up people. They have no password, so that nobody can log in as them."""
    found = []
    for key, name in REVIEWERS.items():
        user = User.objects.filter(email=f"{key}{MADE_UP_PEOPLE}").first()
        found.append(user or User.objects.create_user(f"{key}{MADE_UP_PEOPLE}", None, name=name))
    return found


def review_demo(*, project: Project, runs: Sequence[AgentRun]) -> int:
    """Lets the made-up reviewers judge the first sessions; returns how many of their reviews there are now.

    Sessions that are in no queue yet are left for the next call; whatever was reviewed before is not reviewed again.
    """
    queue = create_default_queue(project=project)
    reviewers = _reviewers()
    for number, run in enumerate(_chosen(runs)):
        client_id = uuid.uuid5(CLIENT_IDS, run.external_id)
        slot = Slot.objects.filter(queue=queue, item__session__external_id=run.external_id).first()
        if slot is None or Review.objects.filter(project=project, client_id=client_id).exists():
            continue
        review = submit_review(
            slot=slot,
            reviewer=reviewers[number % len(reviewers)],
            client_id=client_id,
            outcome=Outcome.FAILURE if run.truth else Outcome.SUCCESS,
            failures=_told(run),
        )
        # Made-up people read too: the pace of the queue is the pace of people, not of this loop.
        Review.objects.filter(pk=review.pk).update(opened_at=review.submitted_at - _reading_time(run))
    return Review.objects.filter(project=project, reviewer__in=reviewers).count()


def _reading_time(run: AgentRun) -> timedelta:
    """40 s to 3 min, always the same for a session."""
    return timedelta(seconds=40 + int(digest("pace", run.external_id)[:4], 16) % 140)


def _chosen(runs: Sequence[AgentRun]) -> list[AgentRun]:
    """Which sessions the made-up reviewers judge, in an order without a pattern."""
    mixed = sorted(runs, key=lambda run: digest("review", run.external_id))
    failed = [run for run in mixed if run.truth][: round(REVIEWS * FAILED_SHARE)]
    return failed + [run for run in mixed if not run.truth][: REVIEWS - len(failed)]


def _told(run: AgentRun) -> list[Told]:
    if run.truth is None:
        return []
    return [
        Told(
            root_step=run.truth.root_step,
            surfaced_step=run.truth.surfaced_step,
            note=run.truth.note,
            failure_type=FAILURE_TYPES[run.truth.mode],
            severity=(Severity.HIGH if run.truth.mode in SEVERE else Severity.MEDIUM).value,
            expected=run.truth.expected,
        )
    ]


@transaction.atomic
def remove_demo(*, project: Project) -> None:
    """Deletes a demo project with everything in it. Refused for any other project."""
    if not project.is_demo:
        raise Refused("Only a demo project can be removed like this.")
    delete_project(project)
    delete_reviewers([f"{key}{MADE_UP_PEOPLE}" for key in REVIEWERS])
