"""The inbox of proposals: accept, edit, decline, each with its evidence."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from clustering.engine.group import FEWEST
from common.errors import Refused
from issues import actions
from issues.access import get_proposal
from issues.forms import DecisionForm, checked
from issues.models import Issue, Proposal
from issues.queries import attachable_issues, open_proposals, read_pool, unplaced_failures, with_steps

ALONE_SHOWN = 20


@member(Role.VIEWER)
def inbox(request: ProjectRequest) -> HttpResponse:
    """Open proposals, largest first, and what waits in the pool beside them."""
    candidates = open_proposals(request.project)
    proposed = {told.failure.pk for candidate in candidates for told in candidate.members}
    alone = unplaced_failures(request.project).exclude(pk__in=proposed).select_related("session", "failure_type")
    context = {
        "section": "proposals",
        "candidates": candidates,
        "pool": read_pool(request.project),
        "fewest": FEWEST,
        "issues": attachable_issues(request.project),
        "alone": with_steps(list(alone.order_by("-pk")[:ALONE_SHOWN])),
        "may_change": request.membership.may(Role.LEAD),
    }
    return render(request, "issues/proposals.html", context)


@member(Role.LEAD)
@require_POST
def decide(request: ProjectRequest, proposal_id: int) -> HttpResponse:
    """Accepts a proposal (as a new issue, or into an existing one) or declines it."""
    proposal = get_proposal(request.project, proposal_id)
    members = list(proposal.failures.values_list("pk", flat=True))
    form = DecisionForm(request.POST, members=members, issues=attachable_issues(request.project))
    try:
        _decide(request, proposal, checked(form))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("proposal_inbox", request.project.slug)


def _decide(request: ProjectRequest, proposal: Proposal, asked: dict[str, Any]) -> None:
    if asked["decision"] == "decline":
        actions.decline_proposal(proposal=proposal, actor=request.user)
        messages.success(request, "Declined. It comes back only if it grows by half.")
        return
    into: Issue | None = asked["issue"]
    issue = actions.accept_proposal(
        proposal=proposal, actor=request.user, title=asked["title"], failure_ids=asked["failures"], issue=into
    )
    messages.success(request, f"{'Attached to' if into else 'Made'} ISS-{issue.number}: {issue.title}")
