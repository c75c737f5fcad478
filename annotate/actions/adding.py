"""Sessions that people put into a queue themselves, in slices, each a transaction of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from annotate.filling.writing import ADDED_BY_HAND
from annotate.models import Queue, QueueItem, Slot, Stratum
from common.errors import Refused
from traces.models import AgentSession

SLICE = 1_000
MOST = 20_000


@dataclass(frozen=True)
class Added:
    """What became of the sessions that somebody chose."""

    new: int = 0
    already_in: int = 0
    removed_before: int = 0

    def __add__(self, other: "Added") -> "Added":
        return Added(
            self.new + other.new, self.already_in + other.already_in, self.removed_before + other.removed_before
        )

    @property
    def in_words(self) -> str:
        """One sentence for who added them."""
        rest = [
            f"{self.already_in} already in it" if self.already_in else "",
            f"{self.removed_before} removed from it before, and left out" if self.removed_before else "",
        ]
        told = ", ".join(filter(None, rest))
        new = f"{self.new} session{'' if self.new == 1 else 's'} added"
        return f"{new} ({told})." if told else f"{new}."


def add_sessions(*, queue: Queue, session_ids: Sequence[int]) -> Added:
    """Puts sessions of the queue's project into it, once ever, whatever its filter and its size limit.

    They are ranked within seconds; until then they come last. Refused for more than 20,000 at once.
    """
    if len(session_ids) > MOST:
        raise Refused(f"That is more than {MOST:,} sessions at once. Narrow the filters.")
    done = Added()
    for start in range(0, len(session_ids), SLICE):
        done += _add_slice(queue, session_ids[start : start + SLICE])
    return done


def preview(queue: Queue, session_ids: Sequence[int]) -> Added:
    """What would become of them. One query for each slice."""
    done = Added()
    for start in range(0, len(session_ids), SLICE):
        part = session_ids[start : start + SLICE]
        done += _sorted_out(part, _known(queue, part))
    return done


@transaction.atomic
def _add_slice(queue: Queue, session_ids: Sequence[int]) -> Added:
    # Two who add at once, and the filling, wait for each other here.
    queue = Queue.objects.select_for_update().get(pk=queue.pk)
    wanted = AgentSession.objects.filter(project=queue.project_id, pk__in=session_ids).order_by("pk")
    found = list(wanted.values_list("pk", flat=True))
    known = _known(queue, found)
    _insert(queue, [pk for pk in found if pk not in known])
    return _sorted_out(found, known)


def _known(queue: Queue, session_ids: Sequence[int]) -> dict[int, bool]:
    """Those that are or were in the queue, and whether they were removed."""
    rows = QueueItem.objects.work().filter(queue=queue, session__in=session_ids).values_list("session_id", "removed_at")
    return {session: removed is not None for session, removed in rows}


def _sorted_out(session_ids: Sequence[int], known: dict[int, bool]) -> Added:
    removed = sum(known.values())
    return Added(len(session_ids) - len(known), len(known) - removed, removed)


def _insert(queue: Queue, session_ids: Sequence[int]) -> None:
    due = timezone.now() + timedelta(hours=queue.due_hours)
    items = QueueItem.objects.bulk_create(
        # Revision 0 of its signals: it has not been ranked yet.
        QueueItem(queue=queue, session_id=pk, stratum=Stratum.HAND, reasons=[ADDED_BY_HAND], due_at=due)
        for pk in session_ids
    )
    Slot.objects.bulk_create(
        Slot(queue=queue, item=item, ordinal=ordinal)
        for item in items
        for ordinal in range(1, queue.reviewers_per_session + 1)
    )
