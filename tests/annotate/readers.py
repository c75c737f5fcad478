"""Sessions with known draws, and queues that people have read at random up to a place."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import Project, User
from annotate.models import Outcome, Queue, QueueItem, Review, SlotState, Stratum
from annotate.sampling import origin_of, place_of
from tests.builders import make_review, make_session, make_slot
from traces.models import AgentSession


def draw_at(queue: Queue, place: float) -> float:
    """The draw of a session that stands at this place of the queue."""
    return (origin_of(queue.pk) + place) % 1


def make_traffic(project: Project, count: int, *, first: str = "s", **fields: Any) -> list[AgentSession]:
    """Sessions whose draws lie evenly in [0, 1)."""
    return [
        make_session(project, f"{first}-{n}", draw=(n + 0.5) / count, settled_revision=1, **fields)
        for n in range(count)
    ]


def read_at_random(
    queue: Queue, reviewer: User, below: float, failed: Iterable[AgentSession] = ()
) -> Mapping[int, Review]:
    """The queue has drawn the sessions that stand below a place, and they were reviewed in turn. Reviews by session."""
    failures = {session.pk for session in failed}
    drawn = [one for one in AgentSession.objects.filter(project=queue.project) if place_of(queue.pk, one.draw) < below]
    Queue.objects.filter(pk=queue.pk).update(drawn_below=below)
    return {
        session.pk: review_in(
            queue, session, reviewer, Outcome.FAILURE if session.pk in failures else Outcome.SUCCESS, Stratum.RANDOM
        )
        for session in drawn
    }


def review_in(
    queue: Queue, session: AgentSession, reviewer: User, outcome: Outcome, stratum: Stratum = Stratum.PRIORITY
) -> Review:
    """A submitted review of a session of the queue; one that was drawn was read in its turn."""
    in_turn = stratum == Stratum.RANDOM
    slot = make_slot(queue, session, state=SlotState.SUBMITTED, reviewer=reviewer, in_turn=in_turn)
    QueueItem.objects.filter(pk=slot.item_id).update(stratum=stratum)
    return make_review(session, reviewer, outcome, slot=slot)
