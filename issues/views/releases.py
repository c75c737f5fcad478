"""The project's releases in their order, and when a fix counts as verified."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from common.errors import Refused
from issues import actions
from issues.access import get_release
from issues.actions import Way
from issues.forms import LifeRuleForm, checked
from issues.lifecycle.fixes import QUIET_DAYS, upper_bound
from issues.queries.life import ordered_releases, verified_after

PER_PAGE = 100
WAYS = {"earlier": Way.EARLIER, "later": Way.LATER}


@member(Role.VIEWER)
@require_GET
def release_list(request: ProjectRequest) -> HttpResponse:
    """The newest first."""
    ordered = ordered_releases(request.project)[::-1]
    needed = verified_after(request.project)
    context = {
        "section": "issues",
        "page": Paginator(ordered, PER_PAGE).get_page(request.GET.get("page")),
        "newest": ordered[0] if ordered else None,
        "oldest": ordered[-1] if ordered else None,
        "is_told": any(release.place is not None for release in ordered),
        "verified_after": needed,
        "bound": upper_bound(needed),
        "quiet_days": QUIET_DAYS,
        "may_change": request.membership.may(Role.LEAD),
    }
    return render(request, "issues/releases.html", context)


def _back(request: ProjectRequest) -> HttpResponseRedirect:
    return redirect("release_list", request.project.slug)


@member(Role.LEAD)
@require_POST
def release_place(request: ProjectRequest, release_id: int) -> HttpResponse:
    """Moves a release one place, `way` earlier or later."""
    release = get_release(request.project, release_id)
    way = WAYS.get(request.POST.get("way", ""))
    if way is None:
        messages.error(request, "Say whether it came earlier or later.")
    else:
        actions.place_release(release=release, way=way, actor=request.user)
        messages.success(request, f"{release.name} came {request.POST['way']}.")
    return _back(request)


@member(Role.LEAD)
@require_POST
def release_forget(request: ProjectRequest) -> HttpResponse:
    """Goes back to the order of first sight."""
    actions.order_by_sight(project=request.project, actor=request.user)
    messages.success(request, "Releases stand in the order in which they were first seen.")
    return _back(request)


@member(Role.LEAD)
@require_POST
def life_rule(request: ProjectRequest) -> HttpResponse:
    """Says how many reviewed sessions verify a fix."""
    try:
        sessions = checked(LifeRuleForm(request.POST))["verified_after"]
        actions.set_verified_after(project=request.project, sessions=sessions, actor=request.user)
        messages.success(request, f"A fix counts as verified after {sessions} reviewed sessions without the failure.")
    except Refused as refused:
        messages.error(request, refused.message)
    return _back(request)
