"""A new queue, other settings of one, and opening, closing and deleting one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_queue
from annotate.actions.queues import create_queue, delete_queue, edit_queue, is_judged, set_queue_open
from annotate.forms import FilterForm, QueueForm
from annotate.models import Queue
from annotate.queries.filters import in_words, matching
from annotate.views import UNPROCESSABLE
from common.errors import Refused
from common.keys import is_key


@member(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def queue_new(request: ProjectRequest) -> HttpResponseBase:
    """A form for a new queue, with a live count of what it would take; `from` names one to begin with."""
    pattern = _pattern(request)
    form = QueueForm(request.project, request.POST or None, queue=pattern, initial=_name_after(pattern))
    if request.method == "POST" and form.is_valid():
        queue = _created(request, form)
        if queue is not None:
            messages.success(
                request, "The queue is open." + (" It fills within seconds." if queue.fills_itself else "")
            )
            return redirect("queue_page", request.project.slug, queue.pk)
    form.focus_first_error()
    context = {
        "section": "review",
        "form": form,
        "is_new": True,
        "may_filter": True,
        **_matched(request, form, pattern),
    }
    return render(request, "annotate/queue_form.html", context, status=UNPROCESSABLE if form.errors else 200)


def _pattern(request: ProjectRequest) -> Queue | None:
    given = request.GET.get("from", "")
    return get_queue(request.project, int(given)) if is_key(given) else None


def _name_after(pattern: Queue | None) -> dict[str, str]:
    return {"name": f"{pattern.name[:110]} (2)"} if pattern else {}


def _created(request: ProjectRequest, form: QueueForm) -> Queue | None:
    try:
        return create_queue(
            project=request.project, creator=request.user, filters=form.filters(), settings=form.settings()
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return None


@member(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def queue_edit(request: ProjectRequest, queue_id: int) -> HttpResponseBase:
    """Other settings of a queue. What it takes is fixed once something of it was judged."""
    queue = get_queue(request.project, queue_id)
    may_filter = not is_judged(queue)
    form = QueueForm(request.project, request.POST or None, queue=queue, may_filter=may_filter)
    if request.method == "POST" and form.is_valid() and _edited(queue, form, may_filter=may_filter):
        messages.success(request, "Saved.")
        return redirect("queue_page", request.project.slug, queue.pk)
    form.focus_first_error()
    context = {"section": "review", "form": form, "queue": queue, "may_filter": may_filter}
    context |= _matched(request, form if may_filter else None, queue)
    return render(request, "annotate/queue_form.html", context, status=UNPROCESSABLE if form.errors else 200)


def _edited(queue: Queue, form: QueueForm, *, may_filter: bool) -> bool:
    try:
        edit_queue(queue=queue, settings=form.settings(), filters=form.filters() if may_filter else None)
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return False
    return True


def _matched(request: ProjectRequest, form: FilterForm | None, stored: Queue | None) -> dict[str, Any]:
    """How many sessions the filters match that the form holds, else the stored ones, and these in words."""
    filters = dict(stored.filters) if stored else {}
    if form is not None and form.is_bound:
        filters = form.filters() if form.is_valid() else {}
    return {"count": matching(request.project, filters).count(), "told": in_words(filters)}


@member(Role.LEAD)
@require_GET
def queue_count(request: ProjectRequest) -> HttpResponseBase:
    """What a filter takes, in words, and how many sessions it matches: the lines under the filters of a form."""
    form = FilterForm(request.project, request.GET)
    context = _matched(request, form, None) if form.is_valid() else {"count": None}
    return render(request, "annotate/queue_form.html#count", context)


@member(Role.LEAD)
@require_POST
def queue_state(request: ProjectRequest, queue_id: int) -> HttpResponseBase:
    """Opens or closes a queue."""
    queue = get_queue(request.project, queue_id)
    set_queue_open(queue=queue, is_open=not queue.is_open)
    return redirect("queue_page", request.project.slug, queue.pk)


@member(Role.LEAD)
@require_POST
def queue_delete(request: ProjectRequest, queue_id: int) -> HttpResponseBase:
    """Deletes a queue of which nothing was judged."""
    queue = get_queue(request.project, queue_id)
    try:
        delete_queue(queue=queue)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("queue_page", request.project.slug, queue.pk)
    messages.success(request, f"The queue “{queue.name}” is deleted.")
    return redirect("queue_list", request.project.slug)
