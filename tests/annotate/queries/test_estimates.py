"""Shares of all sessions out of rows: who is in the sample, what a session's outcome is, and what is asked."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from accounts.models import Project, Role, User
from annotate.models import Outcome, Queue, QueueItem, Review, Slot, SlotState, Stratum
from annotate.queries.estimates import read_sample, shares_of
from annotate.queries.frames import read_frame
from annotate.queries.outcomes import outcomes
from annotate.sampling import place_of
from tests.annotate.readers import draw_at, make_traffic, read_at_random, review_in
from tests.builders import make_member, make_project, make_queue, make_session
from traces.models import AgentSession


def below(queue: Queue, place: float) -> list[AgentSession]:
    """The sessions below a place of the queue, in their reading order."""
    found = AgentSession.objects.filter(project=queue.project)
    return sorted(
        (one for one in found if place_of(queue.pk, one.draw) < place), key=lambda one: place_of(queue.pk, one.draw)
    )


def test_the_share_is_of_the_drawn_sessions_and_bounded_by_the_confirmed(queue: Queue, lead: User) -> None:
    make_traffic(queue.project, 100)
    drawn = below(queue, 0.4)
    read_at_random(queue, lead, 0.4, failed=drawn[:4])
    for session in below(queue, 1)[40:60]:
        review_in(queue, session, lead, Outcome.FAILURE)
    share = read_sample(queue.project).failure
    assert (share.found, share.reviewed, share.sampled, share.frame) == (24, 60, 40, 100)
    # 4 of 40 drawn ones failed; but 24 of the 100 are known to have failed.
    assert (share.estimate, share.low) == (0.24, 0.24)


def test_without_a_queue_that_was_read_there_is_no_share(queue: Queue, lead: User) -> None:
    make_traffic(queue.project, 30)
    review_in(queue, AgentSession.objects.all()[0], lead, Outcome.FAILURE)
    sample = read_sample(queue.project)
    assert sample.failure.estimate is None
    assert sample.frame_in_words == "no sessions yet, as none that was drawn at random is read"
    # What was found is told all the same.
    assert (sample.failure.found, sample.failure.reviewed) == (1, 1)
    whole = outcomes(queue.project).whole.people
    assert (whole.found, whole.reviewed, whole.sampled, whole.estimate) == (1, 1, 0, None)


def test_ranked_sessions_beyond_the_last_that_had_its_turn_are_no_sample(queue: Queue, lead: User) -> None:
    make_traffic(queue.project, 100)
    order = below(queue, 1)
    read_at_random(queue, lead, 0.3)
    # One inside, drawn after it had been ranked and read; one beyond.
    QueueItem.objects.filter(session=order[10]).update(stratum=Stratum.PRIORITY)
    review_in(queue, order[50], lead, Outcome.FAILURE)
    Queue.objects.update(drawn_below=0.8)
    sample = read_sample(queue.project)
    assert set(sample.cell_of) == {session.pk for session in order[:30]}


def test_a_drawn_session_that_was_not_read_in_its_turn_moves_no_line(queue: Queue, lead: User) -> None:
    make_traffic(queue.project, 100)
    read_at_random(queue, lead, 0.3)
    far = below(queue, 1)[90]
    review_in(queue, far, lead, Outcome.FAILURE, Stratum.RANDOM)
    assert len(read_sample(queue.project).cell_of) == 31
    Slot.objects.filter(item__session=far).update(in_turn=False)
    assert len(read_sample(queue.project).cell_of) == 30


def test_the_outcome_of_a_session_is_what_most_of_its_reviewers_say(queue: Queue, lead: User) -> None:
    make_traffic(queue.project, 30)
    read_at_random(queue, lead, 1)
    order, others = below(queue, 1), [make_member(queue.project, Role.REVIEWER, f"r{n}@x.example") for n in range(2)]
    said = {0: (Outcome.FAILURE, Outcome.FAILURE), 1: (Outcome.FAILURE, Outcome.UNKNOWN), 2: (Outcome.FAILURE,)}
    for place, given in said.items():
        for reviewer, outcome in zip(others, given, strict=False):
            Review.objects.create(
                project=queue.project,
                session=order[place],
                reviewer=reviewer,
                outcome=outcome,
                rubric=queue.rubric,
                submitted_at="2026-11-02T12:00:00Z",
            )
    Review.objects.filter(session=order[3]).update(outcome=Outcome.UNKNOWN)
    Review.objects.filter(session=order[4]).update(withdrawn_at="2026-11-02T12:00:00Z")
    share = read_sample(queue.project).failure
    # Two to one failed; one to one, two evenly split, one nobody can tell, one withdrawn.
    assert (share.found, share.reviewed, share.sampled) == (1, 26, 26)


def test_cells_of_two_queues_are_weighed_by_their_sessions(project: Project, lead: User) -> None:
    make_traffic(project, 200, first="a", workflow="a")
    make_traffic(project, 100, first="b", workflow="b")
    everything, narrow = make_queue(project), make_queue(project, "B", filters={"workflow": "b"})
    read_at_random(everything, lead, 0.3)
    for session in AgentSession.objects.filter(workflow="b"):
        if place_of(narrow.pk, session.draw) < 0.5:
            if place_of(everything.pk, session.draw) < 0.3:
                Review.objects.filter(session=session).update(outcome=Outcome.FAILURE)
            review_in(narrow, session, lead, Outcome.FAILURE, Stratum.RANDOM)
    sample = read_sample(project)
    share = sample.failure
    # All of b that were read have failed but those that only the first queue's turn reached; none of a.
    assert sorted(sample.sizes.values()) == [100, 200]
    assert share.frame == 300
    assert share.estimate == pytest.approx(share.found / (share.sampled - 60) * 100 / 300)
    assert sample.frame_in_words == "300 sessions that queue “Everything” or “B” draws from"


def test_a_segment_narrows_the_frame(queue: Queue, lead: User) -> None:
    make_traffic(queue.project, 100, first="a", workflow="a")
    make_traffic(queue.project, 60, first="b", workflow="b")
    read_at_random(queue, lead, 0.5, failed=AgentSession.objects.filter(workflow="b"))
    whole, narrow = (read_sample(queue.project, within).failure for within in (None, Q(workflow="b")))
    assert (whole.frame, whole.sampled, whole.found) == (160, 80, 30)
    assert (narrow.frame, narrow.sampled, narrow.found) == (60, 30, 30)


def test_a_queue_with_a_filter_states_shares_of_its_own_sessions_only(project: Project, lead: User) -> None:
    make_traffic(project, 100, first="a", workflow="a")
    make_traffic(project, 60, first="b", workflow="b")
    narrow = make_queue(project, filters={"workflow": "b"})
    read_at_random(narrow, lead, 0.5)
    sample = read_sample(project)
    assert (sample.failure.frame, sample.failure.sampled) == (60, 30)


def test_no_session_of_another_project_counts(queue: Queue, lead: User) -> None:
    make_traffic(queue.project, 30)
    theirs = make_queue(make_project("other"))
    make_traffic(theirs.project, 50)
    read_at_random(theirs, lead, 1)
    assert (read_sample(queue.project).failure.frame, read_frame(queue.project).reaches) == (0, ())


def test_labels_are_shared_out_in_one_call(queue: Queue, lead: User) -> None:
    make_traffic(queue.project, 50)
    order = [session.pk for session in below(queue, 1)]
    read_at_random(queue, lead, 0.8)
    shares = shares_of(read_sample(queue.project), {"two": order[:2], "outside": order[45:], "none": []})
    assert [share.estimate for share in shares.values()] == [0.05, 0.1, 0.0]
    assert shares_of(read_sample(queue.project), {}) == {}


def test_the_same_queries_serve_one_row_and_many(queue: Queue, lead: User) -> None:
    Queue.objects.update(drawn_below=1)
    counts = []
    for size in (1, 49):
        make_traffic(queue.project, size, first=f"t{size}")
        for session in AgentSession.objects.filter(project=queue.project, reviews=None):
            review_in(queue, session, lead, Outcome.FAILURE, Stratum.RANDOM)
        with CaptureQueriesContext(connection) as queries:
            read_sample(queue.project)
        counts.append(len(queries))
    assert counts == [5, 5]


def test_the_reach_passes_the_end_of_the_circle_of_draws(queue: Queue, lead: User) -> None:
    """Places go round: the sample of a queue that begins at 0.9 holds draws from 0.9 to 1 and from 0 on."""
    for place in (0.0, 0.2, 0.5, 0.999):
        session = make_session(queue.project, f"at {place}", draw=draw_at(queue, place))
        review_in(queue, session, lead, Outcome.SUCCESS, Stratum.RANDOM)
        [reach] = read_frame(queue.project).reaches
        assert reach.below == pytest.approx(place, abs=1e-6)
        assert AgentSession.objects.filter(read_frame(queue.project).drawn).count() == len(below(queue, place + 1e-6))


def test_an_unread_queue_reaches_nothing(queue: Queue) -> None:
    make_slot_of = make_session(queue.project)
    item = QueueItem.objects.create(queue=queue, session=make_slot_of, stratum=Stratum.RANDOM)
    Slot.objects.create(queue=queue, item=item, state=SlotState.LEASED)
    assert read_frame(queue.project).reaches == ()
