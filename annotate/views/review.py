"""The screen on which a session is judged, and what its keys and buttons call."""

from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role, User
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_queue, get_slot
from annotate.actions.calibrating import submit_calibration
from annotate.actions.reviews import save_draft, submit_review
from annotate.actions.taking import following_for, next_for
from annotate.actions.timing import keep_times
from annotate.actions.undoing import SKIP_REASONS, content_of
from annotate.claims import give_back, renew, take_this
from annotate.forms import (
    DraftForm,
    FailureForms,
    FailureFormSet,
    JudgementForm,
    LeaseForm,
    TimesForm,
    half_told,
    told_by,
)
from annotate.models import CalibrationReview, Draft, Review, Rubric, Slot
from annotate.queries.asking import rubric_shown
from annotate.queries.blind import sight_of
from annotate.queries.calibration import calibration_content, standing_calibration
from annotate.queries.decisions import CALIBRATION, REVIEW, decisions, key_of
from annotate.queries.examples import hide_examples
from annotate.queries.judgements import offered_types, standing_review
from annotate.queries.passages import tool_names
from annotate.queries.progress import own_numbers, place_in_queue, queue_rows
from annotate.told import ASSERTION_KINDS
from annotate.views import UNPROCESSABLE
from annotate.views.replies import for_its_reviewer, lead_on, wants_json
from common.errors import Refused
from common.markdown import render_markdown
from common.streaming import render_growing
from traces.queries import conversation
from traces.reading import Conversation

MOST_TYPES = 200
KEPT_BESIDE = (
    "Others had taken every place of that session by the time your review arrived."
    " It is kept beside theirs, and it counts."
)


@member(Role.REVIEWER)
@require_GET
def review_next(request: ProjectRequest, queue_id: int) -> HttpResponseBase:
    """Leads to the next session of the queue; says so when there is none. Asked twice it leads to the same one."""
    queue = get_queue(request.project, queue_id)
    slot = next_for(queue=queue, user=request.user)
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
    judged, content = _said_in(slot, request.user)
    if judged is not None:
        return _filled(request, slot, content, judged=judged)
    taken = take_this(slot_id=slot.pk, user=request.user)
    if taken is None:
        messages.info(request, "Someone else has taken that session. Here is the next one.")
        return redirect("review_next", request.project.slug, slot.queue_id)
    taken.queue, taken.item = slot.queue, slot.item  # read a moment ago
    return _to_judge(request, taken)


@member(Role.REVIEWER)
@require_POST
@never_cache
@for_its_reviewer
def review_following(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """The page of the session after this one, which is claimed and kept ready while its reader has this one open.

    204 where there is none, or where this one is not theirs.
    """
    slot = get_slot(request.project, slot_id)
    is_theirs = slot.reviewer_id == request.user.pk
    ready = following_for(queue=slot.queue, user=request.user, besides=slot) if is_theirs else None
    if ready is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return _to_judge(request, get_slot(request.project, ready.pk), ahead=1)


def _to_judge(request: ProjectRequest, slot: Slot, *, ahead: int = 0) -> HttpResponseBase:
    """The screen with what its reader had entered before. `ahead`: how many sessions are to be decided before it."""
    draft = Draft.objects.filter(item=slot.item, reviewer=request.user).first()
    content, version = (draft.content, draft.version) if draft else ({}, 0)
    return _filled(request, slot, content, version=version, ahead=ahead)


def _said_in(slot: Slot, person: User) -> tuple[Review | CalibrationReview | None, dict[str, Any]]:
    """The judgement of this person that stands in the slot, and what was entered for it."""
    if slot.item.is_measuring:
        measured = standing_calibration(slot, person)
        return measured, calibration_content(measured) if measured else {}
    review = standing_review(slot, person)
    return review, content_of(review) if review else {}


def _filled(request: ProjectRequest, slot: Slot, content: dict[str, Any], **also: Any) -> HttpResponseBase:
    """The screen with what has been entered, in the shape of a draft."""
    talk = conversation(slot.item.session)
    shown = also["judged"].rubric if "judged" in also else slot.queue.rubric
    hide_examples([shown], request.membership)
    judgement = JudgementForm(rubric=shown, initial={**content, "lease_token": slot.lease_token})
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
    ahead: int = 0,
    judged: Review | CalibrationReview | None = None,
    status: int = 200,
) -> HttpResponseBase:
    position, total = place_in_queue(slot.queue)
    context = {
        "section": "review",
        "slot": slot,
        "queue": slot.queue,
        "item": slot.item,
        "agent_session": slot.item.session,
        "conversation": talk,
        "judgement": judgement,
        "failures": failures,
        "version": version,
        "judged": judged,
        "position": min(position + ahead, total),
        "total": total,
        "decisions": decisions(request.project, request.user),
        "types": offered_types(request.project, sight_of(request.membership), MOST_TYPES),
        "tool_names": tool_names(slot.item.session),
        "condition_kinds": ASSERTION_KINDS.items(),
        "skip_reasons": SKIP_REASONS.items(),
        "rubric": judgement.shown,
        "guidance": render_markdown(judgement.shown.guidance),
    }
    return render_growing(
        request,
        "annotate/review_page.html",
        context,
        piece="traces/_steps.html",
        pieces=(
            {"steps": stretch, "project": request.project, "session": slot.item.session} for stretch in talk.stretches()
        ),
        ahead=("annotate/_outline.html", ({"steps": rows} for rows in talk.outline())),
        status=status,
    )


