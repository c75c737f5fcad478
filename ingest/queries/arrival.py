"""Has anything arrived, and what was recognised in it? For whoever just connected a program."""

from dataclasses import dataclass

from accounts.models import Project
from ingest.models import BatchState, RawBatch, Trace
from traces.models import AgentSession


@dataclass(frozen=True)
class Arrival:
    """The newest session, and what is to be said about it. No session: perhaps something is being read, or failed."""

    session: AgentSession | None
    is_named: bool = True
    has_words: bool = True
    is_being_read: bool = False
    has_failed: bool = False

    @property
    def news(self) -> str:
        """Other for every other answer, so that a page can ask whether there is anything new."""
        revision = f"{self.session.pk}.{self.session.revision}" if self.session else "0"
        return f"{revision}.{int(self.is_being_read)}.{int(self.has_failed)}"


def arrival_of(project: Project) -> Arrival:
    """What came last: at most three queries."""
    session = AgentSession.objects.filter(project=project).order_by("-pk").first()
    if session is None:
        states = set(RawBatch.objects.filter(project=project).values_list("state", flat=True).distinct())
        return Arrival(None, is_being_read=BatchState.WAITING in states, has_failed=BatchState.FAILED in states)
    return Arrival(
        session,
        is_named=not Trace.objects.filter(session=session, trace_id=session.external_id).exists(),
        has_words=bool(session.title or session.last_answer),
    )
