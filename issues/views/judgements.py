"""What people said about one session; the session's page holds a place for it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.queries.blind import withheld
from issues.queries import judgements_of
from traces.access import get_session


@member(Role.VIEWER)
@require_safe
def session_judgements(request: ProjectRequest, session_id: int) -> HttpResponse:
    """The standing reviews with their failures, as a fragment; hidden from who is still to judge independently."""
    session = get_session(request.project, session_id)
    hidden = session.pk in withheld(request.membership, [session.pk])
    context = {
        "hidden": hidden,
        "judgements": [] if hidden else judgements_of(session),
        "may_settle": request.membership.may(Role.LEAD),
        "session_id": session.pk,
    }
    return render(request, "issues/session_judgements.html", context)