@member(Role.REVIEWER)
@require_POST
@for_its_reviewer
def review_submit(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """Takes a judgement and claims the next session, both in this one request."""
    slot = get_slot(request.project, slot_id)
    rubric = rubric_shown(slot.queue.rubric, request.POST.get("rubric", ""))
    hide_examples([rubric], request.membership)
    judgement = JudgementForm(request.POST, rubric=rubric)
    # Only a refusal shows it.
    talk = cast("Conversation", SimpleLazyObject(lambda: conversation(slot.item.session)))
    failures = _failure_forms(talk, data=request.POST)
    review = _submitted(request, slot, judgement, failures, rubric)
    if review is None:
        if wants_json(request):
            return JsonResponse({"errors": _errors(judgement, failures)}, status=UNPROCESSABLE)
        return _screen(request, slot, talk, judgement, failures, status=UNPROCESSABLE)
    told = KEPT_BESIDE if review.slot and review.slot.is_extra else ""
    kind = REVIEW if isinstance(review, Review) else CALIBRATION
    if isinstance(review, Review):
        keep_times(review=review, times=TimesForm(request.POST).times())
    return lead_on(request, slot.queue, decision=key_of(kind, review.pk), told=told)


def _submitted(
    request: ProjectRequest, slot: Slot, judgement: JudgementForm, failures: FailureForms, rubric: Rubric
) -> Review | CalibrationReview | None:
    is_failed = judgement.is_of_failure
    if not judgement.is_valid() or (is_failed and not failures.is_valid()):
        return None
    submit = submit_calibration if slot.item.is_measuring else submit_review
    try:
        return submit(
            slot=slot,
            reviewer=request.user,
            client_id=judgement.cleaned_data["client_id"],
            outcome=judgement.cleaned_data["outcome"],
            failures=told_by(failures) if is_failed else (),
            half_told=() if is_failed else half_told(failures),
            answers=judgement.answers(),
            rubric=rubric,
            lease_token=judgement.cleaned_data["lease_token"],
        )
    except Refused as refusal:
        _blame(refusal, judgement, failures)
        return None


def _blame(refusal: Refused, judgement: JudgementForm, failures: FailureForms) -> None:
    """Puts the refusal at the field that it names."""
    for form in failures:
        if refusal.field.startswith(f"{form.prefix}-"):
            form.add_error(refusal.field.removeprefix(f"{form.prefix}-"), refusal.message)
            return
    judgement.add_error(refusal.field if refusal.field in judgement.fields else None, refusal.message)


def _errors(judgement: JudgementForm, failures: FailureForms) -> list[dict[str, str]]:
    if not judgement.is_of_failure:
        return _errors_in(judgement)
    whole = [{"field": "", "message": str(text)} for text in failures.non_form_errors()]
    return whole + _errors_in(judgement, *failures)


def _errors_in(*forms: Form) -> list[dict[str, str]]:
    return [
        {"field": "" if name == "__all__" else form.add_prefix(name), "message": str(text)}
        for form in forms
        for name, texts in form.errors.items()
        for text in texts
    ]


@member(Role.REVIEWER)
@require_POST
@for_its_reviewer
def review_draft(request: ProjectRequest, slot_id: int) -> HttpResponseBase:
    """Keeps what is being typed, as the version that follows the one that its page knows.

    409 where another text stands, from another tab or computer: it comes with the answer, and the reader chooses.
    """
    slot = get_slot(request.project, slot_id)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": _errors_in(form)}, status=UNPROCESSABLE)
    standing = save_draft(slot=slot, reviewer=request.user, **form.cleaned_data)
    answer = {"version": standing.version}
    if standing.content != form.cleaned_data["content"]:
        return JsonResponse({**answer, "content": standing.content}, status=HTTPStatus.CONFLICT)
    return JsonResponse(answer)


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
