"""How to send sessions here."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from ingest.queries.arrival import arrival_of
from ingest.views.snippets import ways_for

NOTHING_NEW = 204  # htmx leaves the page as it is


@member(Role.VIEWER)
@require_GET
def connect(request: ProjectRequest) -> HttpResponse:
    """What to copy, for each way in, and whether anything has come yet: that part asks for itself again."""
    arrival = arrival_of(request.project)
    if request.htmx and request.GET.get("seen") == arrival.news:
        return HttpResponse(status=NOTHING_NEW)
    context = {
        "section": "connect",
        "arrival": arrival,
        "ways": ways_for(request.build_absolute_uri("/").rstrip("/"), request.project.slug),
        "may_make_keys": request.membership.may(Role.ADMIN),
        "may_upload": request.membership.may(Role.LEAD),
    }
    return render(request, "ingest/connect.html#arrival" if request.htmx else "ingest/connect.html", context)
