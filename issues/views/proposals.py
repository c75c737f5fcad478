"""The inbox of proposals: accept, edit, decline, each with its evidence."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.queries.blind import sight_of
from clustering.engine.group import FEWEST
from common.errors import Refused
from issues import actions
from issues.access import get_proposal
from issues.forms import DecisionForm, checked
from issues.models import Issue, Proposal
from issues.queries import (
    attachable_issues,
    declined_proposals,
    open_proposals,
    read_pool,
    unplaced_failures,
    with_steps,
)

ALONE_SHOWN = 20
DECLINED_SHOWN = 100


@dataclass(frozen=True)
class Entered:
    """What a lead had entered when they were refused, and why they were: nobody types anything twice."""

    proposal_id: int
    title: str
    ticked: frozenset[str]
    issue: str
    problem: str


@member(Role.VIEWER)
def inbox(request: ProjectRequest) -> HttpResponse:
    """Open proposals, largest first, then what was declined and what waits alone."""
    return _show(request)


def _show(request: ProjectRequest, entered: Entered | None = None) -> HttpResponse:
    sight = sight_of(request.membership)
    candidates = open_proposals(request.project, sight)
    declined = declined_proposals(request.project, DECLINED_SHOWN, sight)
    grouped = {told.failure.pk for candidate in (*candidates, *declined) for told in candidate.members}
    alone = unplaced_failures(request.project, sight).exclude(pk__in=grouped).select_related("session", "failure_type")
    waiting = with_steps(list(alone.order_by("-pk")[:ALONE_SHOWN]))
    context = {
        "section": "proposals",
        "candidates": candidates,
        "entered": entered,
        "declined": declined,
        "pool": read_pool(request.project, sight),
        "fewest": FEWEST,
        "issues": attachable_issues(request.project, sight),
        "alone": waiting,
        "sight": sight,
        "may_change": request.membership.may(Role.LEAD),
    }
    return render(request, "issues/proposals.html", context, status=422 if entered else 200)


@member(Role.LEAD)
@require_POST
def decide(request: ProjectRequest, proposal_id: int) -> HttpResponse:
    """Accepts a proposal (as a new issue, or into an existing one) or declines it, and goes on to the next."""
    proposal = get_proposal(request.project, proposal_id)
    members = list(proposal.failures.values_list("pk", flat=True))
    form = DecisionForm(request.POST, members=members, issues=attachable_issues(request.project))
    following = _following(request, proposal)
    try:
        _decide(request, proposal, checked(form))
    except Refused as refused:
        return _refuse(request, proposal, refused)
    return _to(request, following)


def _decide(request: ProjectRequest, proposal: Proposal, asked: dict[str, Any]) -> None:
    if asked["decision"] == "decline":
        actions.decline_proposal(proposal=proposal, actor=request.user)
        messages.success(request, render_to_string("issues/_declined_toast.html", {"proposal": proposal}, request))
        return
    into: Issue | None = asked["issue"]
    issue = actions.accept_proposal(
        proposal=proposal, actor=request.user, title=asked["title"], failure_ids=asked["failures"], issue=into
    )
    messages.success(request, f"{'Attached to' if into else 'Made'} ISS-{issue.number}: {issue.title}")


def _refuse(request: ProjectRequest, proposal: Proposal, refused: Refused) -> HttpResponse:
    proposal.refresh_from_db()
    if not proposal.is_open():
        messages.error(request, refused.message)
        return _to(request, None)
    given = request.POST
    ticked = frozenset(given.getlist("failures"))
    entered = Entered(proposal.pk, given.get("title", ""), ticked, given.get("issue", ""), refused.message)
    return _show(request, entered)


def _following(request: ProjectRequest, proposal: Proposal) -> int | None:
    """The proposal below this one in the inbox, else the one above; None where it stands alone."""
    order = [candidate.proposal.pk for candidate in open_proposals(request.project, sight_of(request.membership))]
    place = order.index(proposal.pk) if proposal.pk in order else 0
    others = [pk for pk in order if pk != proposal.pk]
    return others[min(place, len(others) - 1)] if others else None


def _to(request: ProjectRequest, proposal_id: int | None) -> HttpResponseRedirect:
    fragment = "main" if proposal_id is None else f"proposal-{proposal_id}"
    return HttpResponseRedirect(f"{reverse('proposal_inbox', args=[request.project.slug])}#{fragment}")


@member(Role.LEAD)
@require_POST
def reopen(request: ProjectRequest, proposal_id: int) -> HttpResponse:
    """Undoes a decline."""
    proposal = get_proposal(request.project, proposal_id)
    try:
        actions.reopen_proposal(proposal=proposal, actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return _to(request, None)
    messages.success(request, "The proposal is open again.")
    return _to(request, proposal.pk)
