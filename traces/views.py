"""Pages of sessions: the list, and one session as a conversation."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from common.paging import LongPaginator
from traces.access import get_session
from traces.filters import RARER, SORT_LABELS, SORTS, SessionFilter
from traces.models import AgentSession
from traces.queries import conversation, recent_values, rows_of, signal_words

PAGE_SIZE = 50
NO_FILTERS = {"sort", "page"}


@member(Role.VIEWER)
def session_list(request: ProjectRequest) -> HttpResponse:
    """The project's sessions, filtered and sorted by what stands in the URL."""
    all_sessions = AgentSession.objects.filter(project=request.project)
    chosen = SessionFilter(request.GET, all_sessions, recent=recent_values(request.project))
    sort = request.GET.get("sort", "newest")
    found = chosen.qs.order_by(*SORTS.get(sort, SORTS["newest"]))
    page = LongPaginator(found, PAGE_SIZE, rows_of).get_page(request.GET.get("page"))
    words = signal_words(page.object_list)
    context = {
        "section": "sessions",
        "project": request.project,
        "membership": request.membership,
        "filter": chosen,
        "filtered": any(request.GET.get(name) for name in chosen.filters),
        "rarer": RARER,
        "unfolded": any(request.GET.get(name) for name in RARER),
        "sort": sort,
        "sorts": SORT_LABELS,
        "ignored": _ignored(request, chosen),
        "page": page,
        "rows": [{"session": session, "signals": words.get(session.pk, [])} for session in page.object_list],
    }
    return render(request, "traces/session_list.html", context)


def _ignored(request: ProjectRequest, chosen: Any) -> list[str]:
    """What stands in the URL and has no effect, for a notice."""
    unknown = [name for name in request.GET if name not in chosen.filters and name not in NO_FILTERS]
    wrong = [name for name in chosen.errors if name in request.GET]
    return unknown + wrong + (["sort"] if request.GET.get("sort", "newest") not in SORTS else [])


@member(Role.VIEWER)
def session_page(request: ProjectRequest, session_id: int) -> HttpResponse:
    """One session, readable: the same number of queries whatever its length."""
    session = get_session(request.project, session_id)
    context = {
        "section": "sessions",
        "project": request.project,
        "membership": request.membership,
        "session": session,
        "scores": list(session.scores.order_by("created_at", "pk")),
        "conversation": conversation(session),
    }
    return render(request, "traces/session_page.html", context)
