"""What the review pages' requests are answered with: JSON for the page's script, another page for a plain form."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.request import ProjectRequest
from annotate.actions.taking import next_for
from annotate.claims import open_ready
from annotate.forms import ReadyForm
from annotate.models import Queue, Slot
from annotate.queries.progress import place_in_queue
from annotate.views import UNPROCESSABLE

P = ParamSpec("P")
View = Callable[Concatenate[ProjectRequest, P], HttpResponseBase]
TAKEN_MEANWHILE = (
    "Somebody else has taken the session that was kept ready for you. You can still judge it: your judgement is kept."
)
SOMEBODY_ELSE = "Somebody else has logged in here since. Nothing was sent in their name."


def for_its_reviewer(view: View[P]) -> View[P]:
    """Refuses what a page sends in another person's name: it names its reader, and somebody else may have logged in.

    A plain form names nobody: its own token dies with the login that it was made under.
    """

    @wraps(view)
    def wrapper(request: ProjectRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.headers.get("X-Reviewer", str(request.user.pk)) != str(request.user.pk):
            return JsonResponse({"errors": [{"field": "", "message": SOMEBODY_ELSE}]}, status=HTTPStatus.FORBIDDEN)
        return view(request, *args, **kwargs)

    return wrapper


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's script asks."""
    return request.headers.get("Accept") == "application/json"


def refusal(message: str) -> JsonResponse:
    """The one error, at no field, for the page's script."""
    return JsonResponse({"errors": [{"field": "", "message": message}]}, status=UNPROCESSABLE)


def lead_on(request: ProjectRequest, queue: Queue, *, decision: str, told: str = "") -> HttpResponseBase:
    """Leads to the next session of the queue: the one that the page kept ready and shows by now, else one claimed here.

    In JSON: `{"next": its page, "lease": its token, "opened_at": …, "place": [12, 40], "decision": the key by which
    undo knows what was decided, "told": a sentence or ""}`; without a session neither lease, opened_at nor place.
    """
    form = ReadyForm(request.POST)
    shown = form.cleaned_data["following"] if form.is_valid() else None
    slot = _opened(request, queue, shown) if shown else _claimed(request, queue)
    if shown and slot is None:
        told = f"{told} {TAKEN_MEANWHILE}".strip()
    slug = request.project.slug
    url = reverse("review_page", args=[slug, slot.pk]) if slot else reverse("review_next", args=[slug, queue.pk])
    if wants_json(request):
        return JsonResponse({"next": url, "decision": decision, "told": told, **(_facts(slot) if slot else {})})
    if told:
        messages.info(request, told)
    return redirect(url)


def _opened(request: ProjectRequest, queue: Queue, slot_id: int) -> Slot | None:
    """What was kept ready in this queue."""
    return open_ready(slot_id=slot_id, user=request.user) if queue.slots.filter(pk=slot_id).exists() else None


def _claimed(request: ProjectRequest, queue: Queue) -> Slot | None:
    return next_for(queue=queue, user=request.user)


def _facts(slot: Slot) -> dict[str, Any]:
    """What the page of a session cannot know when it was made before its turn.

    When it was opened to the last digit, which JSON's own way with moments cuts off: a skip is known by it.
    """
    opened_at = slot.opened_at.isoformat() if slot.opened_at else None
    return {"lease": slot.lease_token, "opened_at": opened_at, "place": place_in_queue(slot.queue)}
