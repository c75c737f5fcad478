"""Writes what a look at everything proposes: what stands is brought up to date, what no longer holds is outdated."""

import hashlib
from collections.abc import Iterable, Mapping

from django.db.models import Q

from accounts.models import Project
from clustering.engine.describe import choose_title, fold
from clustering.models import GroupingRun
from issues.models import Issue, IssueMembership, Proposal, ProposalKind, ProposalState
from issues.proposing.drafts import Declined, Draft
from issues.proposing.writing import free_ids, is_mostly, members_of, taken_titles

CONCERNING = Q(kind__in=[ProposalKind.MERGE, ProposalKind.SPLIT, ProposalKind.ATTACH])


def revise_proposals(run: GroupingRun, drafts: Iterable[Draft]) -> None:
    """Makes the open proposals about issues that there are those of the drafts. The project is locked.

    Left out is what is so already, what changed while the drafts were made, and what was declined and has not grown
    by half since. A proposal of a new issue gives way where most of its failures would rather be added to one.
    """
    now, declined = _Now(run.project), Declined(run.project)
    wanted = {_fingerprint(draft): draft for draft in drafts if now.holds(draft) and not declined.holds(draft)}
    standing = Proposal.objects.filter(CONCERNING, project=run.project, state=ProposalState.OPEN)
    standing.exclude(fingerprint__in=wanted).update(state=ProposalState.OUTDATED)
    known = {proposal.fingerprint: proposal for proposal in standing}
    taken = taken_titles(run.project)
    for key, draft in wanted.items():
        if key in known:
            _bring_up_to_date(known[key], draft)
        else:
            title = _title(draft, taken)
            _create(run, draft, key, title)
            taken.add(fold(title))
    _outdate_rivals(
        run.project, [set(draft.failure_ids) for draft in wanted.values() if draft.kind == ProposalKind.ATTACH]
    )


class _Now:
    """Which issues there are now, and where failures stand."""

    def __init__(self, project: Project) -> None:
        self._living = set(Issue.objects.living().filter(project=project).values_list("pk", flat=True))
        rows = IssueMembership.objects.standing().filter(issue__project=project)
        self._place = dict(rows.values_list("failure_id", "issue_id"))
        self._free = set(free_ids(project))

    def holds(self, draft: Draft) -> bool:
        if not {draft.subject, *([draft.other] if draft.other else [])} <= self._living:
            return False
        if draft.kind == ProposalKind.ATTACH:
            return self._free.issuperset(draft.failure_ids)
        if draft.kind == ProposalKind.SPLIT:
            return {self._place.get(failure) for failure in draft.failure_ids} == {draft.subject}
        return True


def _fingerprint(draft: Draft) -> str:
    return hashlib.sha256(repr(draft.about).encode()).hexdigest()


def _figures(draft: Draft) -> Mapping[str, float]:
    return {"score": draft.score, "size": draft.size, "cohesion": draft.cohesion, "across": draft.across}


def _bring_up_to_date(proposal: Proposal, draft: Draft) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(**_figures(draft), subject=draft.subject, other=draft.other)
    proposal.failures.set(draft.failure_ids)


def _title(draft: Draft, taken: set[str]) -> str:
    """What a split would call the issue that it makes; nothing else makes one."""
    return choose_title(draft.notes, draft.words, taken) if draft.kind == ProposalKind.SPLIT else ""


def _create(run: GroupingRun, draft: Draft, key: str, title: str) -> None:
    proposal = Proposal.objects.create(
        project=run.project,
        run=run,
        kind=draft.kind,
        subject_id=draft.subject,
        other_id=draft.other,
        title=title,
        words=list(draft.words),
        fingerprint=key,
        **_figures(draft),
    )
    proposal.failures.set(draft.failure_ids)


def _outdate_rivals(project: Project, attached: Iterable[set[int]]) -> None:
    waiting = members_of(project, ProposalState.OPEN, ProposalKind.NEW)
    gone = [pk for members in attached for pk, known in waiting.items() if is_mostly(known, members)]
    Proposal.objects.filter(pk__in=gone).update(state=ProposalState.OUTDATED)
