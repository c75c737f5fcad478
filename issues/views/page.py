"""The page of one issue, and what a lead does there."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Project, Role, User
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.models import Severity
from annotate.queries.blind import Sight, sight_of
from common.errors import Refused
from common.keys import is_key
from issues import actions
from issues.access import find_owner, get_failure, get_issue, get_standing_member
from issues.forms import MoveForm, NewIssueForm, checked
from issues.lifecycle import State, choices_by_hand
from issues.models import Issue
from issues.proposing import representatives
from issues.queries import (
    breakdown,
    counted_issues,
    seen_events,
    seen_releases,
    sessions_by_day,
    standing_members,
    with_steps,
)
from issues.queries.shares import issue_shares
from issues.queries.sightings import sightings_of

MEMBERS_PER_PAGE = 25
EVENTS = 40
BREAKDOWNS = ("workflow", "tool", "release")


@member(Role.VIEWER)
def issue_page(request: ProjectRequest, number: int) -> HttpResponse:
    """What it is, how bad, where, what we do, how we know."""
    sight = sight_of(request.membership)
    issue = _seen(request.project, number, sight)
    members = Paginator(standing_members(issue, sight), MEMBERS_PER_PAGE).get_page(request.GET.get("page"))
    shown = list(members.object_list)
    typical = representatives(issue, sight=sight)
    context = {
        "section": "issues",
        "issue": issue,
        "typical": with_steps([row.failure for row in typical], typical),
        "days": sessions_by_day(issue, sight),
        "share": issue_shares(request.project, [issue], sight)[issue.pk],
        "sightings": sightings_of(issue, sight),
        "parts": [(by, breakdown(issue, by, sight=sight)) for by in BREAKDOWNS],
        "moves": choices_by_hand(State(issue.state)),
        "releases": seen_releases(request.project),
        "severities": Severity.choices,
        "owners": User.objects.filter(memberships__project=request.project, is_active=True).order_by("name", "email"),
        "members": members,
        "told": with_steps([row.failure for row in shown], shown),
        "events": seen_events(issue, EVENTS, sight),
        "sight": sight,
        "may_change": request.membership.may(Role.LEAD),
    }
    return render(request, "issues/issue.html", context)


def _seen(project: Project, number: int, sight: Sight) -> Any:
    """The issue with its counts, as far as the reader may see; Http404 where they may see nothing of it."""
    get_issue(project, number)
    found = counted_issues(project, sight).select_related("project", "merged_into").filter(number=number).first()
    if found is None:
        raise Http404("No such issue.")
    return found


def _back(request: ProjectRequest, issue: Issue) -> HttpResponseRedirect:
    return redirect("issue_page", request.project.slug, issue.number)


@member(Role.LEAD)
@require_POST
def issue_move(request: ProjectRequest, number: int) -> HttpResponse:
    """Moves the issue from where the reader saw it."""
    issue = get_issue(request.project, number)
    try:
        asked = checked(MoveForm(request.POST))
        moved = actions.move_issue(
            issue=issue,
            source=State(asked["source"]),
            target=State(asked["target"]),
            actor=request.user,
            fixed_in_release=asked["fixed_in_release"],
            now=asked["now"],
            reason=asked["reason"],
        )
        messages.success(request, f"ISS-{number} is now {State(moved.state).label.lower()}.")
    except Refused as refused:
        messages.error(request, refused.message)
    return _back(request, issue)


@member(Role.LEAD)
@require_POST
def issue_edit(request: ProjectRequest, number: int) -> HttpResponse:
    """Changes the title, the owner or the severity: whichever was sent."""
    issue = get_issue(request.project, number)
    try:
        if "title" in request.POST:
            actions.rename_issue(issue=issue, title=request.POST["title"].replace("\0", ""), actor=request.user)
        if "owner" in request.POST:
            actions.assign_owner(issue=issue, owner=_owner(request), actor=request.user)
        if "severity" in request.POST:
            actions.set_severity(issue=issue, severity=_severity(request), actor=request.user)
        messages.success(request, "Saved.")
    except Refused as refused:
        messages.error(request, refused.message)
    return _back(request, issue)


def _owner(request: ProjectRequest) -> User | None:
    asked = request.POST["owner"]
    if not asked:
        return None
    owner = find_owner(request.project, int(asked)) if is_key(asked) else None
    if owner is None:
        raise Refused("Only members of the project can own its issues.", field="owner")
    return owner


def _severity(request: ProjectRequest) -> Severity:
    try:
        return Severity(request.POST["severity"])
    except ValueError:
        raise Refused("There is no such severity.", field="severity") from None


@member(Role.LEAD)
@require_POST
def issue_detach(request: ProjectRequest, number: int, failure_id: int) -> HttpResponse:
    """Takes one failure out of the issue."""
    issue = get_issue(request.project, number)
    membership = get_standing_member(issue, failure_id)
    try:
        actions.detach_failure(membership=membership, actor=request.user)
        messages.success(request, "Removed. The failure waits in the pool and will not come back here by itself.")
    except Refused as refused:
        messages.error(request, refused.message)
    return _back(request, issue)


@member(Role.LEAD)
@require_POST
def issue_create(request: ProjectRequest) -> HttpResponse:
    """Makes an issue by hand from one failure."""
    try:
        asked = checked(NewIssueForm(request.POST))
        failure = get_failure(request.project, asked["failure"])
        issue = actions.create_issue(failure=failure, title=asked["title"], actor=request.user)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("proposal_inbox", request.project.slug)
    messages.success(request, f"ISS-{issue.number} was made.")
    return _back(request, issue)
