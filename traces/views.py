"""Pages of sessions: the list, and one session as a conversation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from common.paging import LongPaginator
from traces.access import get_session
from traces.actions import set_meanings
from traces.filters import RARER, SORT_LABELS, SORTS, SessionFilter
from traces.forms import MeaningFormSet
from traces.meanings import middle_of
from traces.models import AgentSession, ScoreMeaning
from traces.queries import ScoreName, conversation, meanings_of, recent_values, rows_of, score_names, signal_words

PAGE_SIZE = 50
NO_FILTERS = {"sort", "page"}


@member(Role.VIEWER)
def session_list(request: ProjectRequest) -> HttpResponse:
    """The project's sessions, filtered and sorted by what stands in the URL."""
    all_sessions = AgentSession.objects.filter(project=request.project)
    # Known above, so that it is named, not imported: of which sessions this reader may not know yet what others said.
    withheld = import_string(settings.WITHHELD_SESSIONS)(request.membership)
    chosen = SessionFilter(request.GET, all_sessions, recent=recent_values(request.project), withheld=withheld)
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
        "may_queue": request.membership.may(Role.LEAD),
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
        "conversation": conversation(session),
    }
    return render(request, "traces/session_page.html", context)


@member(Role.LEAD)
def score_meanings(request: ProjectRequest) -> HttpResponse:
    """What the project's scores say: every name that was seen, and what a high value of it means."""
    names = score_names(request.project)
    known = meanings_of(request.project.pk)
    if request.method == "POST" and "suggested" in request.POST:
        return _take_suggestions(request, names, known)
    initial = [_initial(found, known.get(found.name)) for found in names]
    forms = MeaningFormSet(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and forms.is_valid():
        seen = {found.name for found in names}
        said = {form.cleaned_data["name"]: form.meaning() for form in forms}
        set_meanings(project=request.project, chosen={name: said[name] for name in said.keys() & seen})
        messages.success(request, "Saved. Sessions show at once what their scores say.")
        return redirect("score_meanings", slug=request.project.slug)
    context = {
        "section": "settings",
        "tab": "score_meanings",
        "project": request.project,
        "forms": forms,
        "rows": list(zip(names, forms, strict=False)),
        "suggested": [found for found in names if found.suggested and found.name not in known],
    }
    return render(request, "traces/score_meanings.html", context)


def _initial(found: ScoreName, known: ScoreMeaning | None) -> dict[str, Any]:
    middle = known.middle if known else middle_of(found.lowest, found.highest)
    return {"name": found.name, "polarity": known.polarity if known else "", "middle": middle}


def _take_suggestions(
    request: ProjectRequest, names: Sequence[ScoreName], known: Mapping[str, ScoreMeaning]
) -> HttpResponse:
    chosen = {found.name: found.suggested for found in names if found.suggested and found.name not in known}
    set_meanings(project=request.project, chosen=chosen)
    messages.success(request, f"Took {len(chosen)} suggestion{'s' * (len(chosen) != 1)}. Change what is not right.")
    return redirect("score_meanings", slug=request.project.slug)
