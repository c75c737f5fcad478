"""The screen on which a session is judged, and what its keys and buttons call."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_queue, get_slot
from annotate.actions.reviews import save_draft, submit_review
from annotate.actions.undoing import SKIP_REASONS, content_of, skip_slot, undo_decision, undo_review
from annotate.claims import give_back, renew, take_next, take_this
from annotate.forms import (
    DraftForm,
    FailureForm,
    FailureForms,
    FailureFormSet,
    JudgementForm,
    LeaseForm,
    SkipForm,
    UndoForm,
    told_by,
)
from annotate.models import Draft, Queue, Review, Slot
from annotate.queries.decisions import decisions
from annotate.queries.judgements import failure_types, standing_review
from annotate.queries.progress import own_numbers, place_in_queue, queue_rows
from annotate.views import UNPROCESSABLE
from common.errors import Refused
from common.markdown import render_markdown
from traces.queries import conversation
from traces.reading import Conversation


@member(Role.REVIEWER)
@require_GET
def review_next(request: ProjectRequest, queue_id: int) -> HttpResponseBase:
    """Leads to the next session of the queue; says so when there is none. Asked twice it leads to the same one."""
    queue = get_queue(request.project, queue_id)
    slot = take_next(queue=queue, user=request.user) if queue.is_open else None
    if slot is not None:
        return redirect("review_page", request.project.slug, slot.pk)
    context = {
        "section": "review",
        "queue": queue,
        "own": own_numbers(request.project, request.user),
        "decisions": decisions(request.project, request.user),
        "others": [
            row
            for row in queue_rows(request.project, request.user)
            if row.queue.pk != queue.pk and row.waiting and row.queue.is_open
        ],
    }
    return render(request, "annotate/all_done.html", context)


@member(Role.REVIEWER)
@require_GET
@never_cache
def review_page(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """A session, and beside it the form that judges it. Opening it takes or renews the lease.

    Once its reader has judged it, it shows that judgement and takes no other. Never cached: a browser that goes back
    would show the form as it was.
    """
    slot = get_slot(request.project, slot_id)
    judged = standing_review(slot, request.user)
    if judged is not None:
        return _filled(request, slot, content_of(judged), judged=judged)
    taken = take_this(slot_id=slot.pk, user=request.user)
    if taken is None:
        messages.info(request, "Someone else has taken that session. Here is the next one.")
        return redirect("review_next", request.project.slug, slot.queue_id)
    draft = Draft.objects.filter(item=taken.item, reviewer=request.user).first()
    return _filled(request, taken, draft.content if draft else {}, version=draft.version if draft else 0)


def _filled(request: ProjectRequest, slot: Slot, content: dict[str, Any], **also: Any) -> HttpResponse:
    """The screen with what has been entered, in the shape of a draft."""
    talk = conversation(slot.item.session)
    judgement = JudgementForm(initial={"outcome": content.get("outcome", ""), "lease_token": slot.lease_token})
    return _screen(request, slot, talk, judgement, _failure_forms(talk, initial=content.get("failures", [])), **also)


def _failure_forms(talk: Conversation, **arguments: Any) -> FailureForms:
    forms = FailureFormSet(prefix="failures", form_kwargs={"conversation": talk}, **arguments)
    forms.extra = 0 if arguments.get("initial") else 1
    return forms


def _screen(
    request: ProjectRequest,
    slot: Slot,
    talk: Conversation,
    judgement: JudgementForm,
    failures: FailureForms,
    *,
    version: int = 0,
    judged: Review | None = None,
    status: int = 200,
) -> HttpResponse:
    position, total = place_in_queue(slot.queue)
    context = {
        "section": "review",
        "slot": slot,
        "queue": slot.queue,
        "item": slot.item,
        "agent_session": slot.item.session,
        "conversation": talk,
        "outline": [step for step in talk.steps if not step.is_hidden],
        "judgement": judgement,
        "failures": failures,
        "version": version,
        "judged": judged,
        "position": position,
        "total": total,
        "decisions": decisions(request.project, request.user),
        "types": failure_types(request.project)[:200],
        "skip_reasons": SKIP_REASONS.items(),
        "guidance": render_markdown(slot.queue.rubric.guidance),
    }
    return render(request, "annotate/review_page.html", context, status=status)


@member(Role.REVIEWER)
@require_POST
def review_submit(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """Takes a judgement and claims the next session, both in this one request."""
    slot = get_slot(request.project, slot_id)
    judgement = JudgementForm(request.POST)
    talk = conversation(slot.item.session)
    failures = _failure_forms(talk, data=request.POST)
    if not _submitted(request, slot, judgement, failures):
        if _wants_json(request):
            return JsonResponse({"errors": _errors(judgement, failures)}, status=UNPROCESSABLE)
        return _screen(request, slot, talk, judgement, failures, status=UNPROCESSABLE)
    following = take_next(queue=slot.queue, user=request.user) if slot.queue.is_open else None
    return _lead_to(request, slot.queue, following)


def _submitted(request: ProjectRequest, slot: Slot, judgement: JudgementForm, failures: FailureForms) -> bool:
    if not (judgement.is_valid() and failures.is_valid()):
        return False
    try:
        submit_review(
            slot=slot,
            reviewer=request.user,
            client_id=judgement.cleaned_data["client_id"],
            outcome=judgement.cleaned_data["outcome"],
            failures=told_by(failures),
            lease_token=judgement.cleaned_data["lease_token"],
        )
    except Refused as refusal:
        _blame(refusal, judgement, failures)
        return False
    return True


def _blame(refusal: Refused, judgement: JudgementForm, failures: FailureForms) -> None:
    """Puts the refusal at the field that it names."""
    for form in failures:
        if refusal.field.startswith(f"{form.prefix}-"):
            form.add_error(refusal.field.removeprefix(f"{form.prefix}-"), refusal.message)
            return
    judgement.add_error(refusal.field if refusal.field in judgement.fields else None, refusal.message)


def _errors(judgement: JudgementForm, failures: FailureForms) -> list[dict[str, str]]:
    forms: list[JudgementForm | FailureForm] = [judgement, *failures]
    return [{"field": "", "message": str(text)} for text in failures.non_form_errors()] + [
        {"field": "" if name == "__all__" else form.add_prefix(name), "message": str(text)}
        for form in forms
        for name, texts in form.errors.items()
        for text in texts
    ]


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _lead_to(request: ProjectRequest, queue: Queue, slot: Slot | None) -> HttpResponseBase:
    slug = request.project.slug
    url = reverse("review_page", args=[slug, slot.pk]) if slot else reverse("review_next", args=[slug, queue.pk])
    return JsonResponse({"next": url}) if _wants_json(request) else redirect(url)


@member(Role.REVIEWER)
@require_POST
def review_draft(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """Keeps what is being typed; answers with the version that stands."""
    slot = get_slot(request.project, slot_id)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=UNPROCESSABLE)
    version = save_draft(
        slot=slot, reviewer=request.user, content=form.cleaned_data["content"], version=form.cleaned_data["version"]
    )
    return JsonResponse({"version": version})


@member(Role.REVIEWER)
@require_POST
def review_renew(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """The heartbeat of an open page: `held` says whether the session is still its reader's."""
    slot = get_slot(request.project, slot_id)
    form = LeaseForm(request.POST)
    held = form.is_valid() and renew(slot_id=slot.pk, user=request.user, token=form.cleaned_data["lease_token"])
    return JsonResponse({"held": held})


