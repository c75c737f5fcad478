"""What an issue is suggested to be in, beside what people confirmed: never mixed, and with how often it was right."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import Project
from annotate.models import Review
from annotate.queries.blind import EVERYTHING, Sight
from clustering.engine.recognise import FEWEST_POSITIVES
from clustering.sightings import LIKE_ISSUE
from issues.models import Issue, Recognition
from traces.models import AgentSession, Signal

SHOWN = 5


@dataclass(frozen=True)
class Sightings:
    """Unreviewed sessions that look like an issue, the newest of them, and how the issue is recognised, if it is."""

    issue: Issue
    count: int
    newest: list[AgentSession]
    recognition: Recognition | None

    @property
    def words(self) -> str:
        """How far to trust it; or why nothing is suggested."""
        if self.recognition is None:
            return f"Nothing is suggested before {FEWEST_POSITIVES} sessions are confirmed, and others judged."
        if not self.recognition.is_good:
            return "Nothing is suggested: when tried on confirmed sessions, it would have been wrong too often."
        right, found = (round(100 * share) for share in (self.recognition.precision, self.recognition.recall))
        return f"Tried on judged sessions, it was right about {right} of 100, and found {found} of 100 confirmed ones."


def sightings_of(issue: Issue, sight: Sight = EVERYTHING) -> Sightings:
    """Three queries. A session whose reviews are withheld counts as unreviewed."""
    unread = AgentSession.objects.filter(pk__in=_unread(issue.project_id, [issue.number], sight).values("session"))
    newest = Recognition.objects.filter(issue=issue).defer("weights").order_by("-pk").first()
    return Sightings(issue, unread.count(), list(unread.order_by("-pk")[:SHOWN]), newest)


def sighted(project: Project, numbers: Iterable[int], sight: Sight = EVERYTHING) -> Counter[int]:
    """By number of an issue, how many unreviewed sessions look like it: one query for all."""
    marks = _unread(project.pk, numbers, sight).order_by().values("detail")
    counted = marks.annotate(sessions=Count("session", distinct=True))
    return Counter({int(name.removeprefix("ISS-")): count for name, count in counted.values_list("detail", "sessions")})


def _unread(project_id: int, numbers: Iterable[int], sight: Sight) -> QuerySet[Signal]:
    """The marks of unreviewed sessions that look like issues of these numbers."""
    named = [f"ISS-{number}" for number in numbers]
    read = Review.objects.filter(sight.of(), project=project_id, withdrawn_at=None).values("session")
    marked = Signal.objects.filter(session__project=project_id, kind=LIKE_ISSUE, detail__in=named)
    return marked.exclude(session__in=read)
