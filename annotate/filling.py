"""Puts settled sessions into the queues they match, once ever, and ranks them again when they changed."""

import logging
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction

from accounts.models import Project
from annotate.models import Queue, QueueItem, Rubric, Slot, SlotState, Stratum
from annotate.priority import (
    PRIOR_VERSION,
    RANDOM_SAMPLE,
    Evidence,
    Facts,
    Priority,
    is_random_member,
    prioritise,
    random_place,
)
from annotate.queries.matching import not_yet_queued, out_of_date, waiting_items
from traces.models import AgentSession, SessionStatus, Signal

log = logging.getLogger(__name__)
DEFAULT_QUEUE = "All sessions"
DEFAULT_RUBRIC = "Did it work?"
DEFAULT_GUIDANCE = """\
**Success**: the user got what they came for, and nothing untrue or forbidden was said or done on the way.

**Failure**: something went wrong that you would want fixed, even if the user did not notice. \
Mark the step where it *first* went wrong, not where it showed, and say in your own words what happened.

**Can't tell**: the conversation does not show it.
"""


def fill_queues(limit: int) -> int:
    """Takes up to `limit` new or changed sessions into open queues; returns how many items it made or ranked again."""
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
    """The same for one queue. Two workers at once wait for each other at the queue's row."""
    if not (not_yet_queued(queue).exists() or out_of_date(queue).exists()):
        return 0
    with transaction.atomic():
        Queue.objects.select_for_update().get(pk=queue.pk)
        room = max(0, min(limit, queue.size_cap - waiting_items(queue)))
        added = _add(queue, list(not_yet_queued(queue)[:room]))
        return added + _rank_again(list(out_of_date(queue).select_related("session")[: limit - added]))


def _add(queue: Queue, sessions: list[AgentSession]) -> int:
    items = QueueItem.objects.bulk_create(_items(queue, sessions))
    places = _places(queue, items)
    Slot.objects.bulk_create(
        Slot(queue=queue, item=item, ordinal=ordinal, priority=places[item.pk])
        for item in items
        for ordinal in range(1, queue.reviewers_per_session + 1)
    )
    return len(items)


def _items(queue: Queue, sessions: list[AgentSession]) -> list[QueueItem]:
    priorities = _priorities(sessions)
    return [_item(queue, session, priorities[session.pk]) for session in sessions]


def _item(queue: Queue, session: AgentSession, priority: Priority) -> QueueItem:
    drawn = is_random_member(queue_id=queue.pk, session_id=session.pk, share=queue.random_share)
    return QueueItem(
        queue=queue,
        session=session,
        priority=priority.value,
        reasons=[*priority.reasons, RANDOM_SAMPLE] if drawn else priority.reasons,
        priority_version=PRIOR_VERSION,
        signals_revision=session.signals_revision,
        stratum=Stratum.RANDOM if drawn else Stratum.PRIORITY,
        selection_probability=queue.random_share if drawn else None,
    )


def _places(queue: Queue, items: list[QueueItem]) -> dict[int, float]:
    """Work-order value per item: a ranked one's own priority; for a random one, that of its drawn place among them."""
    waiting = Slot.objects.filter(queue=queue, state=SlotState.FREE, ordinal=1).exclude(item__stratum=Stratum.RANDOM)
    ranked = sorted(waiting.values_list("priority", flat=True))
    for item in items:
        if item.stratum != Stratum.RANDOM:
            insort(ranked, item.priority)
    return {
        item.pk: random_place(queue_id=queue.pk, session_id=item.session_id, ranked=ranked)
        if item.stratum == Stratum.RANDOM
        else item.priority
        for item in items
    }


def _rank_again(items: list[QueueItem]) -> int:
    """New priorities and reasons for free slots. A random item keeps its stratum and its drawn place."""
    priorities = _priorities([item.session for item in items])
    for item in items:
        fresh, drawn = priorities[item.session_id], item.stratum == Stratum.RANDOM
        item.reasons = [*fresh.reasons, RANDOM_SAMPLE] if drawn else fresh.reasons
        item.priority, item.priority_version = fresh.value, PRIOR_VERSION
        item.signals_revision = item.session.signals_revision
    QueueItem.objects.bulk_update(items, ["priority", "signals_revision", "reasons", "priority_version"])
    for item in items:
        if item.stratum != Stratum.RANDOM:
            Slot.objects.filter(item=item, state=SlotState.FREE).update(priority=item.priority)
    return len(items)


def _priorities(sessions: Iterable[AgentSession]) -> dict[int, Priority]:
    sessions = list(sessions)
    signals: dict[int, list[Evidence]] = defaultdict(list)
    for row in Signal.objects.filter(session__in=sessions):
        signals[row.session_id].append(Evidence(kind=row.kind, strength=row.strength, sentence=row.sentence))
    return {
        session.pk: prioritise(signals[session.pk], Facts(ended_in_error=session.status == SessionStatus.ERROR))
        for session in sessions
    }


def ensure_default_queues() -> int:
    """Gives every project that has no queue its first one; returns how many were made."""
    bare = Project.objects.filter(queues__isnull=True)
    return len([make_default_queue(project) for project in bare])


def make_default_queue(project: Project) -> Queue:
    """The queue that every project starts with: all its sessions. Made once, however often it is asked for."""
    rubric, _ = Rubric.objects.get_or_create(
        project=project, name=DEFAULT_RUBRIC, version=1, defaults={"guidance": DEFAULT_GUIDANCE}
    )
    queue, _ = Queue.objects.get_or_create(project=project, name=DEFAULT_QUEUE, defaults={"rubric": rubric})
    return queue