@member(Role.REVIEWER)
@require_POST
def review_leave(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """Gives the session back when its page is left; what was typed stays a draft."""
    slot = get_slot(request.project, slot_id)
    form = LeaseForm(request.POST)
    if form.is_valid():
        give_back(slot_id=slot.pk, user=request.user, token=form.cleaned_data["lease_token"])
    return HttpResponse(status=204)


@member(Role.REVIEWER)
@require_POST
def review_skip(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """Puts a session aside for this reviewer and leads to the next."""
    slot = get_slot(request.project, slot_id)
    form = SkipForm(request.POST)
    try:
        skip_slot(slot=slot, reviewer=request.user, **(form.cleaned_data if form.is_valid() else SkipForm.NOTHING))
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("review_page", request.project.slug, slot.pk)
    following = take_next(queue=slot.queue, user=request.user) if slot.queue.is_open else None
    return _lead_to(request, slot.queue, following)


@member(Role.REVIEWER)
@require_POST
def review_undo(request: ProjectRequest) -> HttpResponseBase:
    """Takes back the decision that the page named, a review or a skip, and shows its session with all in it."""
    form = UndoForm(request.POST)
    key = form.cleaned_data["decision"] if form.is_valid() else ""
    try:
        slot = undo_decision(project=request.project, reviewer=request.user, key=key)
    except Refused as refusal:
        messages.info(request, refusal.message)
        return redirect("queue_list", request.project.slug)
    messages.success(request, "Your last decision is taken back. Change it and submit it again.")
    return redirect("review_page", request.project.slug, slot.pk)


@member(Role.REVIEWER)
@require_POST
def review_undo_this(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """Brings back the reader's judgement of this session, which need not be the newest."""
    slot = get_slot(request.project, slot_id)
    try:
        undo_review(slot=slot, reviewer=request.user)
    except Refused as refusal:
        messages.info(request, refusal.message)
    else:
        messages.success(request, "Your review is taken back. Change it and submit it again.")
    return redirect("review_page", request.project.slug, slot.pk)
