"""The work: what waits for review, how fast it goes, and how long the rest takes."""

from dataclasses import dataclass

from accounts.models import Project, User
from annotate.queries.people import PersonRow, people_rows
from annotate.queries.progress import QueueRow, minutes_per_review, queue_rows


@dataclass(frozen=True)
class Work:
    """Open queues, and those who read lately. `hours` and `minutes_each` are None while too few reviews were timed."""

    queues: list[QueueRow]
    people: list[PersonRow]
    waiting: int
    overdue: int
    done: int
    week: int
    minutes_each: float | None

    @property
    def hours(self) -> float | None:
        """For one person."""
        return None if self.minutes_each is None else self.waiting * self.minutes_each / 60

    @property
    def left_words(self) -> str:
        """How long that takes one person."""
        if self.hours is None:
            return "how long is told after 5 reviews"
        if self.hours < 1:
            return f"about {max(1, round(self.hours * 60))} min for one person"
        return f"about {self.hours:.0f} hour{'' if round(self.hours) == 1 else 's'} for one person"


def work(project: Project, user: User) -> Work:
    """The same number of queries, however many queues and people."""
    queues = [row for row in queue_rows(project, user) if row.queue.is_open or row.waiting]
    people = people_rows(project)
    return Work(
        queues=queues,
        people=[row for row in people if row.week],
        waiting=sum(row.waiting for row in queues),
        overdue=sum(row.overdue for row in queues),
        done=sum(row.done for row in queues),
        week=sum(row.week for row in people),
        minutes_each=minutes_per_review(project),
    )
