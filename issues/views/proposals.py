"""The inbox of proposals: accept, edit, decline, each with its evidence."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.queries.blind import Sight, sight_of
from clustering.engine.calibrate import FEWEST_PLACEMENTS
from clustering.engine.group import FEWEST
from common.errors import Refused
from issues import actions
from issues.access import get_proposal
from issues.forms import DecisionForm, checked
from issues.models import Proposal, ProposalKind, ProposalState
from issues.queries import (
    Candidate,
    Told,
    as_candidates,
    attachable_issues,
    declined_proposals,
    newest_look,
    open_proposals,
    read_pool,
    unplaced_failures,
    with_steps,
)
from issues.queries.mechanisms import side_by_side
from issues.queries.rules import newest_rule
from issues.views.telling import say_done

PER_PAGE = 20
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
    """Open proposals, those of most failures first, then what was declined and what waits alone."""
    return _show(request)


def _show(request: ProjectRequest, entered: Entered | None = None) -> HttpResponse:
    sight = sight_of(request.membership)
    waiting = open_proposals(request.project, sight)
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    rows = as_candidates(request.project, [*page, *declined_proposals(request.project, sight)[:DECLINED_SHOWN]], sight)
    candidates = [row for row in rows if row.proposal.state != ProposalState.DECLINED]
    declined = [row for row in rows if row.proposal.state == ProposalState.DECLINED]
    context = {
        "section": "proposals",
        "page": page,
        "candidates": candidates,
        "entered": entered,
        "declined": declined,
        "pool": read_pool(request.project, sight),
        "look": newest_look(request.project),
        "rule": newest_rule(request.project),
        "mechanisms": side_by_side(request.project),
        "fewest_placements": FEWEST_PLACEMENTS,
        "fewest": FEWEST,
        "issues": attachable_issues(request.project, sight),
        "alone": _alone(request, declined, sight),
        "sight": sight,
        "client_id": uuid4(),
        "may_change": request.membership.may(Role.LEAD),
    }
    return render(request, "issues/proposals.html", context, status=422 if entered else 200)


def _alone(request: ProjectRequest, declined: list[Candidate], sight: Sight) -> list[Told]:
    """The newest failures that wait and are in no proposal that can be seen here."""
    # Asked for before: inside of another query it is more than SQLite can parse.
    shown = [*_order(request, sight), *(candidate.proposal.pk for candidate in declined)]
    grouped = Proposal.failures.through.objects.filter(proposal__in=shown)
    alone = unplaced_failures(request.project, sight).exclude(pk__in=grouped.values("failure"))
    return with_steps(list(alone.select_related("session", "failure_type").order_by("-pk")[:ALONE_SHOWN]))


@member(Role.VIEWER)
@require_safe
def reading_progress(request: ProjectRequest) -> HttpResponse:
    """How many of the new failures have been read; asked every few seconds until all are, or the model is silent."""
    pool = read_pool(request.project, sight_of(request.membership))
    return render(request, "issues/_pool.html", {"pool": pool, "was_reading": pool.unplaced > 0})


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
    merges = proposal.kind == ProposalKind.MERGE
    issue, decision = actions.accept_proposal(
        proposal=proposal,
        actor=request.user,
        title=asked["title"],
        failure_ids=None if merges else asked["failures"],
        issue=asked["issue"],
    )
    say_done(
        request, decision, f"{_done(proposal, attached=asked['issue'] is not None)} ISS-{issue.number}: {issue.title}"
    )


def _done(proposal: Proposal, *, attached: bool) -> str:
    if attached:
        return "Added to"
    match proposal.kind:
        case ProposalKind.MERGE:
            return "Merged into"
        case ProposalKind.SPLIT:
            return "Split off as"
        case ProposalKind.ATTACH:
            return "Added to"
        case _:
            return "Made"


def _refuse(request: ProjectRequest, proposal: Proposal, refused: Refused) -> HttpResponse:
    proposal.refresh_from_db()
    # Where the inbox has no card of it any more, nothing else would say why.
    if not proposal.is_open() or proposal.pk not in _order(request, sight_of(request.membership)):
        messages.error(request, refused.message)
        return _to(request, None)
    given = request.POST
    ticked = frozenset(given.getlist("failures"))
    entered = Entered(proposal.pk, given.get("title", ""), ticked, given.get("issue", ""), refused.message)
    return _show(request, entered)


def _following(request: ProjectRequest, proposal: Proposal) -> int | None:
    """The proposal below this one in the inbox, else the one above; None where it stands alone."""
    order = _order(request, sight_of(request.membership))
    place = order.index(proposal.pk) if proposal.pk in order else 0
    others = [pk for pk in order if pk != proposal.pk]
    return others[min(place, len(others) - 1)] if others else None


def _order(request: ProjectRequest, sight: Sight) -> list[int]:
    """All open proposals, as the inbox has them."""
    return list(open_proposals(request.project, sight).values_list("pk", flat=True))


def _to(request: ProjectRequest, proposal_id: int | None) -> HttpResponseRedirect:
    """To the inbox, on the page of it that the form was sent from."""
    fragment = "main" if proposal_id is None else f"proposal-{proposal_id}"
    page = request.GET.get("page", "")
    query = f"?page={page}" if page.isascii() and page.isdigit() else ""
    return HttpResponseRedirect(f"{reverse('proposal_inbox', args=[request.project.slug])}{query}#{fragment}")


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


@member(Role.LEAD)
@require_POST
def look(request: ProjectRequest) -> HttpResponse:
    """Asks for a look at everything: it is made in the worker, and moves nothing."""
    actions.look_at_everything(project=request.project)
    return _to(request, None)


@member(Role.VIEWER)
def look_progress(request: ProjectRequest) -> HttpResponse:
    """How far the look at everything has come; once it is over, the page is loaded anew."""
    found = newest_look(request.project)
    if found is None or not found.is_under_way():
        return HttpResponseClientRefresh()
    return render(request, "issues/_look.html", {"look": found, "sight": sight_of(request.membership)})
