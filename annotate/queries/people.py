"""What each reviewer has done lately."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Project, User
from annotate.access import reviewers_of
from annotate.models import Outcome, Queue, Review, Slot, SlotState
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.progress import typical_minutes
from annotate.times import Overhead, overhead_of

DAY, WEEK = timedelta(days=1), timedelta(days=7)
NEWEST = 10_000
COUNTED = ("reviewer_id", "outcome", "opened_at", "submitted_at", "times__waiting_ms", "times__entering_ms")


@dataclass
class PersonRow:
    """One reviewer's last seven days. `minutes`: the median review, None where fewer than 5 were timed."""

    person: User
    today: int = 0
    week: int = 0
    failures: int = 0
    skipped: int = 0
    given: int = 0
    times: list[tuple[datetime, datetime]] = field(default_factory=list)
    spans: list[int] = field(default_factory=list)  # waiting and entering of each review that was measured, in ms

    @property
    def minutes(self) -> float | None:
        return typical_minutes(self.times)

    @property
    def overhead(self) -> Overhead | None:
        return overhead_of(self.spans)


def people_rows(project: Project, *, queue: Queue | None = None, sight: Sight = EVERYTHING) -> list[PersonRow]:
    """Everybody who may review, the busiest first; of one queue, or of the whole project. Four queries.

    The last 24 hours are `today`. Of more than 10,000 reviews in seven days the newest count.
    """
    now = timezone.now()
    rows = {person.pk: PersonRow(person) for person in reviewers_of(project)}
    of_queue = Q(slot__queue=queue) if queue else Q()
    of_theirs = Review.objects.filter(of_queue, sight.of(), project=project, withdrawn_at=None, is_gold=False)
    made = of_theirs.filter(submitted_at__gte=now - WEEK)
    newest = made.order_by("-submitted_at").values_list(*COUNTED)
    for person, outcome, opened, submitted, waited, entered in newest[:NEWEST]:
        if person in rows:
            _count(rows[person], outcome, opened, submitted, since=now - DAY)
            if waited is not None:
                rows[person].spans.append(waited + entered)
    for person, numbers in _places(project, queue, now).items():
        if person in rows:
            rows[person].skipped, rows[person].given = numbers
    return sorted(rows.values(), key=lambda row: (-row.week, -row.today, str(row.person)))


def overhead_of_all(people: Iterable[PersonRow]) -> Overhead | None:
    """What these people's reviews cost besides reading."""
    return overhead_of([span for row in people for span in row.spans])


def _count(row: PersonRow, outcome: str, opened: datetime | None, submitted: datetime, *, since: datetime) -> None:
    row.week += 1
    row.today += submitted >= since
    row.failures += outcome == Outcome.FAILURE
    if opened is not None:
        row.times.append((opened, submitted))


def _places(project: Project, queue: Queue | None, now: datetime) -> dict[int, tuple[int, int]]:
    """Skips of the last seven days, and what was given to them and waits, by person."""
    slots = Slot.objects.work().filter(Q(queue=queue) if queue else Q(), queue__project=project).order_by()
    skipped = slots.filter(state=SlotState.SKIPPED, ended_at__gte=now - WEEK).values_list("reviewer")
    given = slots.filter(state=SlotState.FREE, assigned_to__isnull=False).values_list("assigned_to")
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for place, counted in enumerate((skipped, given)):
        for person, times in counted.annotate(times=Count("pk")):
            found[person][place] = times
    return {person: (skips, kept) for person, (skips, kept) in found.items()}
