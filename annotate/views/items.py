"""What leads do with one session of a queue, from the queue's page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_item, get_slot, reviewers_of
from annotate.actions.items import (
    assign_item,
    hand_back_slot,
    offer_item,
    remove_item,
    take_over_item,
    unassign_slot,
)
from annotate.forms import PersonForm
from common.errors import Refused


def _back(request: ProjectRequest, queue_id: int) -> HttpResponseRedirect:
    """To the part of the queue's page that the button stood on."""
    query = request.GET.urlencode()
    page = reverse("queue_page", args=[request.project.slug, queue_id])
    return HttpResponseRedirect(f"{page}?{query}" if query else page)


def _do(request: ProjectRequest, act: Callable[[], object], done: str) -> None:
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)


@member(Role.LEAD)
@require_POST
def item_assign(request: ProjectRequest, queue_id: int, item_id: int) -> HttpResponseBase:
    """Gives a session to one person."""
    item = get_item(request.project, queue_id, item_id)
    form = PersonForm(reviewers_of(request.project), request.POST)
    if form.is_valid():
        person = form.cleaned_data["person"]
        _do(
            request,
            lambda: assign_item(item=item, person=person),
            f"Given to {person}: it is their next in this queue.",
        )
    else:
        messages.error(request, "Choose somebody who reviews in this project.")
    return _back(request, queue_id)


@member(Role.LEAD)
@require_POST
def item_remove(request: ProjectRequest, queue_id: int, item_id: int) -> HttpResponseBase:
    """Takes a session out of the queue, and keeps it out."""
    item = get_item(request.project, queue_id, item_id)
    _do(
        request,
        lambda: remove_item(item=item, remover=request.user),
        "Removed. It will not come into this queue again.",
    )
    return _back(request, queue_id)


@member(Role.LEAD)
@require_POST
def item_offer(request: ProjectRequest, queue_id: int, item_id: int) -> HttpResponseBase:
    """Puts a session back, or offers it again."""
    item = get_item(request.project, queue_id, item_id)
    _do(request, lambda: offer_item(item=item), "Offered again to those who have not skipped it.")
    return _back(request, queue_id)


@member(Role.LEAD)
@require_POST
def item_take_over(request: ProjectRequest, queue_id: int, item_id: int) -> HttpResponseBase:
    """The lead judges the session now."""
    item = get_item(request.project, queue_id, item_id)
    try:
        slot = take_over_item(item=item, lead=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _back(request, queue_id)
    return redirect("review_page", request.project.slug, slot.pk)


@member(Role.LEAD)
@require_POST
def slot_unassign(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """Takes back what was given to a person who has not begun."""
    slot = get_slot(request.project, slot_id)
    _do(request, lambda: unassign_slot(slot=slot), "Whoever comes next gets it.")
    return _back(request, slot.queue_id)


@member(Role.LEAD)
@require_POST
def slot_hand_back(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """Takes an open session from its reader."""
    slot = get_slot(request.project, slot_id)
    _do(request, lambda: hand_back_slot(slot=slot), "Handed back. What they wrote stays their draft.")
    return _back(request, slot.queue_id)
