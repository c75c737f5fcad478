"""What leads decide about proposals."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.errors import Refused
from issues.actions._locking import lock_living
from issues.actions._ringing import place_soon
from issues.actions.placing import place_or_refuse
from issues.deciding import make_decision, open_issue, teach
from issues.models import (
    FEWEST_MEMBERS,
    Decision,
    DecisionKind,
    Issue,
    IssueMembership,
    Proposal,
    ProposalEvent,
    ProposalState,
    Source,
    lock_project,
    titled,
)
from issues.queries import unplaced_failures


def accept_proposal(
    *,
    proposal: Proposal,
    actor: User,
    title: str = "",
    failure_ids: Collection[int] | None = None,
    issue: Issue | None = None,
) -> Issue:
    """Makes an issue of a proposal, or attaches it to `issue`. `failure_ids` chooses among its members (None: all).

    The others are remembered as refused for that issue: no machine puts them there.
    Raises Refused when somebody decided before, when the title is taken, or when no chosen failure is free any more.
    """
    members = set(proposal.failures.values_list("pk", flat=True))
    chosen = members if failure_ids is None else members & set(failure_ids)
    if not chosen:
        raise Refused("Choose at least one failure.", field="failures")
    with transaction.atomic():
        # Whoever writes proposals locks first the project, then them: the other way round two could wait for ever.
        lock_project(proposal.project_id)
        proposal.refresh_from_db(fields=["state"])
        _decide(proposal, ProposalState.ACCEPTED, actor)
        decision = _accepting(proposal, actor, issue)
        target = (
            lock_living(proposal.project, [issue])[issue.pk]
            if issue
            else open_issue(decision=decision, title=title or proposal.title, failure_ids=chosen, instead_of=proposal)
        )
        placed = place_or_refuse(decision, target, chosen, source=Source.PROPOSAL, score=proposal.cohesion)
        IssueMembership.objects.refuse(target, members - chosen, actor=actor, decision=decision)
        # Who names the issue has the last word about what goes there.
        teach(decision, moved=placed, overrule=issue is not None)
        Proposal.objects.filter(pk=proposal.pk).update(issue=target)
        place_soon(proposal.project_id)
    return target


def _accepting(proposal: Proposal, actor: User, issue: Issue | None) -> Decision:
    """The decision, which remembers what the proposal was before."""
    before = {"proposal": proposal.pk, "before": proposal.state, "after": ProposalState.ACCEPTED.value}
    kind = DecisionKind.ATTACH if issue else DecisionKind.ACCEPT
    said = f"failures into ISS-{issue.number}" if issue else ""
    return make_decision(proposal.project, kind, actor=actor, said=said, proposals=[before])


def decline_proposal(*, proposal: Proposal, actor: User) -> None:
    """Declines a proposal: it does not come back unless its evidence grows by half."""
    with transaction.atomic():
        _decide(proposal, ProposalState.DECLINED, actor)


def reopen_proposal(*, proposal: Proposal, actor: User) -> None:
    """Undoes a decline, as long as enough of its failures are free and no other open proposal has them or its title."""
    with transaction.atomic():
        lock_project(proposal.project_id)
        free = unplaced_failures(proposal.project).filter(proposals=proposal)
        if free.count() < FEWEST_MEMBERS:
            raise Refused("Its failures have found other places since then.")
        others = Proposal.objects.filter(project=proposal.project_id, state=ProposalState.OPEN).exclude(pk=proposal.pk)
        if others.filter(failures__in=free.values("pk")).exists():
            raise Refused("By now another open proposal has some of its failures. Decide on that one.")
        if others.filter(titled(proposal.title)).exists():
            raise Refused("By now another open proposal has its title. Decide on that one first.")
        _record(proposal, [ProposalState.DECLINED], ProposalState.OPEN, actor)


def _decide(proposal: Proposal, state: ProposalState, actor: User) -> None:
    _record(proposal, [ProposalState.OPEN, ProposalState.OUTDATED], state, actor)


def _record(proposal: Proposal, before: Collection[ProposalState], state: ProposalState, actor: User) -> None:
    """Moves the proposal, if it still stands where it may be moved from, and writes its history."""
    decided = state != ProposalState.OPEN
    who_and_when = {"decided_by": actor if decided else None, "decided_at": timezone.now() if decided else None}
    if not Proposal.objects.filter(pk=proposal.pk, state__in=before).update(state=state, **who_and_when):
        raise Refused("Somebody has already decided otherwise on this proposal.")
    ProposalEvent.objects.create(proposal=proposal, state=state, actor=actor)
