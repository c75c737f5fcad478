"""What an issue is suggested to be in, beside what people confirmed: never mixed, and with how often it was right."""

from dataclasses import dataclass

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
    marked = Signal.objects.filter(session__project=issue.project_id, kind=LIKE_ISSUE, detail=f"ISS-{issue.number}")
    read = Review.objects.filter(sight.of(), project=issue.project_id, withdrawn_at=None).values("session")
    unread = AgentSession.objects.filter(pk__in=marked.values("session")).exclude(pk__in=read)
    newest = Recognition.objects.filter(issue=issue).defer("weights").order_by("-pk").first()
    return Sightings(issue, unread.count(), list(unread.order_by("-pk")[:SHOWN]), newest)
