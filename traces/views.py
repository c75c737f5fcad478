"""Pages of sessions: the list, and one session as a conversation."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from traces.access import get_session
from traces.filters import SORTS, SessionFilter
from traces.models import AgentSession
from traces.queries import conversation

PAGE_SIZE = 50


@member(Role.VIEWER)
def session_list(request: ProjectRequest) -> HttpResponse:
    """The project's sessions, filtered and sorted by what stands in the URL."""
    chosen = SessionFilter(request.GET, AgentSession.objects.filter(project=request.project))
    sort = request.GET.get("sort", "newest")
    rows = chosen.qs.order_by(*SORTS.get(sort, SORTS["newest"]))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"section": "sessions", "project": request.project, "membership": request.membership, "page": page}
    return render(request, "traces/session_list.html", context)


@member(Role.VIEWER)
def session_page(request: ProjectRequest, session_id: int) -> HttpResponse:
    """One session, readable."""
    session = get_session(request.project, session_id)
    context = {
        "section": "sessions",
        "project": request.project,
        "membership": request.membership,
        "session": session,
        "conversation": conversation(session),
    }
    return render(request, "traces/session_page.html", context)
