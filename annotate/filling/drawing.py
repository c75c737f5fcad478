"""How far the random sample of a queue reaches, and who of it comes in now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from annotate.models import Queue, QueueItem, Stratum
from annotate.queries.candidates import drawn_outside, drawn_wanted, matching_of, next_places, outside
from annotate.queries.sample import between
from annotate.sampling import grown, in_sample, just_above
from traces.models import AgentSession

# With so much of the sample left to read, more is drawn.
ENOUGH_LEFT = 0.8


@dataclass(frozen=True)
class Sample:
    """τ from now on, the sessions that come in as part of it, in reading order, and the waiting that belong to it."""

    below: float
    fresh: Sequence[AgentSession]
    waiting: frozenset[int]
    is_cut: bool = False


def draw(
    queue: Queue, pool: QuerySet[AgentSession], held: Sequence[QueueItem], *, most: int, is_short_of_room: bool
) -> Sample:
    """The sample of the queue: `pool` are the sessions outside that are looked at, `held` the items nobody has begun.

    While everything finds room, the sample is the queue's share of all. When more match than there is room for, it is
    drawn further whenever little of it is left to read, so that of what waits it is the queue's share.
    """
    below = queue.drawn_below
    if queue.fills_itself and queue.random_share > 0:
        below = _further(queue, pool, held) if is_short_of_room else grown(below, queue.random_share)
    if below > queue.drawn_below:
        pool = outside(queue)
    drawn = _drawn_of(queue, below, held)
    # Nobody of the sample is sent away because the queue is full; but more than a whole queue of it comes in later.
    most = max(0, min(most, queue.size_cap - len(drawn)))
    fresh = drawn_outside(queue, pool, below, most + 1) if queue.fills_itself and below > 0 else []
    return Sample(below, fresh[:most], drawn, is_cut=len(fresh) > most)


def _further(queue: Queue, pool: QuerySet[AgentSession], held: Sequence[QueueItem]) -> float:
    below = queue.drawn_below
    wanted = drawn_wanted(queue)
    left = len(_drawn_of(queue, below, held)) + pool.filter(between(queue.pk, below)).count()
    if left >= max(1, ENOUGH_LEFT * wanted):
        return below
    places = next_places(queue, below, wanted - left)
    return grown(below, just_above(places[-1])) if places else below


def _drawn_of(queue: Queue, below: float, held: Sequence[QueueItem]) -> frozenset[int]:
    """The sessions of the items that belong to the sample. What was added by hand does where the filter takes it."""
    drawn = [item for item in held if in_sample(queue.pk, below, item.session.draw)]
    by_hand = [item.session_id for item in drawn if item.stratum == Stratum.HAND]
    strange = set(by_hand) - matching_of(queue, by_hand)
    return frozenset(item.session_id for item in drawn if item.session_id not in strange)
