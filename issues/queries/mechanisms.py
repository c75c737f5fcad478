"""What each mechanism of grouping found and joined, for as long as an older one worked within the last month."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Project
from issues.models import IssueMembership, Proposal, ProposalState, Source

WINDOW = timedelta(days=30)
STANDING = Q(until=None)
Counts = list[tuple[str, dict[str, int]]]


@dataclass(frozen=True)
class Work:
    """What a mechanism did: proposals and what became of them; failures that it joined, and those that stand so."""

    mechanism: str
    proposed: int = 0
    accepted: int = 0
    declined: int = 0
    joined: int = 0
    standing: int = 0


def side_by_side(project: Project) -> list[Work]:
    """The mechanisms of the last 30 days, the oldest first; empty where one did everything. Two queries."""
    since = timezone.now() - WINDOW
    done: dict[str, dict[str, int]] = {}
    for name, counts in (*_proposed(project, since), *_joined(project, since)):
        done.setdefault(name, {}).update(counts)
    return [Work(name, **done[name]) for name in sorted(done)] if len(done) > 1 else []


def _proposed(project: Project, since: datetime) -> Counts:
    """Outdated ones are left out: a later look has what became of them."""
    made = Proposal.objects.filter(project=project, created_at__gte=since, run__isnull=False)
    counted = (
        made.exclude(state=ProposalState.OUTDATED)
        .order_by()
        .values_list("run__mechanism")
        .annotate(
            proposed=Count("pk"),
            accepted=Count("pk", filter=Q(state=ProposalState.ACCEPTED)),
            declined=Count("pk", filter=Q(state=ProposalState.DECLINED)),
        )
    )
    return [(name, {"proposed": all_, "accepted": yes, "declined": no}) for name, all_, yes, no in counted]


def _joined(project: Project, since: datetime) -> Counts:
    """A merge carries the row on as it was, so failures are counted and not rows."""
    made = IssueMembership.objects.filter(issue__project=project, source=Source.MATCH, since__gte=since)
    all_, still = Count("failure", distinct=True), Count("failure", distinct=True, filter=STANDING)
    counted = made.order_by().values_list("mechanism").annotate(joined=all_, standing=still)
    return [(name, {"joined": joined, "standing": standing}) for name, joined, standing in counted]
