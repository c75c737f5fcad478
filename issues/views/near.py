"""Help for who describes a failure: the known issues and types that it looks like. The review screen holds a place."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.queries.blind import sight_of
from issues.forms import NearForm
from issues.queries.nearest import Help, nearest_issues
from traces.access import get_session


@member(Role.REVIEWER)
@require_POST
def near(request: ProjectRequest) -> HttpResponse:
    """A fragment with up to three issues, and as many failure types.

    Posted, for a note is nothing to stand in an address or a log.
    """
    form = NearForm(request.POST)
    told = Help([], [], is_coming=False)
    if form.is_valid():
        session = get_session(request.project, form.cleaned_data["session"])
        told = nearest_issues(request.project, session, form.cleaned_data["note"], sight_of(request.membership))
    return render(request, "issues/near.html", {"help": told})
