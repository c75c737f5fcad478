"""Turns groups of failures into open proposals of new issues."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Q

from accounts.models import Project
from clustering.engine.describe import choose_title, fold
from clustering.grouping import Group
from clustering.models import GroupingRun
from issues.models import FEWEST_MEMBERS, Issue, Proposal, ProposalKind, ProposalState, lock_project
from issues.queries import unplaced_failures

SAME_PROPOSAL = 0.5  # Jaccard overlap from which a group is what was already declined
GROWN_BY = 1.5  # evidence that brings a declined proposal back
EVERY = Q()


def write_proposals(project: Project, run: GroupingRun, groups: Iterable[Group]) -> None:
    """Turns groups into open proposals. One that stands is left alone; what a new one overlaps becomes outdated."""
    with transaction.atomic():
        lock_project(project.pk)
        free = set(free_ids(project))
        declined = members_of(project, ProposalState.DECLINED, ProposalKind.NEW)
        standing = members_of(project, ProposalState.OPEN, ProposalKind.NEW)
        # An addition to an issue that is gone can no more be decided: it keeps nothing from being proposed.
        living = Q(proposal__subject__withdrawn_at=None)
        elsewhere = members_of(project, ProposalState.OPEN, ProposalKind.ATTACH, living)
        fresh = [
            group
            for group in groups
            if free.issuperset(group.failure_ids)
            and not any(is_same_evidence(set(group.failure_ids), known) for known in declined.values())
            and not any(is_mostly(set(group.failure_ids), known) for known in elsewhere.values())
        ]
        made_of = {frozenset(group.failure_ids) for group in fresh}
        covered = {failure_id for members in made_of for failure_id in members}
        gone = [
            pk
            for pk, members in standing.items()
            if frozenset(members) not in made_of and (members & covered or len(members & free) < FEWEST_MEMBERS)
        ]
        Proposal.objects.filter(pk__in=gone).update(state=ProposalState.OUTDATED)
        kept = {frozenset(members) for pk, members in standing.items() if pk not in gone}
        taken = taken_titles(project)
        for group in fresh:
            if frozenset(group.failure_ids) not in kept:
                title = choose_title(group.notes, group.words, taken)
                _create(project, run, group, title)
                taken.add(fold(title))


def _create(project: Project, run: GroupingRun, group: Group, title: str) -> None:
    proposal = Proposal.objects.create(
        project=project,
        run=run,
        title=title,
        words=list(group.words),
        cohesion=group.cohesion,
        fingerprint=fingerprint(group.failure_ids),
        size=len(group.failure_ids),
    )
    proposal.failures.set(group.failure_ids)


def fingerprint(failure_ids: Collection[int]) -> str:
    """What a proposal of a new issue is about, in any order."""
    return hashlib.sha256(repr(sorted(failure_ids)).encode()).hexdigest()


def is_same_evidence(members: set[int], declined: set[int]) -> bool:
    """Whether a group is what was declined before, or a part of it, and has not grown by half since."""
    if members <= declined:
        return True  # what is left when some found other places
    overlap = len(members & declined) / len(members | declined)
    return overlap >= SAME_PROPOSAL and len(members) < GROWN_BY * len(declined)


def is_mostly(members: set[int], others: set[int]) -> bool:
    """Whether half of the members or more are among the others: who decides on these decides on them."""
    return 2 * len(members & others) >= len(members)


def taken_titles(project: Project) -> set[str]:
    """The titles of issues and open proposals, folded."""
    issues = Issue.objects.kept().filter(project=project).values_list("title", flat=True)
    proposals = Proposal.objects.filter(project=project, state=ProposalState.OPEN).exclude(title="")
    return {fold(title) for title in (*issues, *proposals.values_list("title", flat=True))}


def members_of(project: Project, state: ProposalState, kind: ProposalKind, which: Q = EVERY) -> dict[int, set[int]]:
    """The failures of the project's proposals of this kind in this state, by proposal. `which`: only of these."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = Proposal.failures.through.objects.filter(
        which, proposal__project=project, proposal__state=state, proposal__kind=kind
    )
    for proposal_id, failure_id in rows.values_list("proposal_id", "failure_id"):
        found[proposal_id].add(failure_id)
    return dict(found)


def free_ids(project: Project) -> list[int]:
    return list(unplaced_failures(project).order_by("pk").values_list("pk", flat=True))
