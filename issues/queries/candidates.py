"""Proposals with their evidence, as the inbox shows them: notes side by side, and how alike they are, in words."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber

from accounts.models import Project
from annotate.models import Failure
from annotate.queries.blind import EVERYTHING, Sight
from issues.models import (
    IssueMembership,
    Proposal,
    ProposalEvent,
    ProposalKind,
    likeness_in_words,
    verdict_in_words,
)
from issues.queries.counts import counted_issues
from issues.queries.members import Told, with_steps
from issues.queries.withholding import standing

BESIDE = 3


@dataclass
class Candidate:
    """A proposal as the inbox shows it, with its history.

    `members`: those of its failures that are still where they were; of a merge those of the issue that would go.
    `issue`: what it concerns, with its counts, and `beside` some failures of it that are not among the members;
    `other`: what would be merged into it.
    """

    proposal: Proposal
    members: list[Told]
    events: list[ProposalEvent]
    issue: Any = None
    other: Any = None
    beside: list[Told] = field(default_factory=list)

    @property
    def count(self) -> str:
        """How many failures it speaks of, in words."""
        return f"{len(self.members)} failure{'' if len(self.members) == 1 else 's'}"

    @property
    def headline(self) -> str:
        """What is suggested, in words without anybody's own."""
        match self.proposal.kind:
            case ProposalKind.MERGE:
                return f"Merge ISS-{self.other.number} into ISS-{self.issue.number}"
            case ProposalKind.SPLIT:
                return f"Split {self.count} off ISS-{self.issue.number}"
            case ProposalKind.ATTACH:
                return f"Add {self.count} to ISS-{self.issue.number}"
            case _:
                return f"Make an issue of {self.count}"

    @property
    def evidence(self) -> str:
        """Why, in words, for who does not know what is measured. Empty of a new issue: it has but one side."""
        across, inside = self.proposal.across, self.proposal.cohesion
        if across is None:
            return ""
        who = {
            ProposalKind.MERGE: ("The notes of each are", "those of the other"),
            ProposalKind.SPLIT: ("The notes of those who would leave are", "the notes that would stay"),
            ProposalKind.ATTACH: ("The notes of the issue are", "these notes"),
        }[ProposalKind(self.proposal.kind)]
        words = [likeness_in_words(value).partition(":")[0] for value in (inside, across)]
        return (
            f"{who[0]} {words[0]} among themselves ({inside:.2f} of 1), and {words[1]} to {who[1]} ({across:.2f}). "
            f"{verdict_in_words(across, [inside])}"
        )


def as_candidates(project: Project, proposals: Iterable[Any], sight: Sight = EVERYTHING) -> list[Candidate]:
    """These proposals (see `open_proposals`) with their evidence; the same few queries for one and for fifty."""
    chosen = list(proposals)
    events: defaultdict[int, list[ProposalEvent]] = defaultdict(list)
    for event in ProposalEvent.objects.filter(proposal__in=chosen).select_related("actor"):
        events[event.proposal_id].append(event)
    keys = {key for one in chosen for key in (one.home, one.gone) if key}
    issues = {issue.pk: issue for issue in counted_issues(project, sight).filter(pk__in=keys)}
    notes = _Notes(chosen, sight)
    # A reader may see an issue and not the one that it was merged into.
    shown = [one for one in chosen if all(key in issues for key in (one.home, one.gone) if key)]
    return [
        Candidate(
            proposal=one,
            members=notes.members(one),
            events=events[one.pk],
            issue=issues.get(one.home),
            other=issues.get(one.gone),
            beside=notes.beside(one),
        )
        for one in shown
    ]


class _Notes:
    """The failures of proposals, and those of the issues that they concern, by where they are now."""

    def __init__(self, chosen: Collection[Any], sight: Sight) -> None:
        pairs = Proposal.failures.through.objects.filter(proposal__in=chosen).values_list("proposal_id", "failure_id")
        self._ids: defaultdict[int, list[int]] = defaultdict(list)
        for proposal, failure in pairs.order_by("failure_id"):
            self._ids[proposal].append(failure)
        place = IssueMembership.objects.filter(failure=OuterRef("pk"), until=None).values("issue")[:1]
        named = Failure.objects.filter(proposals__in=chosen, withdrawn_at=None).distinct()
        shown = named.annotate(place=Subquery(place)).select_related("session", "failure_type")
        rest = self._newest(chosen, sight)
        self._told = {told.failure.pk: told for told in with_steps([*shown, *(row.failure for row in rest)])}
        self._place = {failure.pk: failure.place for failure in shown}
        self._rest: defaultdict[int, list[int]] = defaultdict(list)
        for row in rest:
            self._rest[row.issue_id].append(row.failure_id)

    def _newest(self, chosen: Collection[Any], sight: Sight) -> list[IssueMembership]:
        """Of each issue that would lose or get failures some of its newest; none of those who would leave."""
        leaving = [one.pk for one in chosen if one.kind == ProposalKind.SPLIT]
        homes = [one.home for one in chosen if one.kind in {ProposalKind.SPLIT, ProposalKind.ATTACH}]
        rows = standing(sight).filter(issue__in=homes).exclude(failure__proposals__in=leaving)
        ranked = rows.annotate(rank=Window(RowNumber(), partition_by="issue_id", order_by=F("failure_id").desc()))
        return list(ranked.filter(rank__lte=BESIDE).select_related("failure__session", "failure__failure_type"))

    def members(self, one: Any) -> list[Told]:
        """Those of the proposal that are where they have to be."""
        where = {ProposalKind.MERGE: one.gone, ProposalKind.SPLIT: one.home}.get(one.kind)
        return self._in(one, where)

    def beside(self, one: Any) -> list[Told]:
        """What to compare these with."""
        if one.kind == ProposalKind.MERGE:
            return self._in(one, one.home)
        return [self._told[failure] for failure in self._rest[one.home]]

    def _in(self, one: Any, issue: int | None) -> list[Told]:
        ids = self._ids[one.pk]
        return [self._told[pk] for pk in ids if pk in self._place and self._place[pk] == issue]
