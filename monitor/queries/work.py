"""The work: what waits for review, how fast it goes, and how long the rest takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import Project, User
from annotate.models import Outcome, Review
from annotate.queries.blind import EVERYTHING, Sight
from annotate.queries.items import DONE, OVERDUE, WAITING, work_counts
from annotate.queries.people import PersonRow, people_rows
from annotate.queries.progress import QueueRow, minutes_per_review, queue_rows
from monitor.records import Placed

SHOWN = (WAITING, OVERDUE, DONE)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
SESSIONS = Count("session", distinct=True)


@dataclass(frozen=True)
class QueueWork:
    """An open queue, or a closed one in which something waits."""

    row: QueueRow
    waiting: Placed
    overdue: Placed
    done: Placed


@dataclass(frozen=True)
class PersonWork:
    """What somebody reviewed lately, and in which of it they saw a failure."""

    row: PersonRow
    today: Placed
    week: Placed
    failures: Placed


@dataclass(frozen=True)
class Work:
    """All queues together, and those with work in them.

    `minutes_each` is None while too few reviews were timed; `unlisted` closed queues have nothing waiting.
    """

    waiting: Placed
    overdue: Placed
    done: Placed
    week: Placed
    queues: list[QueueWork]
    unlisted: int
    minutes_each: float | None

    @property
    def hours(self) -> float | None:
        """For one person."""
        return None if self.minutes_each is None else self.waiting.judgements * self.minutes_each / 60

    @property
    def left_words(self) -> str:
        """How long that takes one person."""
        if self.hours is None:
            return "how long is told after 5 reviews"
        if self.hours < 1:
            return f"about {max(1, round(self.hours * 60))} min for one person"
        return f"about {self.hours:.0f} hour{'' if round(self.hours) == 1 else 's'} for one person"


def work(project: Project, user: User | None, sight: Sight = EVERYTHING) -> Work:
    """The same number of queries, however many queues. A program is no `user`."""
    rows = queue_rows(project, user)
    anywhere, by_queue = work_counts(project)
    listed = [row for row in rows if row.queue.is_open or row.waiting]
    judgements = {key: sum(getattr(row, key) for row in rows) for key in SHOWN}
    return Work(
        **_placed(anywhere, judgements),
        week=_this_week(project, sight),
        queues=[_of_queue(row, by_queue.get(row.queue.pk, {})) for row in listed],
        unlisted=len(rows) - len(listed),
        minutes_each=minutes_per_review(project),
    )


def _placed(sessions: Mapping[str, int], judgements: Mapping[str, int], **within: object) -> dict[str, Placed]:
    return {key: Placed(sessions.get(key, 0), judgements[key], urlencode({**within, "work": key})) for key in SHOWN}


def _of_queue(row: QueueRow, sessions: Mapping[str, int]) -> QueueWork:
    judgements = {key: getattr(row, key) for key in SHOWN}
    return QueueWork(row, **_placed(sessions, judgements, queue=row.queue.pk))


def _this_week(project: Project, sight: Sight) -> Placed:
    found = _lately(project, sight).aggregate(sessions=SESSIONS, judgements=Count("pk"))
    return Placed(**found, query=urlencode({"reviewed": "week"}))


def _lately(project: Project, sight: Sight) -> QuerySet[Review]:
    """The reviews of the last seven days that stand; what settled a session is none."""
    since = timezone.now() - WEEK
    return Review.objects.filter(
        sight.of(), project=project, withdrawn_at=None, is_gold=False, submitted_at__gte=since
    ).order_by()


def work_of_people(project: Project, sight: Sight) -> list[PersonWork]:
    """Who reads lately, the busiest first: the same number of queries, however many they are."""
    sessions = (
        _lately(project, sight)
        .values("reviewer")
        .annotate(
            week=SESSIONS,
            today=Count("session", distinct=True, filter=Q(submitted_at__gte=timezone.now() - DAY)),
            failed=Count("session", distinct=True, filter=Q(outcome=Outcome.FAILURE)),
        )
    )
    found = {pk: numbers for pk, *numbers in sessions.values_list("reviewer", "today", "week", "failed")}
    rows = people_rows(project, sight=sight)
    return [_of_person(row, *found[row.person.pk]) for row in rows if row.person.pk in found]


def _of_person(row: PersonRow, today: int, week: int, failed: int) -> PersonWork:
    by = {"reviewer": row.person.email, "reviewed": "week"}
    return PersonWork(
        row,
        today=Placed(today, row.today, urlencode({**by, "reviewed": "day"})),
        week=Placed(week, row.week, urlencode(by)),
        failures=Placed(failed, row.failures, urlencode({**by, "said": "failure"})),
    )
