"""Skips, and taking back what was decided. The page's script may send a skip long after it was made."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Role, User
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_slot
from annotate.actions.undoing import skip_slot, undo_decision, undo_review
from annotate.claims import take_this
from annotate.forms import SkipForm, UndoForm
from annotate.models import Slot, SlotState
from annotate.queries.decisions import SKIP, key_of
from annotate.views.replies import for_its_reviewer, lead_on, refusal, wants_json
from common.errors import Refused

NOT_YOURS = "The session that you skipped is not yours any more, so there was nothing left to put aside."


@member(Role.REVIEWER)
@require_POST
@for_its_reviewer
def review_skip(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """Puts a session aside for this reviewer and leads to the next. Sent twice, it counts once."""
    slot = get_slot(request.project, slot_id)
    form = SkipForm(request.POST)
    given = form.cleaned_data if form.is_valid() else SkipForm.NOTHING
    try:
        token = _lease_for(slot, request.user, given["lease_token"], given["opened_at"])
        skip_slot(slot=slot, reviewer=request.user, reason=given["reason"], lease_token=token)
        told = ""
    except Refused as refused:
        if not form.is_valid() or Slot.objects.filter(pk=slot.pk, reviewer=request.user).exists():
            return _refused(request, slot, refused.message)
        told = NOT_YOURS
    return lead_on(request, slot.queue, decision="" if told else key_of(SKIP, slot.pk), told=told)


def _lease_for(slot: Slot, person: User, token: uuid.UUID | None, opened_at: datetime | None) -> uuid.UUID | None:
    """The lease under which the skip counts.

    A skip names when its session was opened: opening it again in another tab, or once the server is back, makes a new
    lease but is the same opening. Taking back a skip begins another, which a late copy of that skip must not end. A
    place that nobody holds any more is taken for it.
    """
    if opened_at is None or (slot.state == SlotState.LEASED and slot.reviewer_id == person.pk):
        return slot.lease_token if opened_at and slot.opened_at == opened_at else token
    taken = take_this(slot_id=slot.pk, user=person)
    return taken.lease_token if taken else token


def _refused(request: ProjectRequest, slot: Slot, message: str) -> HttpResponseBase:
    if wants_json(request):
        return refusal(message)
    messages.error(request, message)
    return redirect("review_page", request.project.slug, slot.pk)


@member(Role.REVIEWER)
@require_POST
@for_its_reviewer
def review_undo(request: ProjectRequest) -> HttpResponseBase:
    """Takes back the decision that the page named, a review or a skip, and shows its session with all in it."""
    form = UndoForm(request.POST)
    key = form.cleaned_data["decision"] if form.is_valid() else ""
    try:
        slot = undo_decision(project=request.project, reviewer=request.user, key=key)
    except Refused as refused:
        if wants_json(request):
            return refusal(refused.message)
        messages.info(request, refused.message)
        return redirect("queue_list", request.project.slug)
    messages.success(request, "Your last decision is taken back. Change it and submit it again.")
    return _shown(request, slot)


@member(Role.REVIEWER)
@require_POST
@for_its_reviewer
def review_undo_this(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """Brings back the reader's judgement of this session, which need not be the newest."""
    slot = get_slot(request.project, slot_id)
    try:
        undo_review(slot=slot, reviewer=request.user)
    except Refused as refused:
        messages.info(request, refused.message)
    else:
        messages.success(request, "Your review is taken back. Change it and submit it again.")
    return _shown(request, slot)


def _shown(request: ProjectRequest, slot: Slot) -> HttpResponseBase:
    url = reverse("review_page", args=[request.project.slug, slot.pk])
    return JsonResponse({"next": url}) if wants_json(request) else redirect(url)
