"""An issue's life on its page: where it stands, what a lead does about it, and what people say."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.models import Role, User
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.actions.comments import LONGEST_COMMENT
from annotate.models import Severity
from annotate.queries.blind import Sight, sight_of
from common.errors import Refused
from common.keys import LARGEST_KEY
from common.markdown import render_markdown
from issues import actions
from issues.access import find_owner, get_issue, get_remark, possible_owners
from issues.actions.helping import LONGEST_RUNBOOK
from issues.forms import ActForm, HelpForm, RemarkForm, checked, end_of
from issues.lifecycle import OVER, Act, State, acts_by_hand, target_of
from issues.lifecycle.ignoring import EndKind
from issues.models import Issue
from issues.queries import seen_issues, seen_releases
from issues.queries.life import progress_of, release_of, release_places, verified_after
from issues.queries.remarks import remarks_on, runbooks_of, watchers_of
from issues.views.telling import say_done


def life_of(request: ProjectRequest, issue: Any, sight: Sight) -> dict[str, Any]:
    """What `issues/_life.html` shows; the same queries for every issue in one state."""
    state = State(issue.state)
    is_over = state in OVER
    watchers = watchers_of(issue)
    return {
        "acts": [act for act in acts_by_hand(state) if issue.withdrawn_at is None],
        "ends": EndKind.choices,
        "end": issue.end,
        "releases": seen_releases(request.project),
        "progress": _progress(issue, sight) if is_over else None,
        "fixed_release": release_of(issue) if is_over else None,
        "severities": Severity.choices,
        "owners": possible_owners(request.project),
        "watchers": watchers,
        "is_watching": request.user in watchers,
        "remarks": remarks_on(issue, request.user, sight),
        "client_id": uuid.uuid4(),
        "longest_remark": LONGEST_COMMENT,
        "longest_runbook": LONGEST_RUNBOOK,
        "runbook": render_markdown(issue.runbook),
        "type_runbooks": runbooks_of(issue, sight),
        "sight": sight,
        "may_change": request.membership.may(Role.LEAD),
        "may_edit": state != State.MERGED and issue.withdrawn_at is None,
        "may_write": request.membership.may(Role.REVIEWER),
    }


def _progress(issue: Issue, sight: Sight) -> Any:
    return progress_of(issue, release_places(issue.project), verified_after(issue.project), sight)


def _seen(request: ProjectRequest, number: int) -> Issue:
    """The issue, if the reader may see any of it; Http404 else."""
    issue = get_issue(request.project, number)
    if not seen_issues(Issue.objects.filter(pk=issue.pk), sight_of(request.membership)).exists():
        raise Http404("No such issue.")
    return issue


def _back(request: ProjectRequest, issue: Issue) -> HttpResponseRedirect:
    return redirect("issue_page", request.project.slug, issue.number)


@member(Role.LEAD)
@require_POST
def issue_act(request: ProjectRequest, number: int) -> HttpResponse:
    """Does something to the issue, where the reader saw it stand."""
    issue = get_issue(request.project, number)
    try:
        asked = checked(ActForm(request.POST))
        decision = actions.move_issue(issue=issue, actor=request.user, **_move(request, issue, asked))
        say_done(request, decision, f"ISS-{number} is now {State(issue.state).label.lower()}.")
    except Refused as refused:
        messages.error(request, refused.message)
    return _back(request, issue)


def _move(request: ProjectRequest, issue: Issue, asked: dict[str, Any]) -> dict[str, Any]:
    source, act = State(asked["source"] or issue.state), Act(asked["act"])
    target = target_of(act, source)
    if target is None:
        raise Refused(f"An issue that is {source.label.lower()} has no “{act.label}”.", field="act")
    return {
        "source": source,
        "target": target,
        "fixed_in_release": asked["fixed_in_release"],
        "now": asked["now"],
        "reason": asked["reason"],
        "until": end_of(asked),
        "owner": _owner(request, asked["owner"]),
    }


def _owner(request: ProjectRequest, asked: int | None) -> User | None:
    if asked is None:
        return None
    owner = find_owner(request.project, asked) if asked <= LARGEST_KEY else None
    if owner is None:
        raise Refused("Only members of the project can own its issues.", field="owner")
    return owner


@member(Role.LEAD)
@require_POST
def issue_help(request: ProjectRequest, number: int) -> HttpResponse:
    """Changes the runbook or the link: whichever was sent."""
    issue = get_issue(request.project, number)
    try:
        asked = checked(HelpForm(request.POST))
        if "external_url" in request.POST:
            actions.set_link(issue=issue, url=asked["external_url"], actor=request.user)
        if "runbook" in request.POST:
            actions.set_runbook(issue=issue, text=asked["runbook"], actor=request.user)
        messages.success(request, "Saved.")
    except Refused as refused:
        messages.error(request, refused.message)
    return _back(request, issue)


@member(Role.VIEWER)
@require_POST
def issue_watch(request: ProjectRequest, number: int) -> HttpResponse:
    """Follows the issue, or with `off` no more."""
    issue = _seen(request, number)
    is_on = "off" not in request.POST
    actions.watch(issue=issue, user=request.user, is_on=is_on)
    messages.success(request, f"You watch ISS-{number}." if is_on else f"You watch ISS-{number} no more.")
    return _back(request, issue)


@member(Role.REVIEWER)
@require_POST
def issue_say(request: ProjectRequest, number: int) -> HttpResponse:
    """Takes a remark."""
    issue = _seen(request, number)
    try:
        actions.say(issue=issue, author=request.user, **checked(RemarkForm(request.POST)))
    except Refused as refused:
        messages.error(request, refused.message)
    return _back(request, issue)


@member(Role.REVIEWER)
@require_POST
def issue_unsay(request: ProjectRequest, number: int, remark_id: int) -> HttpResponse:
    """Takes back what one said oneself."""
    issue = _seen(request, number)
    try:
        actions.take_back(comment=get_remark(issue, remark_id), author=request.user)
        messages.success(request, "Taken back.")
    except Refused as refused:
        messages.error(request, refused.message)
    return _back(request, issue)
