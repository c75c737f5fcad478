"""Sessions put into a queue by hand: a control that the list of sessions holds a place for."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.actions.adding import MOST, add_sessions, preview
from annotate.forms import AddForm
from annotate.models import Queue
from annotate.views import UNPROCESSABLE
from common.errors import Refused
from common.keys import is_key
from traces.filters import SessionFilter
from traces.models import AgentSession

PAGE = "annotate/queue_add.html"


@member(Role.LEAD)
@require_GET
def queue_add_control(request: ProjectRequest) -> HttpResponseBase:
    """The buttons. The query is that of the list of sessions, and goes along with all that follows."""
    context = {"query": request.GET.urlencode(), "has_queue": Queue.objects.filter(project=request.project).exists()}
    return render(request, f"{PAGE}#control", context)


@member(Role.LEAD)
@require_POST
def queue_add_ask(request: ProjectRequest) -> HttpResponseBase:
    """How many sessions would be added to which queue, before anything is."""
    queues = list(Queue.objects.filter(project=request.project).order_by("-is_open", "name"))
    form = AddForm(request.project, request.POST)
    form.is_valid()
    queue = form.cleaned_data.get("queue") or next(iter(queues), None)
    chosen = _chosen(request, up_to=None)
    context = {
        "query": request.GET.urlencode(),
        "queues": queues,
        "queue": queue,
        "everything": form.cleaned_data.get("everything"),
        "chosen": chosen,
        "up_to": max(chosen, default=0),
        "too_many": len(chosen) > MOST,
        "most": MOST,
        "preview": preview(queue, chosen) if queue and len(chosen) <= MOST else None,
    }
    return render(request, f"{PAGE}#ask", context)


@member(Role.LEAD)
@require_POST
def queue_add(request: ProjectRequest) -> HttpResponseBase:
    """Adds them, and says how many were new."""
    form = AddForm(request.project, request.POST)
    if not form.is_valid():
        return render(request, f"{PAGE}#done", {"refusal": "Choose a queue."}, status=UNPROCESSABLE)
    queue = form.cleaned_data["queue"]
    try:
        added = add_sessions(queue=queue, session_ids=_chosen(request, up_to=form.cleaned_data["up_to"]))
    except Refused as refusal:
        return render(request, f"{PAGE}#done", {"refusal": refusal.message}, status=UNPROCESSABLE)
    return render(request, f"{PAGE}#done", {"queue": queue, "added": added})


def _chosen(request: ProjectRequest, *, up_to: int | None) -> Sequence[int]:
    """Ids of the sessions that were ticked, or of all that match the list's own filters; one more than may be added."""
    sessions = AgentSession.objects.filter(project=request.project)
    if request.POST.get("everything"):
        matched = SessionFilter(request.GET, queryset=sessions, membership=request.membership).qs
        within = matched.filter(pk__lte=up_to) if up_to is not None else matched
        return list(within.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    return list(sessions.filter(pk__in=_ticked(request)).order_by("pk").values_list("pk", flat=True))


def _ticked(request: HttpRequest) -> list[int]:
    given = request.POST.getlist("session")[: MOST + 1]
    return [int(text) for text in given if is_key(text)]
