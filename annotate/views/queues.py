"""The list of queues, a new queue, and opening and closing one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_queue
from annotate.actions.queues import create_default_queue, create_queue, set_queue_open
from annotate.forms import (
    FilterForm,
    QueueForm,
)
from annotate.models import Queue
from annotate.queries.decisions import decisions
from annotate.queries.matching import matching
from annotate.queries.progress import arrivals, own_numbers, queue_rows, waits_elsewhere
from annotate.views import UNPROCESSABLE
from common.errors import Refused


@member(Role.VIEWER)
@require_GET
def queue_list(request: ProjectRequest) -> HttpResponseBase:
    """What there is to review, and where to start."""
    if request.membership.may(Role.LEAD) and not Queue.objects.filter(project=request.project).exists():
        create_default_queue(project=request.project)
    rows = queue_rows(request.project, request.user)
    context = {
        "section": "review",
        "rows": rows,
        "own": own_numbers(request.project, request.user),
        "decisions": decisions(request.project, request.user),
        "may_review": request.membership.may(Role.REVIEWER),
        "may_lead": request.membership.may(Role.LEAD),
        "first": next((row for row in rows if row.queue.is_open and row.waiting), None),
    }
    return render(request, "annotate/queue_list.html", context)


@member(Role.VIEWER)
@require_GET
def queue_row(request: ProjectRequest, queue_id: int) -> HttpResponseBase:
    """One queue of the list again, with what is on its way into it: asked every few seconds while nothing waits."""
    queue = get_queue(request.project, queue_id)
    [row] = queue_rows(request.project, request.user, only=queue)
    context = {
        "row": row,
        "arrivals": arrivals(queue) if row.is_watched else None,
        "quiet": in_words(request.project.idle_seconds),
        "may_review": request.membership.may(Role.REVIEWER),
        "may_lead": request.membership.may(Role.LEAD),
        "first": row if row.waiting and not waits_elsewhere(queue) else None,
    }
    return render(request, "annotate/queue_list.html#row", context)


def in_words(seconds: int) -> str:
    """5 minutes, 90 seconds."""
    minutes, rest = divmod(seconds, 60)
    return (
        f"{seconds} second{'s' * (seconds != 1)}" if rest or not minutes else f"{minutes} minute{'s' * (minutes != 1)}"
    )


@member(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def queue_new(request: ProjectRequest) -> HttpResponseBase:
    """A form for a new queue, with a live count of what it would take."""
    form = QueueForm(request.project, request.POST or None)
    if request.method == "POST" and form.is_valid() and _create_queue(request, form):
        messages.success(request, "The queue is open. It fills itself within seconds.")
        return redirect("queue_list", request.project.slug)
    form.focus_first_error()
    context = {"section": "review", "form": form, "count": matching(request.project, _filters_of(form)).count()}
    return render(request, "annotate/queue_new.html", context, status=UNPROCESSABLE if form.errors else 200)


def _create_queue(request: ProjectRequest, form: QueueForm) -> bool:
    try:
        create_queue(
            project=request.project,
            creator=request.user,
            name=form.cleaned_data["name"],
            filters=form.filters(),
            reviewers_per_session=form.cleaned_data["reviewers_per_session"],
            random_share=form.cleaned_data["random_percent"] / 100,
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return False
    return True


def _filters_of(form: FilterForm) -> dict[str, Any]:
    return form.filters() if form.is_bound and form.is_valid() else {}


@member(Role.LEAD)
@require_GET
def queue_count(request: ProjectRequest) -> HttpResponseBase:
    """How many sessions a filter matches: the line under the form of a new queue."""
    form = FilterForm(request.project, request.GET)
    valid = form.is_valid()
    count = matching(request.project, form.filters()).count() if valid else None
    return render(request, "annotate/queue_new.html#count", {"count": count})


@member(Role.LEAD)
@require_POST
def queue_state(request: ProjectRequest, queue_id: int) -> HttpResponseBase:
    """Opens or closes a queue."""
    queue = get_queue(request.project, queue_id)
    set_queue_open(queue=queue, is_open=not queue.is_open)
    return redirect("queue_list", request.project.slug)
