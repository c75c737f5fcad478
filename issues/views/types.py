"""What issues know of failure types, for which the pages about these hold places."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_failure_type
from annotate.models import FailureType
from annotate.queries.blind import sight_of
from annotate.queries.types import is_seen
from common.errors import Refused
from common.keys import is_key
from common.markdown import render_markdown
from issues import actions
from issues.actions.helping import LONGEST_RUNBOOK
from issues.forms import HelpForm, checked
from issues.queries.remarks import runbook_of_type
from issues.queries.types import placed_by_type

SHOWN = 3


@member(Role.VIEWER)
@require_GET
def by_type(request: ProjectRequest) -> HttpResponse:
    """For each type (or for the one that `type` names) where its failures are, put where its id stands."""
    asked = request.GET.get("type", "")
    only = int(asked) if is_key(asked) else None
    found = placed_by_type(request.project, sight_of(request.membership), only=only)
    context = {"found": found, "shown": SHOWN if only is None else None}
    return render(request, "issues/by_type.html", context)


@member(Role.VIEWER)
@require_http_methods(["GET", "POST"])
def type_runbook(request: ProjectRequest, type_id: int) -> HttpResponse:
    """What to do about failures of a type; leads write it."""
    kind = get_failure_type(request.project, type_id)
    may_lead = request.membership.may(Role.LEAD)
    if not is_seen(kind, sight_of(request.membership)) or (request.method == "POST" and not may_lead):
        raise Http404("No such failure type.")
    if request.method == "POST":
        return _written(request, kind)
    text = runbook_of_type(kind)
    context = {
        "kind": kind,
        "text": text,
        "html": render_markdown(text),
        "longest": LONGEST_RUNBOOK,
        "may_lead": may_lead,
    }
    return render(request, "issues/type_runbook.html", context)


def _written(request: ProjectRequest, kind: FailureType) -> HttpResponse:
    try:
        text = checked(HelpForm(request.POST))["runbook"]
        actions.set_type_runbook(failure_type=kind, text=text, actor=request.user)
        messages.success(request, "Saved.")
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("type_page", request.project.slug, kind.pk)
