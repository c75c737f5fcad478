"""Lets the made-up reviewers judge the first sessions of the queue that every project starts with."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet

from accounts.models import Project, User
from annotate.actions.queues import create_default_queue
from annotate.actions.reviews import submit_review
from annotate.actions.timing import keep_times
from annotate.models import Review, Slot, SlotState, Stratum
from annotate.times import Times
from demo.actions.people import join
from demo.queries import REVIEWS
from demo.story import AgentRun
from demo.story.opinions import REVIEWERS, Opinion, of_one_reader
from demo.story.telling import digest

DRAWN = 20  # of their reviews: as many of the random sample as a share can be told from
LEFT_ONE_OF = 4
WAITING_MS = 80  # for the next session, which is there already
CLIENT_IDS = uuid.UUID("6f2c1f0e-3a5d-4c59-9f0a-6d2f7c1b8e44")


def review_demo(*, project: Project, runs: Sequence[AgentRun]) -> int:
    """Lets the made-up reviewers judge the first sessions; returns how many of these reviews there are now.

    What somebody else sent into the demo is left to them.
    """
    queue = create_default_queue(project=project)
    people = join(project)
    reviewers = [people[key] for key in REVIEWERS]
    told = {run.external_id: run for run in runs}
    free = Slot.objects.filter(queue=queue, state=SlotState.FREE, item__session__external_id__in=told)
    done = Review.objects.filter(slot__queue=queue, reviewer__in=reviewers)
    count = done.count()
    drawn = DRAWN - done.filter(slot__item__stratum=Stratum.RANDOM).count()
    for number, slot in enumerate(_chosen(free, max(0, drawn))[: max(0, REVIEWS - count)], start=count):
        run = told[slot.item.session.external_id]
        submit_opinion(slot, reviewers[number % len(reviewers)], run, of_one_reader(run), client_id(run.external_id))
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


def client_id(*parts: str) -> uuid.UUID:
    """The number of something that the made-up people send: sent again, it counts once."""
    return uuid.uuid5(CLIENT_IDS, "/".join(parts))


def submit_opinion(slot: Slot, reviewer: User, run: AgentRun, opinion: Opinion, sent_as: uuid.UUID) -> Review:
    """Submits what a made-up person thinks, with the time that a person would have taken."""
    review = submit_review(
        slot=slot,
        reviewer=reviewer,
        client_id=sent_as,
        outcome=opinion.outcome,
        failures=opinion.failures,
        answers=opinion.answers,
    )
    # Made-up people read too: the pace of the queue is the pace of people, not of this loop.
    reading, entering = _reading_time(run, reviewer), _entering_time(run, opinion)
    Review.objects.filter(pk=review.pk).update(opened_at=review.submitted_at - reading - entering)
    keep_times(review=review, times=Times(WAITING_MS, _milliseconds(reading), _milliseconds(entering)))
    # The sample was read from its front on, as the queue would have handed it out.
    Slot.objects.filter(reviews=review, item__stratum=Stratum.RANDOM).update(in_turn=True)
    return review


def _reading_time(run: AgentRun, reader: User) -> timedelta:
    """40 s to 3 min, always the same for a session and its reader."""
    return timedelta(seconds=40 + int(digest("pace", run.external_id, reader.email)[:4], 16) % 140)


def _entering_time(run: AgentRun, opinion: Opinion) -> timedelta:
    """2 to 5 s for two keys; 15 to 45 s where something had to be described."""
    chance = int(digest("entering", run.external_id)[:4], 16)
    return timedelta(seconds=15 + chance % 31 if opinion.failures else 2 + chance % 4)


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)
