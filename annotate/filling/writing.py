"""Writes what a pass over a queue decided: in one short transaction, and only rows that change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction

from annotate.filling.scoring import Score
from annotate.models import PriorityModel, Queue, QueueItem, Slot, SlotState, Stratum
from annotate.priority import PRIOR_VERSION, RANDOM_SAMPLE
from common import rows

ADDED_BY_HAND = "added by hand"
RANKED = (
    *("priority", "reasons", "priority_version", "priority_model_id", "signals_revision"),
    *("impact", "news", "stratum", "selection_probability"),
)
# A work-order value that moves by less changes no order that anybody could tell.
NOTICED = 1e-7
SEEN = 0.005
# What a pass went by: where any of it was changed meanwhile, it decided of another queue.
WENT_BY = (
    *("ranked_at", "filters", "drawn_below", "random_share", "size_cap", "fills_itself", "reviewers_per_session"),
    "due_hours",
)
Order = Mapping[int, float]


@dataclass(frozen=True)
class Decided:
    """What a pass decided: all by session. `fresh` are those that come in; `order` is of all that wait."""

    queue: Queue
    began: datetime
    below: float
    has_more: bool
    model: PriorityModel | None
    scores: Mapping[int, Score]
    held: Sequence[QueueItem]
    fresh: Sequence[int]
    drawn: frozenset[int]
    order: Order


def write(decided: Decided) -> int | None:
    """How many items it made or changed; None where another worker was here first, and nothing was written."""
    queue = decided.queue
    with transaction.atomic():
        # Reviewers who take from the queue wait for this lock, so that nobody is given a place in half an order.
        now = Queue.objects.select_for_update(no_key=True).filter(pk=queue.pk, is_open=True).first()
        if now is None or any(getattr(now, name) != getattr(queue, name) for name in WENT_BY):
            return None
        changed, fresh = _write_held(decided), _still_outside(decided)
        _write_fresh(decided, fresh)
        _write_sample(decided)
        _write_order(queue, decided.order)
        Queue.objects.filter(pk=queue.pk).update(
            ranked_at=decided.began, drawn_below=decided.below, has_more=decided.has_more
        )
    return changed + len(fresh)


def _still_outside(decided: Decided) -> list[int]:
    """Those that come in, without those that somebody added by hand meanwhile; no more can come while this is asked."""
    known = QueueItem.objects.work().filter(queue=decided.queue, session__in=decided.fresh)
    there = set(known.values_list("session_id", flat=True))
    return [pk for pk in decided.fresh if pk not in there]


def _write_held(decided: Decided) -> int:
    """New scores of what waits; how many differ from what was stored."""
    news = ((item, _values(decided, item.session_id, item.stratum)) for item in decided.held)
    changed = [(*values, item.pk) for item, values in news if _differs(item, values)]
    rows.update(QueueItem, [name.removesuffix("_id") for name in RANKED], changed)
    return len(changed)


def _differs(item: QueueItem, values: Sequence[Any]) -> bool:
    """Whether anybody could see the difference. With every review, what is news changes a little everywhere."""
    pairs = [(getattr(item, name), value) for name, value in zip(RANKED, values, strict=True)]
    return any(
        abs(was - now) > SEEN if isinstance(was, float) and isinstance(now, float) else was != now for was, now in pairs
    )


def _values(decided: Decided, session_id: int, stratum: str = Stratum.PRIORITY) -> tuple[Any, ...]:
    """The values of RANKED."""
    score, is_drawn = decided.scores[session_id], session_id in decided.drawn
    others = Stratum.HAND if stratum == Stratum.HAND else Stratum.PRIORITY
    now = Stratum.RANDOM if is_drawn else others
    how = {Stratum.RANDOM: [RANDOM_SAMPLE], Stratum.HAND: [ADDED_BY_HAND]}.get(now, [])
    return (
        *(score.probability, [*score.reasons, *how], PRIOR_VERSION, decided.model.pk if decided.model else None),
        *(score.session.signals_revision, score.impact, score.news, now.value),
        decided.below if is_drawn else None,
    )


def _write_fresh(decided: Decided, fresh: Sequence[int]) -> None:
    queue, due = decided.queue, decided.began + timedelta(hours=decided.queue.due_hours)
    items = QueueItem.objects.bulk_create(
        QueueItem(queue=queue, session_id=pk, due_at=due, **dict(zip(RANKED, _values(decided, pk), strict=True)))
        for pk in fresh
    )
    Slot.objects.bulk_create(
        Slot(queue=queue, item=item, ordinal=ordinal, priority=decided.order[item.session_id])
        for item in items
        for ordinal in range(1, queue.reviewers_per_session + 1)
    )


def _write_sample(decided: Decided) -> None:
    """All of the sample were drawn with the same chance: that of today, also those that were read long ago."""
    if decided.below > decided.queue.drawn_below:
        drawn = QueueItem.objects.filter(queue=decided.queue, stratum=Stratum.RANDOM)
        drawn.exclude(selection_probability=decided.below).update(selection_probability=decided.below)


def _write_order(queue: Queue, order: Order) -> None:
    """What somebody holds or has done keeps its place; and all do where hardly anything moved."""
    movable = Slot.objects.filter(queue=queue, state__in=(SlotState.FREE, SlotState.ASIDE))
    stored = list(movable.order_by("-priority", "pk").values_list("pk", "item__session_id", "priority"))
    known = [(order[session], was) for _, session, was in stored if session in order]
    is_as_stored = all(one[0] >= other[0] for one, other in pairwise(known))
    if not is_as_stored or any(abs(now - was) > SEEN for now, was in known):
        rows.update(Slot, ("priority",), _moved(stored, order))


def _moved(stored: Iterable[tuple[int, int, float]], order: Order) -> list[tuple[float, int]]:
    """New values and keys, by key: whoever writes several slots of a session goes by that order too."""
    by_key = sorted(stored)
    return [(order[session], pk) for pk, session, was in by_key if abs(order.get(session, was) - was) > NOTICED]
