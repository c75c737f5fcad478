"""Which sessions queues draw from at random, and how far the drawn ones have been read. See `annotate.estimation`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils.timezone import localtime

from accounts.models import Project
from annotate.models import Queue, QueueItem, SlotState, Stratum
from annotate.queries.filters import matching
from annotate.queries.sample import between
from annotate.sampling import just_above, origin_of
from traces.models import AgentSession

NAMED = 3


@dataclass(frozen=True)
class Reach:
    """A queue that was read at random: its filter as a condition on sessions, and below which place all had a turn."""

    queue: Queue
    filter: Q
    below: float


@dataclass(frozen=True)
class Frame:
    """The sessions that the project's queues draw from and have begun to read at random, within a segment."""

    project: Project
    within: Q
    reaches: tuple[Reach, ...]

    @property
    def sessions(self) -> QuerySet[AgentSession]:
        """All of them, read or not. Those of the whole project while no queue has begun: what was found is found."""
        # Those that have not settled yet come into a queue in minutes; asking for it would read 100,000 rows.
        found = AgentSession.objects.filter(self.within, project=self.project)
        if self.since is not None:
            # Of what came before, people's judgements decided what is still here: it stands for nothing.
            found = found.filter(created_at__gte=self.since)
        if self._has_all:
            return found
        anywhere = Q(pk__in=[])
        for reach in self.reaches:
            anywhere |= reach.filter
        return found.filter(anywhere)

    @property
    def since(self) -> datetime | None:
        """From when on sessions are in it. None: from the first one on, as nothing was deleted for its age."""
        return self.project.whole_since if self.reaches else None

    @property
    def is_whole(self) -> bool:
        """Whether it is all sessions of the project, those of a segment aside."""
        return self._has_all and self.since is None

    @property
    def _has_all(self) -> bool:
        """Whether a queue draws from all sessions, or none has begun."""
        return not self.reaches or any(not reach.filter for reach in self.reaches)

    @property
    def drawn(self) -> Q:
        """On sessions: drawn by a queue and not beyond what was read in its turn."""
        wanted = Q(pk__in=[])
        for reach in self.reaches:
            wanted |= reach.filter & between(reach.queue.pk, reach.below)
        return wanted

    @property
    def cell(self) -> Combinable:
        """Of a session: which of the queues draw from it, as a sum of powers of two."""
        found: Combinable = Value(0)
        for place, reach in enumerate(self.reaches):
            bit = Value(2**place)
            found += Case(When(reach.filter, then=bit), default=Value(0)) if reach.filter else bit
        return Case(When(pk__isnull=False, then=found), default=Value(0), output_field=IntegerField())

    def in_words(self, count: int) -> str:
        """Whose sessions these `count` are: 4,120 sessions that queue “Everything” draws from."""
        names = [f"“{reach.queue.name}”" for reach in self.reaches]
        if not names:
            return "no sessions yet, as none that was drawn at random is read"
        sessions = f"{count:,} session{'' if count == 1 else 's'}"
        if self.since is not None:
            sessions += f" since {localtime(self.since):%-d %B %Y}"
        if len(names) > NAMED:
            return f"{sessions} that {len(names)} queues draw from"
        joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
        return f"{sessions} that queue {joined} draws from"

    def sizes(self) -> dict[int, int]:
        """The sessions of each cell: one query."""
        if len(self.reaches) == 1:
            return {1: self.sessions.count()}  # from an index, where the database would look at every row
        counted = self.sessions.annotate(cell=self.cell).order_by().values("cell").annotate(size=Count("pk"))
        return dict(counted.values_list("cell", "size"))

    def sizes_by(self, column: str) -> dict[tuple[str, int], int]:
        """The sessions of each value of a column and cell: one query."""
        counted = self.sessions.annotate(cell=self.cell).order_by().values(column, "cell").annotate(size=Count("pk"))
        return {(value, cell): size for value, cell, size in counted.values_list(column, "cell", "size")}


def read_frame(project: Project, within: Q | None = None) -> Frame:
    """The project's frame: two queries. `within` is a condition on sessions."""
    queues = list(Queue.objects.filter(project=project).order_by("pk"))
    below = _reached(queues)
    reaches = (Reach(queue, _filter_of(queue), below[queue.pk]) for queue in queues if queue.pk in below)
    return Frame(project, within or Q(), tuple(reaches))


def _filter_of(queue: Queue) -> Q:
    if not any(queue.filters.values()):
        return Q()
    return Q(pk__in=matching(queue.project, queue.filters).values("pk"))


def _reached(queues: Sequence[Queue]) -> dict[int, float]:
    """By queue, below which place its drawn sessions all had a turn: just above the last that was read in its own.

    What somebody chose to open, and what a lead gave to a person by name, was not read in its turn.
    """
    if not queues:
        return {}
    turns = QueueItem.objects.filter(queue__in=queues, stratum=Stratum.RANDOM)
    read = turns.filter(slots__state=SlotState.SUBMITTED, slots__in_turn=True)
    origin = Case(*(When(queue=queue.pk, then=Value(origin_of(queue.pk))) for queue in queues))
    draw, is_before = "session__draw", Q(session__draw__lt=F("origin"))
    # Places go round the circle: draws before the origin are the far ones.
    last = read.annotate(origin=origin).order_by().values("queue_id", "origin")
    rows = last.annotate(far=Max(draw, filter=is_before), near=Max(draw)).values_list(
        "queue_id", "origin", "far", "near"
    )
    return {
        queue_id: just_above(near - origin if far is None else far - origin + 1) for queue_id, origin, far, near in rows
    }
