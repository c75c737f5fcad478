"""The list of queues, and one queue with its sessions."""

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_queue
from annotate.actions.queues import create_default_queue, is_judged
from annotate.actions.undoing import SKIP_REASONS
from annotate.models import Queue
from annotate.queries.blind import sight_of
from annotate.queries.comments import waiting_for_lead
from annotate.queries.decisions import decisions
from annotate.queries.filters import in_words
from annotate.queries.items import SHOWN, WAITING, item_counts, item_ids, item_rows
from annotate.queries.people import overhead_of_all, people_rows
from annotate.queries.progress import arrivals, own_numbers, queue_rows, waits_elsewhere
from common.templatetags.ui import in_words as duration_in_words

ITEMS = 25


@member(Role.VIEWER)
@require_GET
def queue_list(request: ProjectRequest) -> HttpResponseBase:
    """What there is to review, and where to start."""
    if request.membership.may(Role.LEAD) and not Queue.objects.filter(project=request.project).exists():
        create_default_queue(project=request.project)
    rows = queue_rows(request.project, request.user)
    sight = sight_of(request.membership)
    may_lead = request.membership.may(Role.LEAD)
    people = people_rows(request.project, sight=sight) if may_lead else []
    context = {
        "section": "review",
        "rows": rows,
        "own": own_numbers(request.project, request.user),
        "decisions": decisions(request.project, request.user),
        "may_review": request.membership.may(Role.REVIEWER),
        "may_lead": may_lead,
        "people": people,
        "overhead": overhead_of_all(people),
        "before_lead": waiting_for_lead(request.membership, sight) if request.membership.may(Role.LEAD) else 0,
        "first": next((row for row in rows if row.queue.is_open and row.waiting and row.may_take), None),
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
        "quiet": duration_in_words(request.project.idle_seconds),
        "may_review": request.membership.may(Role.REVIEWER),
        "may_lead": request.membership.may(Role.LEAD),
        "first": row if row.waiting and not waits_elsewhere(queue) else None,
    }
    return render(request, "annotate/queue_list.html#row", context)


@member(Role.VIEWER)
@require_GET
def queue_page(request: ProjectRequest, queue_id: int) -> HttpResponseBase:
    """One queue: how it is read and how far it is, who reads it, and its sessions in the order in which they come."""
    queue = get_queue(request.project, queue_id)
    [row] = queue_rows(request.project, request.user, only=queue)
    counts = item_counts(queue)
    asked = request.GET.get("show", "")
    shown = asked if asked in SHOWN else WAITING
    people = people_rows(request.project, queue=queue, sight=sight_of(request.membership))
    page = Paginator(item_ids(queue, shown), ITEMS).get_page(request.GET.get("page"))
    context = {
        "section": "review",
        "queue": queue,
        "row": row,
        "told": in_words(queue.filters),
        "takers": list(queue.takers.order_by("name", "email")),
        "people": people,
        "overhead": overhead_of_all(people),
        "tabs": [(key, label, counts[key]) for key, label in SHOWN.items() if counts[key] or key in (WAITING, shown)],
        "shown": shown,
        "page": page,
        "items": item_rows(page.object_list),
        "skip_reasons": SKIP_REASONS,
        "is_judged": is_judged(queue),
        "may_review": request.membership.may(Role.REVIEWER),
        "may_lead": request.membership.may(Role.LEAD),
    }
    return render(request, "annotate/queue_page.html", context)
