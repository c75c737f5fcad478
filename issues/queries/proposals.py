"""Reads of proposals and of the pool that they are made from."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.models import Project
from annotate.queries.blind import EVERYTHING, Sight
from clustering.models import EmbedderFault, GroupingRun, RunScope
from clustering.queries import find_fault, is_embedded
from issues.models import FEWEST_MEMBERS, Issue, IssueMembership, Proposal, ProposalKind, ProposalState, titled
from issues.queries.counts import unplaced_failures
from issues.queries.withholding import seen_issues, seen_proposals


def _end_of(issue: str) -> Coalesce:
    """Where an issue's number leads. A query cannot go on to the end as `Issue.present` does: it takes three steps."""
    return Coalesce(
        f"{issue}__merged_into__merged_into__merged_into",
        f"{issue}__merged_into__merged_into",
        f"{issue}__merged_into",
        issue,
    )


HOME, GONE = _end_of("subject"), _end_of("other")
# A new issue is made of more than one failure; one that there is may lose, get or be like a single one.
ENOUGH = Q(live__gte=FEWEST_MEMBERS) | Q(live__gt=0) & ~Q(kind=ProposalKind.NEW)


def open_proposals(project: Project, sight: Sight = EVERYTHING) -> QuerySet[Any]:
    """The inbox, what shows most failures first. With `live`: how many are still where they were."""
    found = _live(project, ProposalState.OPEN, sight)
    return found.filter(live__gt=0).order_by("-live", "pk")


def declined_proposals(project: Project, sight: Sight = EVERYTHING) -> QuerySet[Any]:
    """What was declined and could be opened again, the newest decline first."""
    found = _live(project, ProposalState.DECLINED, sight)
    return found.filter(ENOUGH).order_by("-decided_at", "-pk")


def still_stand(proposal: Proposal) -> bool:
    """Whether what the proposal suggests could still be done."""
    return _with_live(Proposal.objects.filter(pk=proposal.pk)).filter(ENOUGH).exists()


def rivals_of(proposal: Proposal) -> QuerySet[Proposal]:
    """Other open proposals that say the same, or the same kind of thing of some of its failures, or have its title."""
    others = Proposal.objects.filter(project=proposal.project_id, state=ProposalState.OPEN).exclude(pk=proposal.pk)
    same: Any = Q(fingerprint=proposal.fingerprint)
    if proposal.title:
        same |= titled(proposal.title)
    if proposal.kind != ProposalKind.MERGE:
        same |= Q(kind=proposal.kind, failures__in=proposal.failures.values("pk"))
    return others.filter(same).distinct()


def _live(project: Project, state: ProposalState, sight: Sight) -> QuerySet[Any]:
    return _with_live(Proposal.objects.filter(seen_proposals(sight), project=project, state=state))


def _with_live(proposals: QuerySet[Any]) -> QuerySet[Any]:
    """With `home`, where its issue's number leads, and `live`: how many of its failures are where they have to be.

    Free; in the issue that is to be split; of a merge, in one of two issues that are still two.
    """
    told = Proposal.failures.through.objects.filter(proposal=OuterRef("pk"), failure__withdrawn_at=None)
    placed = IssueMembership.objects.filter(failure=OuterRef("failure"), until=None)
    inside = told.filter(Exists(placed.filter(issue=OuterRef(OuterRef("home")))))
    both = Q(kind=ProposalKind.MERGE, other__withdrawn_at=None) & ~Q(home=F("gone"))
    living = Q(subject=None) | Q(subject__withdrawn_at=None)
    counts = {"free": told.filter(~Exists(placed)), "inside": inside, "told": told}
    live = Case(
        When(~living, then=0),
        When(both, then=F("told")),
        When(kind=ProposalKind.SPLIT, then=F("inside")),
        When(kind__in=[ProposalKind.NEW, ProposalKind.ATTACH], then=F("free")),
        default=0,
    )
    homes = proposals.annotate(home=HOME, gone=GONE)
    counted: QuerySet[Any] = homes.annotate(**{name: _count(rows) for name, rows in counts.items()})
    lively: QuerySet[Any] = counted.annotate(live=live)
    return lively


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("proposal").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def newest_look(project: Project) -> GroupingRun | None:
    """The last look at everything, whatever became of it; None before the first."""
    return GroupingRun.objects.filter(project=project, scope=RunScope.EVERYTHING).order_by("-pk").first()


@dataclass(frozen=True)
class Pool:
    """What waits: failures in no issue, those of them without a vector yet, and why the model is silent, if it is."""

    unplaced: int
    unread: int
    proposed: int
    fault: EmbedderFault | None

    @property
    def read(self) -> int:
        """How many of them have their vector."""
        return self.unplaced - self.unread


def read_pool(project: Project, sight: Sight = EVERYTHING) -> Pool:
    """How far grouping has come in this project."""
    proposals = Proposal.failures.through.objects.filter(
        seen_proposals(sight, "proposal"), failure=OuterRef("pk"), proposal__state=ProposalState.OPEN
    )
    counted = unplaced_failures(project, sight).aggregate(
        unplaced=Count("pk"),
        unread=Count("pk", filter=~is_embedded()),
        proposed=Count("pk", filter=Exists(proposals)),
    )
    return Pool(**counted, fault=find_fault())


def attachable_issues(project: Project, sight: Sight = EVERYTHING) -> QuerySet[Issue]:
    """Issues that failures can be attached to, newest first."""
    living = Issue.objects.living().filter(project=project)
    return seen_issues(living, sight).order_by("-number")
