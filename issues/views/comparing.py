"""Two issues side by side, before they become one."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.queries.blind import sight_of
from common.errors import Refused
from issues import actions
from issues.forms import MergeForm, NamingForm, checked
from issues.models import Issue
from issues.proposing import compare
from issues.queries import attachable_issues
from issues.queries.nearest import similar_issues
from issues.views.page import back_to, seen_issue
from issues.views.surgery import sent_before
from issues.views.telling import say_done


@member(Role.LEAD)
def issue_merge(request: ProjectRequest, number: int) -> HttpResponse:
    """Choosing the other issue, then both side by side; posted, the two become one."""
    issue = seen_issue(request.project, number, sight_of(request.membership))
    if request.method == "POST" and (sent := sent_before(request, issue)):
        return sent
    if issue.merged_into is not None or issue.withdrawn_at is not None:
        messages.error(request, f"ISS-{number} is no more an issue of its own: there is nothing to merge.")
        return back_to(request, issue)
    if request.method == "POST":
        return _merge(request, issue)
    if not request.GET.get("issue"):
        return _show(request, issue)
    try:
        return _show(request, issue, other=checked(NamingForm(request.GET, issues=_others(request, issue)))["issue"])
    except Refused as refused:
        return _show(request, issue, problem=refused.message)


def _merge(request: ProjectRequest, issue: Issue) -> HttpResponse:
    other: Issue | None = None
    try:
        asked = checked(MergeForm(request.POST, issues=_others(request, issue)))
        other = asked["issue"]
        target, source = _ways(issue, other, asked["into"])
        given = {name: asked[name] for name in ("overrule", "client_id")}
        decision = actions.merge_issues(into=target, others=[source], actor=request.user, **given)
    except Refused as refused:
        return _show(request, issue, other, problem=refused.message, may_overrule=refused.field == "constraint")
    say_done(request, decision, f"ISS-{source.number} is part of ISS-{target.number} now: its number leads here.")
    return redirect("issue_page", request.project.slug, target.number)


def _ways(issue: Issue, other: Issue, into: int) -> tuple[Issue, Issue]:
    """The one that stays, and the one that goes."""
    if into == issue.number:
        return issue, other
    if into == other.number:
        return other, issue
    raise Refused("Choose which of the two numbers stays.", field="into")


def _others(request: ProjectRequest, issue: Issue) -> Any:
    return attachable_issues(request.project, sight_of(request.membership)).exclude(pk=issue.pk)


def _show(
    request: ProjectRequest,
    issue: Issue,
    other: Issue | None = None,
    *,
    problem: str = "",
    may_overrule: bool = False,
) -> HttpResponse:
    sight = sight_of(request.membership)
    context = {
        "section": "issues",
        "issue": issue,
        "named": request.POST.get("issue") or request.GET.get("issue", ""),
        "comparison": compare(issue, seen_issue(request.project, other.number, sight), sight) if other else None,
        "similar": similar_issues(issue, sight) if other is None else None,
        "problem": problem,
        "may_overrule": may_overrule,
        "client_id": uuid4(),
        "sight": sight,
    }
    template = "issues/merge/_similar.html" if request.htmx else "issues/merge.html"
    return render(request, template, context, status=422 if problem else 200)
