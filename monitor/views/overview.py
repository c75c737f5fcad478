"""The overview page of a project: what came in at once, then one part after the other."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.queries.blind import sight_of
from annotate.queries.evaluators import LATELY, drifting
from monitor.filters import USUAL_DAYS, choose
from monitor.queries.found import found
from monitor.queries.outcome import outcome_table
from monitor.queries.signals import signal_rows
from monitor.queries.tools import error_classes, tool_rows
from monitor.queries.traffic import came_in, newest_session
from monitor.queries.usual import MEASURES, usual_rows
from monitor.queries.work import work, work_of_people
from monitor.records import DAY, Choice
from monitor.views.choosing import chooser


def drift(request: ProjectRequest, _choice: Choice) -> dict[str, Any]:
    """Evaluators that agree with people clearly less than before: other numbers rest on them."""
    found = drifting(request.project, sight_of(request.membership))
    return {"rows": [row for row in found if row.drift.is_worse], "lately": LATELY.days}


def signals(request: ProjectRequest, choice: Choice) -> dict[str, Any]:
    """What looks wrong."""
    return {"rows": signal_rows(request.project, choice)}


def outcome(request: ProjectRequest, choice: Choice) -> dict[str, Any]:
    """How it went, by workflow and by release."""
    sight = sight_of(request.membership)
    tables = [outcome_table(request.project, choice, by, sight) for by in ("workflow", "release")]
    return {"sight": sight, "tables": tables, "whole": tables[0].whole}


def people(request: ProjectRequest, choice: Choice) -> dict[str, Any]:
    """What people found."""
    sight = sight_of(request.membership)
    everything = request.GET.get("all") == "people"
    overview_url = reverse("overview", args=[request.project.slug])
    return {
        "sight": sight,
        "found": found(request.project, choice, sight, everything=everything),
        "everything": f"{overview_url}?{choice.leads_to(all='people')}",
    }


def queues(request: ProjectRequest, _choice: Choice) -> dict[str, Any]:
    """How far the work is. Who did how much is for leads to see."""
    membership = request.membership
    sight, may_see_people = sight_of(membership), membership.may(Role.LEAD)
    return {
        "work": work(request.project, request.user, sight),
        "people": work_of_people(request.project, sight) if may_see_people else [],
        "may_review": membership.may(Role.REVIEWER),
        "may_see_people": may_see_people,
    }


def usual(request: ProjectRequest, choice: Choice) -> dict[str, Any]:
    """What is usual, by workflow."""
    return {"measures": MEASURES, **usual_rows(request.project, choice)}


def tools(request: ProjectRequest, choice: Choice) -> dict[str, Any]:
    """Which tools fail, and how."""
    return {"tools": tool_rows(request.project, choice), "classes": error_classes(request.project, choice)}


# The parts in their order, each with its heading and what its template is given. The one without a heading stands above
# all, and takes no room where it has nothing to say.
PARTS: dict[str, tuple[str, Callable[[ProjectRequest, Choice], dict[str, Any]]]] = {
    "drift": ("", drift),
    "outcome": ("How it went", outcome),
    "signals": ("What looks wrong", signals),
    "people": ("What people found", people),
    "queues": ("The work", queues),
    "tools": ("Which tools fail", tools),
    "usual": ("What is usual", usual),
}


@member(Role.VIEWER)
def overview(request: ProjectRequest) -> HttpResponse:
    """The whole page, or the part of it that it asks for once it is shown."""
    choice, ignored = choose(request.GET)
    part = request.GET.get("part", "")
    shared = {"section": "overview", "choice": choice}
    if part in PARTS:
        return render(request, f"monitor/parts/{part}.html", {**shared, **PARTS[part][1](request, choice)})
    newest = newest_session(request.project)
    context = {
        **shared,
        **chooser(request, choice),
        "ignored": ignored,
        "newest": newest,
        "parts": [(name, heading) for name, (heading, _) in PARTS.items() if heading],
        **(_first(request, choice) if newest else {}),
    }
    return render(request, "monitor/overview.html", context)


def _first(request: ProjectRequest, choice: Choice) -> dict[str, Any]:
    counted = came_in(request.project, choice, timezone.now().date())
    sessions = reverse("session_list", args=[request.project.slug])
    return {
        "came_in": counted,
        "bars": [(one.label, one.value, f"{sessions}?{one.query}") for one in counted.days],
        **(_quiet(request, choice) if not counted.sessions.value else {}),
    }


def _quiet(request: ProjectRequest, choice: Choice) -> dict[str, Any]:
    """Where to look instead."""
    newest = newest_session(request.project, choice.workflow)
    if newest is None:
        return {
            "quiet": "This workflow has no sessions.",
            "quiet_url": reverse("overview", args=[request.project.slug]),
        }
    last = newest.date()
    query = Choice(type(choice.period)(last - (USUAL_DAYS - 1) * DAY, last), choice.workflow).leads_to()
    return {
        "quiet": f"The newest session{' of this workflow' if choice.workflow else ''} is of {last:%-d %B %Y}.",
        "quiet_url": f"{reverse('overview', args=[request.project.slug])}?{query}",
    }
