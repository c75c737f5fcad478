"""What a lead takes up of what the grouping suggests: acts as people do them by hand, undone in the same way."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from common.errors import Refused
from issues.actions._locking import lock_living
from issues.actions._ringing import place_soon
from issues.actions.merging import merge_issues
from issues.actions.placing import place_or_refuse
from issues.actions.proposals import decide
from issues.actions.splitting import split_issue
from issues.deciding import make_decision, open_issue, remember, teach
from issues.models import (
    Decision,
    DecisionKind,
    Issue,
    IssueMembership,
    Proposal,
    ProposalKind,
    ProposalState,
    Source,
    lock_project,
)
from issues.queries.links import speakers

Done = tuple[Issue, Decision]
Pair = tuple[int, int]
ANCHORS = 3  # of a new issue


def accept_proposal(
    *,
    proposal: Proposal,
    actor: User,
    title: str = "",
    failure_ids: Collection[int] | None = None,
    issue: Issue | None = None,
) -> Done:
    """Does what the proposal suggests; the issue that is made, added to, merged into or split off, and the decision.

    `failure_ids` chooses among its members (None: all), `title` names the issue that is made, and a proposal of a new
    one may be attached to `issue`. Raises Refused when somebody decided before, when the title is taken, when no chosen
    failure is where it was any more, and naming who said what where that forbids it.
    """
    members = set(proposal.failures.values_list("pk", flat=True))
    chosen = members if failure_ids is None else members & set(failure_ids)
    if not chosen:
        raise Refused("Choose at least one failure.", field="failures")
    with transaction.atomic():
        # Whoever writes proposals locks first the project, then them: the other way round two could wait for ever.
        lock_project(proposal.project_id)
        proposal.refresh_from_db(fields=["state", "subject", "other"])
        before = proposal.state
        decide(proposal, ProposalState.ACCEPTED, actor)
        match proposal.kind:
            case ProposalKind.MERGE:
                target, decision = _merge(proposal, actor)
            case ProposalKind.SPLIT:
                target, decision = split_issue(
                    issue=_standing(proposal.subject), failure_ids=chosen, actor=actor, title=title or proposal.title
                )
            case ProposalKind.ATTACH:
                target, decision = _attach(proposal, actor, _standing(proposal.subject), chosen, members - chosen)
            case _ if issue is not None:
                target, decision = _attach(proposal, actor, issue, chosen, members - chosen, overrule=True)
            case _:
                target, decision = _make(proposal, actor, title, chosen, members - chosen)
        change = {"proposal": proposal.pk, "before": before, "after": ProposalState.ACCEPTED.value}
        remember(decision, "proposals", change)
        Proposal.objects.filter(pk=proposal.pk).update(issue=target)
        place_soon(proposal.project_id)
    return target, decision


def _standing(issue: Issue | None) -> Issue:
    """The issue that a proposal concerns, by the number that it leads to now."""
    if issue is None:
        raise Refused("The issue is gone.", field="issue")
    return issue.present


def _merge(proposal: Proposal, actor: User) -> Done:
    into, other = _standing(proposal.subject), _standing(proposal.other)
    if into == other:
        raise Refused("Meanwhile the two have become one.", field="issue")
    return into, merge_issues(into=into, others=[other], actor=actor)


def _make(proposal: Proposal, actor: User, title: str, chosen: Collection[int], left: Collection[int]) -> Done:
    decision = make_decision(proposal.project, DecisionKind.ACCEPT, actor=actor)
    target = open_issue(decision=decision, title=title or proposal.title, failure_ids=chosen, instead_of=proposal)
    _place(proposal, decision, target, chosen, left)
    return target, decision


def _attach(
    proposal: Proposal,
    actor: User,
    issue: Issue,
    chosen: Collection[int],
    left: Collection[int],
    *,
    overrule: bool = False,
) -> Done:
    """Who names another issue than the one proposed has the last word about what goes there, and may `overrule`."""
    said = f"failures into ISS-{issue.number}"
    decision = make_decision(proposal.project, DecisionKind.ATTACH, actor=actor, said=said)
    target = lock_living(proposal.project, [issue])[issue.pk]
    _place(proposal, decision, target, chosen, left, overrule=overrule)
    return target, decision


def _place(
    proposal: Proposal,
    decision: Decision,
    target: Issue,
    chosen: Collection[int],
    left: Collection[int],
    *,
    overrule: bool = False,
) -> None:
    """Puts the chosen ones there. The others are remembered as refused for that issue: no machine puts them there."""
    score = proposal.cohesion if proposal.across is None else proposal.across
    placed = place_or_refuse(decision, target, chosen, source=Source.PROPOSAL, score=score)
    IssueMembership.objects.refuse(target, left, actor=decision.actor, decision=decision)
    teach(decision, together=_bound(target, placed), moved=placed, overrule=overrule)


def _bound(issue: Issue, placed: Collection[int]) -> list[Pair]:
    """Who is taught to belong together: who speaks for the issue that stood with who speaks for those that came.

    Where nobody stood there, the most central one with the next two. All would be too much: see decision 0015.
    """
    order = speakers(issue)
    stood = next((failure for failure in order if failure not in placed), None)
    came = [failure for failure in order if failure in placed]
    return [(came[0], other) for other in came[1:ANCHORS]] if stood is None else [(stood, came[0])]
