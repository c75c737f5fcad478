"""One pass over a queue: who comes in, what everything is worth, and in which order it is worked through."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from annotate.filling.drawing import Sample, draw
from annotate.filling.due import Due, since, what_is_due
from annotate.filling.novelty import mark_novel
from annotate.filling.scoring import Score, Scored, Yardstick, worths
from annotate.filling.writing import Decided, write
from annotate.models import Queue, QueueItem, Review, Stratum
from annotate.priority.ranking import Drawn, Ranked, owed, work_order
from annotate.queries.candidates import count_waiting, outside, preselected, waiting
from annotate.queries.sample import between
from annotate.sampling import place_of
from traces.models import AgentSession

log = logging.getLogger(__name__)
PRESELECTED = 2_000
# People may add tens of thousands by hand: they are ranked a slice at a time.
MOST_HELD = 2_000
# The share of the sample in what was read is that in so many newest reviews.
REMEMBERED = 100


def fill_queues(limit: int) -> int:
    """Takes up to `limit` new sessions into open queues, and ranks what waits where that is due.

    Returns how many items it made or ranked otherwise than before.
    """
    done = 0
    for queue in Queue.objects.filter(is_open=True).select_related("project").order_by("pk"):
        if done >= limit:
            break
        try:
            done += fill_queue(queue, limit=limit - done)
        except Exception:  # one queue that cannot be filled keeps no other waiting; the next sweep tries again
            log.exception("Queue %s could not be filled.", queue.pk)
    return done


def fill_queue(queue: Queue, *, limit: int) -> int:
    """The same for one queue. All is read and computed first; of two workers at once only one writes."""
    now = timezone.now()
    due = what_is_due(queue, now)
    if due in {Due.NEW, Due.ALL}:
        return write(_decided(queue, now, limit, looks_at_all=due is Due.ALL)) or 0
    if due is Due.NOTED:
        Queue.objects.filter(pk=queue.pk, ranked_at=queue.ranked_at).update(ranked_at=now)
    return 0


def _decided(queue: Queue, now: datetime, limit: int, *, looks_at_all: bool) -> Decided:
    held = waiting(queue, MOST_HELD)
    pool = outside(queue, None if looks_at_all else since(queue))
    if not queue.fills_itself:
        pool = pool.none()
    room = count_waiting(queue).room(queue)
    in_pool = pool.order_by()[: room + 1].count()
    left_outside = queue.has_more and not looks_at_all
    sample = draw(queue, pool, held, most=limit, is_short_of_room=in_pool > room or left_outside)
    room = max(0, min(room, limit) - len(sample.fresh))
    others = pool.exclude(between(queue.pk, sample.below))
    candidates = preselected(others, PRESELECTED) if room else []
    has_more = left_outside or sample.is_cut or in_pool > room + len(sample.fresh)
    return _ranked(queue, now, held, sample, candidates, room, has_more=has_more)


def _ranked(
    queue: Queue,
    now: datetime,
    held: Sequence[QueueItem],
    sample: Sample,
    candidates: Sequence[AgentSession],
    room: int,
    *,
    has_more: bool,
) -> Decided:
    yardstick = Yardstick(queue.project)
    sessions = [*(item.session for item in held), *sample.fresh, *candidates]
    mark_novel(sessions, yardstick.reviewed)
    scored = yardstick.scored(sessions)
    scores = {score.session.pk: score for score in scored.scores}
    chosen = _best([scores[session.pk] for session in candidates], room)
    fresh = [*(session.pk for session in sample.fresh), *chosen]
    drawn = sample.waiting | {session.pk for session in sample.fresh}
    return Decided(
        queue=queue,
        began=now,
        below=sample.below,
        has_more=has_more,
        model=yardstick.row,
        scores=scores,
        held=held,
        fresh=fresh,
        drawn=drawn,
        order=_order(queue, scored, {*fresh, *(item.session_id for item in held)}, drawn),
    )


def _best(scores: Sequence[Score], room: int) -> list[int]:
    """The sessions whose review is worth most; of equals the older."""
    return [score.session.pk for score in sorted(scores, key=lambda score: (-score.worth, score.session.pk))[:room]]


def _order(queue: Queue, scored: Scored, present: set[int], drawn: frozenset[int]) -> dict[int, float]:
    """The work-order value of each session that is present."""
    keys = [score.session.pk for score in scored.scores]
    ranked = [place for place, pk in enumerate(keys) if pk in present and pk not in drawn]
    sample = [score.session for score in scored.scores if score.session.pk in drawn]
    sample.sort(key=lambda session: (place_of(queue.pk, session.draw), session.pk))
    return work_order(
        Ranked([keys[place] for place in ranked], worths(scored.scores)[ranked], scored.looks[ranked]),
        Drawn([session.pk for session in sample], queue.random_share, _owed(queue)),
    )


def _owed(queue: Queue) -> float:
    standing = Review.objects.filter(project=queue.project, slot__queue=queue, withdrawn_at=None)
    read = list(standing.order_by("-submitted_at").values_list("slot__item__stratum", flat=True)[:REMEMBERED])
    return owed(share=queue.random_share, taken=len(read), drawn=read.count(Stratum.RANDOM))
