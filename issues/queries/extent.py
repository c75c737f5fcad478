"""How bad an issue is: release by release, and what the sessions cost that have it."""

from dataclasses import dataclass

from django.db.models import Avg, Count, Min, QuerySet, Sum
from django.db.models.functions import Coalesce

from annotate.models import Review
from annotate.queries.blind import EVERYTHING, Sight
from issues.models import Issue
from issues.queries.life import release_places
from issues.queries.withholding import standing
from traces.models import AgentSession

RELEASES = 8
FIRST_SEEN = Min(Coalesce("session__started_at", "session__created_at"))


@dataclass(frozen=True)
class OfRelease:
    """A release: how many of its reviewed sessions there are, and in how many of these the issue was confirmed."""

    name: str
    sessions: int
    reviewed: int

    @property
    def share(self) -> float:
        """0..1, of what was reviewed: reviews do not see all traffic."""
        return self.sessions / self.reviewed if self.reviewed else 0.0


@dataclass(frozen=True)
class Releases:
    """The newest releases in which anything was reviewed, the newest first; `left_out`: how many are older."""

    rows: list[OfRelease]
    left_out: int


def releases_of(issue: Issue, sight: Sight = EVERYTHING) -> Releases:
    """Three queries. Releases stand in the project's order; those that it does not know yet are the newest."""
    reviews = Review.objects.filter(sight.of(), project=issue.project_id, withdrawn_at=None)
    read = reviews.order_by().values("session__release")
    sizes = read.annotate(sessions=Count("session", distinct=True), first=FIRST_SEEN).order_by("-first")
    rows = standing(sight).filter(issue=issue).values("failure__session__release")
    counted = rows.annotate(sessions=Count("failure__session", distinct=True))
    found = dict(counted.values_list("failure__session__release", "sessions"))
    places = release_places(issue.project)
    newest_first = sorted(
        sizes.values_list("session__release", "sessions"),
        key=lambda row: places.get(row[0], len(places) if row[0] else -1),
        reverse=True,
    )
    named = [OfRelease(name, found.get(name, 0), sessions) for name, sessions in newest_first]
    return Releases(named[:RELEASES], max(0, len(named) - RELEASES))


@dataclass(frozen=True)
class Cost:
    """What an issue's confirmed sessions cost, in dollars: those `known` of them that say so. None where none does."""

    total: float | None
    mean: float | None
    known: int


def cost_of(issue: Issue, sight: Sight = EVERYTHING) -> Cost:
    """One query. Each session counts once, however often the issue was told of it."""
    return Cost(
        **sessions_of(issue, sight).aggregate(total=Sum("cost_usd"), mean=Avg("cost_usd"), known=Count("cost_usd"))
    )


def sessions_of(issue: Issue, sight: Sight = EVERYTHING) -> QuerySet[AgentSession]:
    """The issue's confirmed sessions, each once."""
    members = standing(sight).filter(issue=issue)
    return AgentSession.objects.filter(pk__in=members.values("failure__session"))
