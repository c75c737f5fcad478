"""The random sample as filling draws it: by draws alone, only ever more, and its share of what waits."""

from typing import Any

import pytest

from accounts.models import Project
from annotate.filling import fill_queue, fill_queues
from annotate.models import Queue, QueueItem, Slot, SlotState, Stratum
from annotate.queries.sample import sampled
from annotate.sampling import in_sample, place_of
from tests.builders import make_queue, make_session
from traces.models import AgentSession, Signal


def arrive(project: Project, count: int, first: int = 0, **fields: Any) -> list[AgentSession]:
    """Settled sessions whose draws are spread evenly, in an order without a pattern."""
    return [
        make_session(project, f"s{n}", settled_revision=1, draw=(n * 0.381966) % 1, **fields)
        for n in range(first, first + count)
    ]


def refreshed(queue: Queue) -> Queue:
    return Queue.objects.select_related("project").get(pk=queue.pk)


def fill(queue: Queue) -> Queue:
    fill_queue(refreshed(queue), limit=1000)
    return refreshed(queue)


def strata(queue: Queue, stratum: Stratum) -> set[int]:
    return set(QueueItem.objects.filter(queue=queue, stratum=stratum).values_list("session_id", flat=True))


def sample_of(queue: Queue) -> set[int]:
    return set(AgentSession.objects.filter(sampled(queue), project=queue.project).values_list("pk", flat=True))


def served(queue: Queue) -> list[QueueItem]:
    slots = Slot.objects.filter(queue=queue, state=SlotState.FREE).order_by("-priority", "pk")
    return [slot.item for slot in slots.select_related("item__session")]


def finish(queue: Queue, count: int) -> list[QueueItem]:
    """The front of the queue is read."""
    items = served(queue)[:count]
    Slot.objects.filter(item__in=items).update(state=SlotState.SUBMITTED)
    return items


def test_where_everything_fits_the_sample_is_the_share_of_all(project: Project) -> None:
    queue = make_queue(project, random_share=0.2)
    arrive(project, 40)
    queue = fill(queue)

    assert queue.drawn_below == pytest.approx(0.2, abs=1e-8)
    assert strata(queue, Stratum.RANDOM) == sample_of(queue)
    assert abs(len(sample_of(queue)) - 8) <= 1  # spread evenly: how many lie within a fifth depends on where it begins
    assert queue.items.count() == 40


def test_the_sample_is_who_it_is_whatever_the_signals_say(project: Project) -> None:
    queue = make_queue(project, random_share=0.3)
    for session in arrive(project, 20)[::2]:
        Signal.objects.create(session=session, kind="hidden_tool_error", strength=1.0, sentence="It hid an error.")
    queue = fill(queue)

    drawn = {one.pk for one in AgentSession.objects.all() if in_sample(queue.pk, queue.drawn_below, one.draw)}
    assert strata(queue, Stratum.RANDOM) == drawn


def test_more_sessions_than_room_and_the_sample_is_its_share_of_what_waits(project: Project) -> None:
    queue = make_queue(project, random_share=0.25, size_cap=12)
    arrive(project, 60)
    queue = fill(queue)

    assert queue.items.count() == 12
    assert queue.has_more
    assert strata(queue, Stratum.RANDOM) == sample_of(queue)
    assert len(sample_of(queue)) == 3
    assert set(queue.items.filter(stratum=Stratum.RANDOM).values_list("selection_probability", flat=True)) == {
        queue.drawn_below
    }


def test_a_drawn_session_comes_in_at_once_though_the_queue_is_full(project: Project) -> None:
    queue = make_queue(project, random_share=0.25, size_cap=12)
    arrive(project, 60)
    queue = fill(queue)
    inside = next(draw for draw in (n / 1000 for n in range(1000)) if in_sample(queue.pk, queue.drawn_below, draw))
    drawn = make_session(project, "drawn", settled_revision=1, draw=inside)
    make_session(project, "not drawn", settled_revision=1, draw=(inside + 0.5) % 1)
    queue = fill(queue)

    assert queue.items.count() == 13
    assert drawn.pk in strata(queue, Stratum.RANDOM)


