"""The page of one issue, and what a lead does about it."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Project, Role, User
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.models import Severity
from annotate.queries.blind import Sight, sight_of
from common.errors import Refused
from common.keys import is_key
from issues import actions
from issues.access import LARGEST_NUMBER, find_owner, get_failure, get_issue
from issues.forms import NewIssueForm, checked
from issues.models import Issue
from issues.proposing import representatives, telling_words
from issues.queries import (
    breakdown,
    counted_issues,
    listed_by_day,
    seen_events,
    standing_members,
    with_steps,
)
from issues.queries.extent import cost_of, releases_of
from issues.queries.history import history_of
from issues.queries.places import issues_beside, whereabouts
from issues.queries.shares import issue_shares
from issues.queries.sightings import sightings_of
from issues.queries.types import types_of
from issues.views.life import life_of

MEMBERS_PER_PAGE = 25
EVENTS = 40
BREAKDOWNS = ("workflow", "tool", "step", "model")


@dataclass(frozen=True)
class Entered:
    """What a lead had ticked and entered when they were refused, and why they were: nobody does anything twice.

    `overrule`: the address of what may be done all the same; "" where it may not.
    """

    ticked: frozenset[str]
    issue: str
    title: str
    problem: str
    overrule: str


@member(Role.VIEWER)
def issue_page(request: ProjectRequest, number: int) -> HttpResponse:
    """What it is, how bad, where, what we do, how we know. The number of a merged issue leads to where it is now."""
    issue = get_issue(request.project, number)
    if issue.merged_into is not None and "own" not in request.GET:
        seen_issue(request.project, number, sight_of(request.membership))  # or it is not told where the number leads
        to = reverse("issue_page", args=[request.project.slug, issue.present.number])
        return HttpResponseRedirect(f"{to}?was={number}")
    return show_issue(request, number)


def show_issue(request: ProjectRequest, number: int, entered: Entered | None = None) -> HttpResponse:
    """The page; with 422 where somebody was refused what they had `entered`."""
    sight = sight_of(request.membership)
    issue = seen_issue(request.project, number, sight)
    members = Paginator(standing_members(issue, sight), MEMBERS_PER_PAGE).get_page(request.GET.get("page"))
    shown = list(members.object_list)
    events = Paginator(seen_events(issue, sight), EVENTS).get_page(request.GET.get("history"))
    typical = representatives(issue, sight=sight)
    may_change = request.membership.may(Role.LEAD)
    context = {
        "section": "issues",
        "issue": issue,
        "was": _former(request, issue),
        "typical": with_steps([row.failure for row in typical], typical),
        "words": telling_words(issue, sight),
        "types": types_of(issue, sight),
        "days": _linked(request.project, listed_by_day(issue, sight)),
        "by_release": releases_of(issue, sight),
        "cost": cost_of(issue, sight),
        "share": issue_shares(request.project, [issue], sight)[issue.pk],
        "sightings": sightings_of(issue, sight),
        "parts": [(by, breakdown(issue, by, sight=sight)) for by in BREAKDOWNS],
        "whereabouts": whereabouts(issue, sight),
        "beside": issues_beside(issue, issue.sessions, sight),
        "members": members,
        "told": with_steps([row.failure for row in shown], shown),
        "events": events,
        "history": history_of(events.object_list),
        "entered": entered,
        "client_id": uuid4(),
        "sight": sight,
        "life": life_of(request, issue, sight),
        "may_change": may_change,
        "may_operate": may_change and issue.merged_into is None and issue.withdrawn_at is None,
    }
    return render(request, "issues/issue.html", context, status=422 if entered else 200)


def _linked(project: Project, days: list[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    """Each day with the address of what lists its sessions."""
    sessions = reverse("session_list", args=[project.slug])
    return [(day, count, f"{sessions}?{query}") for day, count, query in days]


def _former(request: ProjectRequest, issue: Issue) -> int | None:
    """The number that led here, if it does: that of an issue which was merged into this one."""
    named = request.GET.get("was", "")
    if not is_key(named) or int(named) > LARGEST_NUMBER:
        return None
    found = Issue.objects.filter(project=request.project, number=int(named)).exclude(pk=issue.pk).first()
    return found.number if found is not None and found.present == issue else None


def seen_issue(project: Project, number: int, sight: Sight) -> Any:
    """The issue with its counts, as far as the reader may see; Http404 where they may see nothing of it."""
    get_issue(project, number)
    found = counted_issues(project, sight).select_related("project", "merged_into").filter(number=number).first()
    if found is None:
        raise Http404("No such issue.")
    return found


def back_to(request: ProjectRequest, issue: Issue) -> HttpResponseRedirect:
    """To the page of the issue."""
    return redirect("issue_page", request.project.slug, issue.number)


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
        # The form sends it with the rest: what was not changed was not chosen.
        if "severity" in request.POST and request.POST["severity"] != issue.severity:
            actions.set_severity(issue=issue, severity=_severity(request), actor=request.user)
        messages.success(request, "Saved.")
    except Refused as refused:
        messages.error(request, refused.message)
    return back_to(request, issue)


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
    return back_to(request, issue)
