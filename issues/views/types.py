"""In which issues failures of each type are: the pages about failure types hold a place for it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.queries.blind import sight_of
from common.keys import is_key
from issues.queries.types import issues_by_type

SHOWN = 3


@member(Role.VIEWER)
@require_GET
def by_type(request: ProjectRequest) -> HttpResponse:
    """For each type (or for the one that `type` names) its issues, the most failures first, put where its id stands."""
    asked = request.GET.get("type", "")
    only = int(asked) if is_key(asked) else None
    found = issues_by_type(request.project, sight_of(request.membership), only=only)
    context = {"found": found.items(), "shown": SHOWN if only is None else None}
    return render(request, "issues/by_type.html", context)
