"""The page of one workflow: what is usual in it, over time and release by release."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.queries.blind import sight_of
from monitor.filters import choose
from monitor.queries.tools import error_classes, tool_rows
from monitor.queries.turns import turns_of
from monitor.queries.usual import MEASURES
from monitor.queries.workflow import baselines_of, releases_of
from monitor.records import Choice
from monitor.views.choosing import chooser


def releases(request: ProjectRequest, choice: Choice) -> dict[str, Any]:
    """The releases side by side."""
    sight = sight_of(request.membership)
    found = releases_of(request.project, choice, sight)
    return {"sight": sight, "releases": found, "table": found.outcome, "measures": MEASURES}


def turns(request: ProjectRequest, choice: Choice) -> dict[str, Any]:
    """How often sessions take a turn that people ask about, and which tools fail."""
    return {
        "turns": turns_of(request.project, choice),
        "tools": tool_rows(request.project, choice),
        "classes": error_classes(request.project, choice),
    }


PARTS: dict[str, tuple[str, Callable[[ProjectRequest, Choice], dict[str, Any]]]] = {
    "releases": ("Release by release", releases),
    "turns": ("Turns that sessions take", turns),
}


@member(Role.VIEWER)
def workflow(request: ProjectRequest) -> HttpResponse:
    """The workflow that the URL names; back to the overview where it names none."""
    choice, ignored = choose(request.GET)
    if not choice.workflow:
        return redirect("overview", slug=request.project.slug)
    shared = {"section": "overview", "choice": choice}
    part = request.GET.get("part", "")
    if part in PARTS:
        return render(request, f"monitor/parts/{part}.html", {**shared, **PARTS[part][1](request, choice)})
    context = {
        **shared,
        **chooser(request, choice),
        "ignored": ignored,
        "found": baselines_of(request.project, choice),
        "parts": [(name, heading) for name, (heading, _) in PARTS.items()],
    }
    return render(request, "monitor/workflow.html", context)
