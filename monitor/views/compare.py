"""Segments side by side."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.queries.blind import sight_of
from monitor.filters import choose
from monitor.queries import segments
from monitor.queries.usual import MEASURES
from monitor.views.choosing import chooser


@member(Role.VIEWER)
def compare(request: ProjectRequest) -> HttpResponse:
    """By workflow, or by what `by` names."""
    choice, ignored = choose(request.GET)
    by = request.GET.get("by", "workflow")
    if by not in segments.SEGMENTS:
        by, ignored = "workflow", [*ignored, "by"]
    sight, everything = sight_of(request.membership), request.GET.get("all") == "1"
    context = {
        "section": "overview",
        "choice": choice,
        **chooser(request, choice),
        "ignored": ignored,
        "by": by,
        "segments": segments.SEGMENTS,
        "heading": segments.SEGMENTS[by],
        "labels": [measure.label for measure in MEASURES if measure.key in segments.SHOWN],
        "found": segments.compare(request.project, choice, by, sight, everything=everything),
        "sight": sight,
        "all": everything,
    }
    return render(request, "monitor/compare.html", context)
