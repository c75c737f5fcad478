"""Makes the demo project, plays its first reviewers, and removes it."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Membership, Project, Role, User
from annotate.actions.queues import create_default_queue
from annotate.actions.reviews import submit_review
from annotate.models import Outcome, Review, Severity, Slot, SlotState, Stratum
from annotate.told import Told
from common.errors import Refused
from demo.ground_truth import FAILURE_TYPES, SEVERE
from demo.queries import MADE_UP_PEOPLE, REVIEWS, SLUG, demo_project
from demo.removal import delete_project, delete_reviewers
from demo.story import AgentRun
from demo.story.telling import digest

NAME = "Harbor (demo)"
REVIEWERS = {"maya": "Maya (demo)", "tom": "Tom (demo)", "ines": "Ines (demo)"}
DRAWN = 20  # of their reviews: as many of the random sample as a share can be told from
LEFT_ONE_OF = 4
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

    What somebody else sent into the demo is left to them.
    """
    queue = create_default_queue(project=project)
    reviewers = _reviewers()
    told = {run.external_id: run for run in runs}
    free = Slot.objects.filter(queue=queue, state=SlotState.FREE, item__session__external_id__in=told)
    done = Review.objects.filter(project=project, reviewer__in=reviewers)
    count = done.count()
    drawn = DRAWN - done.filter(slot__item__stratum=Stratum.RANDOM).count()
    for number, slot in enumerate(_chosen(free, max(0, drawn))[: max(0, REVIEWS - count)], start=count):
        _review(slot, reviewers[number % len(reviewers)], told[slot.item.session.external_id])
    return done.count()


def _chosen(free: QuerySet[Slot], drawn: int) -> list[Slot]:
    """What the made-up reviewers read next: the first `drawn` of the random sample, and three of four ranked sessions.

    Nothing is chosen by how it went: the sample would be none, and the shares that are told from it untrue. Every
    fourth ranked one is left to whoever tries the demo, so that they see what signals look like.
    """
    ordered = free.select_related("item__session").order_by("-priority", "pk")
    ranked = ordered.exclude(item__stratum=Stratum.RANDOM)
    kept = [slot for place, slot in enumerate(ranked) if place % LEFT_ONE_OF != 0]
    return [*ordered.filter(item__stratum=Stratum.RANDOM)[:drawn], *kept]


def _review(slot: Slot, reviewer: User, run: AgentRun) -> None:
    review = submit_review(
        slot=slot,
        reviewer=reviewer,
        client_id=uuid.uuid5(CLIENT_IDS, run.external_id),
        outcome=Outcome.FAILURE if run.truth else Outcome.SUCCESS,
        failures=_told(run),
    )
    # Made-up people read too: the pace of the queue is the pace of people, not of this loop.
    Review.objects.filter(pk=review.pk).update(opened_at=review.submitted_at - _reading_time(run))
    # The sample was read from its front on, as the queue would have handed it out.
    Slot.objects.filter(reviews=review, item__stratum=Stratum.RANDOM).update(in_turn=True)


def _reading_time(run: AgentRun) -> timedelta:
    """40 s to 3 min, always the same for a session."""
    return timedelta(seconds=40 + int(digest("pace", run.external_id)[:4], 16) % 140)


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
