"""How much is taken in, how long it is kept, and one session deleted on request."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from common.errors import Refused
from ingest.actions import change_limits
from ingest.forms import LimitsForm
from ingest.models import Intake, Removal
from ingest.quotas import quota_of
from ingest.retention import delete_session, plan
from ingest.storing.private import intake_of
from traces.access import get_session

NEWEST = 20


@member(Role.ADMIN)
def limits(request: ProjectRequest) -> HttpResponse:
    """What would go with the form's times is shown before they are saved; where anything would, that needs a yes."""
    form = LimitsForm(request.POST) if request.method == "POST" else LimitsForm.of(intake_of(request.project))
    found = None
    if request.method == "POST" and form.is_valid():
        found = plan(request.project, Intake(project=request.project, **form.values), timezone.now())
        if "preview" not in request.POST and (not found or "sure" in request.POST):
            change_limits(project=request.project, **form.values)
            messages.success(request, "Saved.")
            return redirect("limits", slug=request.project.slug)
    removals = Removal.objects.filter(project=request.project).select_related("actor", "api_key")
    context = {
        "section": "settings",
        "tab": "limits",
        "form": form,
        "plan": found,
        "quota": quota_of(request.project),
        "removals": list(removals.order_by("-happened_at", "-pk")[:NEWEST]),
    }
    return render(request, "ingest/limits.html", context)


@member(Role.ADMIN)
def session_delete(request: ProjectRequest, session_id: int) -> HttpResponse:
    """Asks first. What people said about a session protects it."""
    session = get_session(request.project, session_id)
    refusal = ""
    if request.method == "POST":
        try:
            removed = delete_session(session, actor=request.user)
        except Refused as refused:
            refusal = refused.message
        else:
            messages.success(request, f"The session is deleted, and with it {removed.batches} raw batches.")
            return redirect("session_list", slug=request.project.slug)
    return render(
        request, "ingest/session_delete.html", {"section": "sessions", "session": session, "refusal": refusal}
    )