def test_when_little_of_the_sample_is_left_it_is_drawn_further_in_the_order_of_places(project: Project) -> None:
    queue = make_queue(project, random_share=0.25, size_cap=12)
    arrive(project, 60)
    queue = fill(queue)
    before, below = sample_of(queue), queue.drawn_below
    taken = {item.session_id for item in finish(queue, 8)}
    queue = fill(queue)

    assert queue.drawn_below > below
    assert sample_of(queue) > before
    waiting = {item.session_id for item in served(queue)}
    assert len(waiting) == 12
    assert len(strata(queue, Stratum.RANDOM) & waiting) == 3
    # Who was read as ranked before the sample reached them stays ranked; everybody else of the sample is random.
    assert strata(queue, Stratum.RANDOM) - taken == sample_of(queue) - taken
    told = set(queue.items.filter(stratum=Stratum.RANDOM).values_list("selection_probability", flat=True))
    assert told == {queue.drawn_below}


def test_tau_never_shrinks_and_the_whole_of_a_filter_can_be_drawn(project: Project) -> None:
    queue = make_queue(project, random_share=0.5, size_cap=6)
    arrive(project, 30)
    taus = []
    for _ in range(12):
        queue = fill(queue)
        taus.append(queue.drawn_below)
        finish(queue, 4)

    assert taus == sorted(taus)
    assert taus[-1] <= 1
    assert queue.items.count() == 30


def test_the_sample_is_served_in_the_order_of_its_places_and_in_its_share_of_every_front_part(project: Project) -> None:
    queue = make_queue(project, random_share=0.2)
    arrive(project, 50)
    queue = fill(queue)
    order = served(queue)
    places = [place_of(queue.pk, item.session.draw) for item in order if item.stratum == Stratum.RANDOM]

    assert places == sorted(places)
    for front in range(1, 40):
        drawn = sum(item.stratum == Stratum.RANDOM for item in order[:front])
        assert abs(drawn - 0.2 * front) < 1


def test_a_queue_that_does_not_fill_itself_takes_nothing_and_ranks_what_people_add(project: Project) -> None:
    queue = make_queue(project, fills_itself=False)
    quiet, loud, _ = arrive(project, 3, signals_revision=1)
    Signal.objects.create(session=loud, kind="hidden_tool_error", strength=1.0, sentence="It hid an error.")
    assert fill_queues(10) == 0
    for session in (quiet, loud):
        item = QueueItem.objects.create(queue=queue, session=session, stratum=Stratum.HAND, reasons=["added by hand"])
        Slot.objects.create(queue=queue, item=item)
    queue = fill(queue)

    assert [item.session_id for item in served(queue)] == [loud.pk, quiet.pk]
    assert served(queue)[0].reasons == ["It hid an error", "added by hand"]
    assert (queue.drawn_below, queue.items.count()) == (0, 2)


def test_what_was_added_by_hand_is_of_the_sample_only_where_the_filter_takes_it(project: Project) -> None:
    queue = make_queue(project, random_share=1, filters={"workflow": "refunds"})
    fits, strange = make_session(project, "fits"), make_session(project, "strange", workflow="other")
    for session in (fits, strange):
        AgentSession.objects.filter(pk=session.pk).update(settled_revision=1)
        item = QueueItem.objects.create(queue=queue, session=session, stratum=Stratum.HAND)
        Slot.objects.create(queue=queue, item=item)
    queue = fill(queue)

    assert (strata(queue, Stratum.RANDOM), strata(queue, Stratum.HAND)) == ({fits.pk}, {strange.pk})


def test_no_share_is_no_sample(project: Project) -> None:
    queue = make_queue(project, random_share=0, size_cap=5)
    arrive(project, 10)
    queue = fill(queue)

    assert (queue.drawn_below, queue.items.filter(stratum=Stratum.RANDOM).count(), queue.items.count()) == (0, 0, 5)
