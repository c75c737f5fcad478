"""Reads of proposals and of the pool that they are made from."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from accounts.models import Project
from annotate.queries.blind import EVERYTHING, Sight
from clustering.models import EmbedderFault
from clustering.queries import find_fault, is_embedded
from issues.models import FEWEST_MEMBERS, Issue, Proposal, ProposalEvent, ProposalState
from issues.queries.counts import unplaced_failures
from issues.queries.members import Told, with_steps
from issues.queries.withholding import seen_issues, seen_proposals


@dataclass
class Candidate:
    """A proposal as the inbox shows it: those of its failures that are still free, and its history."""

    proposal: Proposal
    members: list[Told]
    events: list[ProposalEvent]


def open_proposals(project: Project, sight: Sight = EVERYTHING) -> list[Candidate]:
    """The inbox, the largest first; the same few queries for one proposal and for fifty."""
    waiting = Proposal.objects.filter(seen_proposals(sight), project=project, state=ProposalState.OPEN)
    rows = _candidates(project, waiting)
    return sorted((row for row in rows if row.members), key=lambda row: (-len(row.members), row.proposal.pk))


def declined_proposals(project: Project, most: int, sight: Sight = EVERYTHING) -> list[Candidate]:
    """What was declined and could be opened again, the newest decline first; the same few queries for all."""
    declined = Proposal.objects.filter(seen_proposals(sight), project=project, state=ProposalState.DECLINED)
    rows = _candidates(project, declined.order_by("-decided_at", "-pk")[:most])
    return [row for row in rows if len(row.members) >= FEWEST_MEMBERS]


def _candidates(project: Project, proposals: QuerySet[Proposal]) -> list[Candidate]:
    chosen = list(proposals)
    pairs = Proposal.failures.through.objects.filter(proposal__in=chosen).values_list("proposal_id", "failure_id")
    members: defaultdict[int, list[int]] = defaultdict(list)
    for proposal_id, failure_id in pairs:
        members[proposal_id].append(failure_id)
    events: defaultdict[int, list[ProposalEvent]] = defaultdict(list)
    for event in ProposalEvent.objects.filter(proposal__in=chosen).select_related("actor"):
        events[event.proposal_id].append(event)
    free = unplaced_failures(project).filter(proposals__in=chosen).distinct()
    told = {row.failure.pk: row for row in with_steps(list(free.select_related("session", "failure_type")))}
    return [
        Candidate(proposal, [told[pk] for pk in sorted(members[proposal.pk]) if pk in told], events[proposal.pk])
        for proposal in chosen
    ]


@dataclass(frozen=True)
class Pool:
    """What waits: failures in no issue, those of them without a vector yet, and why the model is silent, if it is."""

    unplaced: int
    unread: int
    proposed: int
    fault: EmbedderFault | None


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
