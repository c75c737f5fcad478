"""Pages of sessions: the list, and one session as a conversation."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from common.errors import Refused
from common.paging import LongPaginator
from common.streaming import render_growing
from traces.access import changeable_views, get_session, get_view, views_of
from traces.actions import rename_view, set_meanings
from traces.filters import RARER, SORT_LABELS, SORTS, SessionFilter
from traces.forms import MeaningFormSet, SaveViewForm, ViewForm
from traces.meanings import middle_of
from traces.models import AgentSession, Place, SavedView, ScoreMeaning
from traces.queries import (
    ScoreName,
    conversation,
    meanings_of,
    queue_names,
    recent_values,
    reviewer_names,
    rows_of,
    score_names,
    seen_by,
    signal_words,
    step_at,
)
from traces.reading import PARTS

PAGE_SIZE = 50
NO_FILTERS = {"sort", "page"}
# The pages of the lists whose filters can be saved; that of issues is an app's above this one.
LISTS = {Place.SESSIONS: "session_list", Place.ISSUES: "issue_board"}
# For a stranger's words by themselves: even a browser that took them for a page would run and fetch nothing.
PLAIN_WORDS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


@member(Role.VIEWER)
def session_list(request: ProjectRequest) -> HttpResponse:
    """The project's sessions, filtered and sorted by what stands in the URL."""
    all_sessions = AgentSession.objects.filter(project=request.project)
    chosen = SessionFilter(request.GET, all_sessions, membership=request.membership, offered=_offered(request))
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
        "views": views_of(request.membership, Place.SESSIONS),
        "chosen": _as_saved(request.GET),
        "page": page,
        "rows": [{"session": session, "signals": words.get(session.pk, [])} for session in page.object_list],
    }
    return render(request, "traces/session_list.html", context)


def _offered(request: ProjectRequest) -> dict[str, list[tuple[str, str]]]:
    """The choices of the form: at most three queries."""
    recent = recent_values(request.project)
    return {
        **{name: [(value, value) for value in values] for name, values in recent.items()},
        "queue": queue_names(request.project),
        "reviewer": reviewer_names(request.membership),
    }


def _ignored(request: ProjectRequest, chosen: Any) -> list[str]:
    """What stands in the URL and has no effect, for a notice."""
    unknown = [name for name in request.GET if name not in chosen.filters and name not in NO_FILTERS]
    wrong = [name for name in chosen.errors if name in request.GET]
    return unknown + wrong + (["sort"] if request.GET.get("sort", "newest") not in SORTS else [])


def _as_saved(asked: QueryDict) -> str:
    """The filters and the order of a URL, as a saved view holds them: what the list does not know is left out."""
    kept = QueryDict(mutable=True)
    for name in sorted({*SessionFilter.base_filters, "sort"} & asked.keys()):
        if asked.get(name):
            kept[name] = str(asked[name])
    return kept.urlencode()


@member(Role.VIEWER)
@require_GET
def view_list(request: ProjectRequest) -> HttpResponse:
    """The saved views that the reader may rename and delete."""
    return _view_list(request)


def _view_list(request: ProjectRequest, renamed: tuple[int, ViewForm] | None = None) -> HttpResponse:
    forms = dict([renamed]) if renamed else {}
    views = changeable_views(request.membership)
    lists = {place: reverse(name, args=[request.project.slug]) for place, name in LISTS.items()}
    rows = [
        (view, f"{lists[Place(view.place)]}?{view.query}", forms.get(view.pk) or ViewForm(initial={"name": view.name}))
        for view in views
    ]
    for view, _, form in rows:
        form.auto_id = f"{view.pk}_%s"
    context = {"section": "sessions", "rows": rows}
    return render(request, "traces/view_list.html", context, status=422 if renamed else 200)


@member(Role.VIEWER)
@require_POST
def view_save(request: ProjectRequest) -> HttpResponseBase:
    """Saves the filters of the list under a name, and shows it with them. Only leads share."""
    form = SaveViewForm(request.POST)
    query = _as_saved(QueryDict(request.POST.get("query", "")))
    tell_saved(request, form, form.save(request.membership, Place.SESSIONS, query))
    return HttpResponseRedirect(f"{reverse('session_list', args=[request.project.slug])}?{query}")


def tell_saved(request: ProjectRequest, form: SaveViewForm, view: SavedView | None) -> None:
    """Says what became of a view that was to be saved."""
    if view is not None:
        messages.success(request, f"Saved as “{view.name}”.")
    for texts in form.errors.values():
        messages.error(request, str(texts[0]))


@member(Role.VIEWER)
@require_POST
def view_rename(request: ProjectRequest, view_id: int) -> HttpResponseBase:
    """Gives a view another name."""
    view = get_view(request.membership, view_id)
    form = ViewForm(request.POST)
    if form.is_valid():
        try:
            rename_view(view=view, name=form.cleaned_data["name"])
        except Refused as refusal:
            form.add_error("name", refusal.message)
    if form.errors:
        return _view_list(request, (view.pk, form))
    return redirect("view_list", request.project.slug)


@member(Role.VIEWER)
@require_POST
def view_delete(request: ProjectRequest, view_id: int) -> HttpResponseBase:
    """Deletes a view; what it shows stays as it is."""
    view = get_view(request.membership, view_id)
    view.delete()
    messages.success(request, f"“{view.name}” is deleted.")
    return redirect("view_list", request.project.slug)


@member(Role.VIEWER)
def session_page(request: ProjectRequest, session_id: int) -> HttpResponseBase:
    """One session, readable: the same number of queries whatever its length."""
    session = get_session(request.project, session_id)
    talk = conversation(session)
    context = {
        "section": "sessions",
        "project": request.project,
        "membership": request.membership,
        "session": session,
        "conversation": talk,
    }
    pieces = ({"steps": stretch, "project": request.project, "session": session} for stretch in talk.stretches())
    return render_growing(request, "traces/session_page.html", context, piece="traces/_steps.html", pieces=pieces)


@member(Role.VIEWER)
def step_saw(request: ProjectRequest, session_id: int, position: int) -> HttpResponse:
    """What the agent had before it at one step, for a dialog over the conversation: six queries."""
    session = get_session(request.project, session_id)
    seen = seen_by(session, position)
    if seen is None:
        raise Http404("No such step.")
    return render(request, "traces/step_saw.html", {"seen": seen})


@member(Role.VIEWER)
@require_GET
def step_part(request: ProjectRequest, session_id: int, position: int, part: str) -> HttpResponse:
    """One of the parts of a step, to the last character, as plain text: three queries. Its page shows the beginning."""
    session = get_session(request.project, session_id)
    step = step_at(session, position)
    if step is None or part not in PARTS:
        raise Http404("No such words.")
    return HttpResponse(step.whole(part), headers=PLAIN_WORDS)


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
