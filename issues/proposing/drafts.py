"""What a look at everything would propose, and whether people said no to it before."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Project
from issues.models import Issue, IssueMembership, Proposal, ProposalKind, ProposalState
from issues.proposing.writing import GROWN_BY, is_same_evidence, members_of


@dataclass(frozen=True)
class Draft:
    """A proposal about issues that there are, by their keys. The fields are those of `Proposal`."""

    kind: ProposalKind
    subject: int
    failure_ids: tuple[int, ...]
    score: float
    size: int
    cohesion: float
    across: float
    other: int | None = None
    notes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[object, ...]:
        """What it is about: of a merge the two issues, whoever speaks for them."""
        if self.other is not None:
            return (self.kind.value, *sorted((self.subject, self.other)))
        return self.kind.value, self.subject, *sorted(self.failure_ids)


class Declined:
    """What was declined in a project, by where its issues are now."""

    def __init__(self, project: Project) -> None:
        issues = Issue.objects.filter(project=project).select_related("merged_into")
        self._present = {issue.pk: issue.present.pk for issue in issues}
        declined = Proposal.objects.filter(project=project, state=ProposalState.DECLINED)
        self._merges = list(declined.filter(kind=ProposalKind.MERGE).values_list("subject", "other", "size"))
        self._splits = members_of(project, ProposalState.DECLINED, ProposalKind.SPLIT)
        self._attaches = members_of(project, ProposalState.DECLINED, ProposalKind.ATTACH)
        self._subject = dict(declined.values_list("pk", "subject"))
        self._members: defaultdict[int, set[int]] = defaultdict(set)
        rows = IssueMembership.objects.standing().filter(issue__project=project)
        for issue, failure in rows.values_list("issue_id", "failure_id") if self._splits else ():
            self._members[issue].add(failure)

    def holds(self, draft: Draft) -> bool:
        """Whether this was declined, and what speaks for it has not grown by half since."""
        members = set(draft.failure_ids)
        if draft.kind == ProposalKind.MERGE:
            pair = {draft.subject, draft.other}
            return any(
                {self._present[one], self._present[other]} == pair and draft.size < GROWN_BY * size
                for one, other, size in self._merges
            )
        if draft.kind == ProposalKind.SPLIT:
            # The same cut, whichever of its two sides would leave.
            sides = (members, self._members[draft.subject] - members)
            return any(is_same_evidence(side, known) for known in self._splits.values() for side in sides if side)
        return any(
            self._present[self._subject[pk]] == draft.subject and is_same_evidence(members, known)
            for pk, known in self._attaches.items()
        )

    def keep_out(self, drafts: Iterable[Draft]) -> Iterable[Draft]:
        """Those of the drafts that nobody said no to, one after the other as they are asked for."""
        return (draft for draft in drafts if not self.holds(draft))
