"""The share that is told after people have read a queue as it is really filled, served and judged."""

import uuid
from datetime import timedelta

import numpy as np
from django.db.models import F
from django.utils import timezone

from accounts.models import Project, User
from annotate.actions.reviews import submit_review
from annotate.claims import take_next
from annotate.estimation import Share
from annotate.filling import fill_queues
from annotate.models import Outcome, Queue, Review
from annotate.queries.estimates import read_sample
from annotate.sampling import place_of
from annotate.told import Told
from ingest.models import Intake
from ingest.retention import apply
from tests.builders import make_queue, make_session, make_steps
from traces.models import AgentSession, Signal, StepKind

SESSIONS, FAILING = 240, 24
# The queue's number decides where its sample begins: the same one on every database.
NUMBER = 7_000_001


def make_biased_traffic(project: Project, dice: np.random.Generator) -> set[int]:
    """Sessions of which one in ten fails, most of them with a signal; those that fail."""
    failing = set(dice.choice(SESSIONS, FAILING, replace=False).tolist())
    found = set()
    for n in range(SESSIONS):
        loud = dice.random() < (0.8 if n in failing else 0.1)
        session = make_session(
            project, f"s-{n}", draw=dice.random(), settled_revision=1, signal_count=int(loud), signal_weight=float(loud)
        )
        make_steps(session, (StepKind.USER, {"text": f"Please refund order A-{n}."}))
        if loud:
            Signal.objects.create(session=session, kind="hidden_tool_error", strength=1, sentence="Not admitted.")
        if n in failing:
            found.add(session.pk)
    return found


def read_on(queue: Queue, reader: User, failing: set[int], reviews: int) -> None:
    """As many reviews, in the order in which the queue gives sessions out; it is filled again after every ten."""
    for number in range(reviews):
        if number % 10 == 0:
            fill_queues(1000)
        slot = take_next(queue=queue, user=reader)
        assert slot is not None
        failed = slot.item.session_id in failing
        submit_review(
            slot=slot,
            reviewer=reader,
            client_id=uuid.uuid4(),
            outcome=Outcome.FAILURE if failed else Outcome.SUCCESS,
            failures=[Told(root_step="k1", note="Wrong.")] if failed else [],
        )


def test_a_queue_that_prefers_what_looks_bad_still_tells_the_share_of_all(project: Project, lead: User) -> None:
    failing = make_biased_traffic(project, np.random.default_rng(5))
    queue = make_queue(project, pk=NUMBER, size_cap=40, random_share=0.4)
    read_on(queue, lead, failing, 90)
    sample = read_sample(project)
    share: Share = sample.failure
    assert (share.reviewed, share.frame) == (90, SESSIONS)
    assert share.low is not None
    assert share.high is not None
    assert share.low <= FAILING / SESSIONS <= share.high
    # What was read is no fair sample: a raw share of it would be far too high.
    assert share.found / share.reviewed > 1.5 * FAILING / SESSIONS
    assert share.sampled < share.reviewed
    queue.refresh_from_db()
    [reach] = sample.frame.reaches
    assert 0 < reach.below <= queue.drawn_below
    assert sample.cell_of.keys() == {
        pk
        for pk, draw in AgentSession.objects.filter(reviews__isnull=False).values_list("pk", "draw")
        if place_of(queue.pk, draw) < reach.below
    }


def test_reading_everything_tells_the_share_itself(project: Project, lead: User) -> None:
    failing = make_biased_traffic(project, np.random.default_rng(6))
    queue = make_queue(project, pk=NUMBER, size_cap=300)
    read_on(queue, lead, failing, SESSIONS)
    share = read_sample(project).failure
    assert share.estimate == share.low == share.high == FAILING / SESSIONS
    assert Review.objects.filter(session__project=F("project")).count() == SESSIONS


def test_what_is_left_of_old_sessions_stands_for_no_others(project: Project, lead: User) -> None:
    """Of the first half only what people read is left: mostly what looked bad."""
    failing = make_biased_traffic(project, np.random.default_rng(5))
    read_on(make_queue(project, pk=NUMBER, size_cap=40, random_share=0.4), lead, failing, 90)
    month_ago = timezone.now() - timedelta(days=40)
    young = AgentSession.objects.order_by("pk")[SESSIONS // 2].pk
    AgentSession.objects.filter(pk__lt=young).update(created_at=month_ago, last_received_at=month_ago)
    AgentSession.objects.filter(pk__gte=young).update(last_received_at=timezone.now())
    Intake.objects.create(project=project, keep_sessions_days=30)
    assert apply(project, timezone.now()).sessions > SESSIONS // 4

    # The project as it was read before: as though all that is left were all that came.
    drifted = read_sample(project).failure
    assert drifted.low is not None
    assert drifted.low > FAILING / SESSIONS
    project.refresh_from_db()
    sample = read_sample(project)
    share = sample.failure
    assert (share.frame, share.reviewed) == (SESSIONS // 2, Review.objects.filter(session__gte=young).count())
    assert share.low is not None
    assert share.high is not None
    assert share.low <= sum(pk >= young for pk in failing) / share.frame <= share.high
    assert (
        sample.frame_in_words
        == f"120 sessions since {project.whole_since:%-d %B %Y} that queue “Everything” draws from"
    )
