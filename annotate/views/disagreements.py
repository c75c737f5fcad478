"""Where reviewers differ: the list, the worst first, and the page on which a lead settles one."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.actions.gold import settle, unsettle
from annotate.actions.undoing import as_told
from annotate.forms import FailureForm, FailureForms
from annotate.forms.agreement import ChosenForm, SettleForm, as_answers
from annotate.forms.owning import own_failures, told_in
from annotate.models import Review
from annotate.queries.blind import sight_of, withheld
from annotate.queries.disagreements import Disputes, dispute_rows, read_disputes
from annotate.queries.examples import hide_in
from annotate.queries.gold import gold_of, reviews_of, settlements
from annotate.queries.judgements import failures_of, offered_types
from annotate.queries.settling import settled_before
from annotate.queries.side_by_side import SideBySide, side_by_side
from annotate.views import UNPROCESSABLE
from annotate.views.kept import say_taken
from common.errors import Refused
from common.keys import is_key
from common.streaming import render_growing
from traces.access import get_session
from traces.models import AgentSession
from traces.queries import conversation
from traces.reading import Conversation

PAGE_SIZE = 25
MOST_TYPES = 200
OPEN, SETTLED = "open", "settled"


@member(Role.LEAD)
@require_GET
def disagreement_list(request: ProjectRequest) -> HttpResponseBase:
    """Sessions on which reviewers differ, the worst first; what is settled on a tab of its own."""
    form = ChosenForm(request.project, request.GET)
    found = _disputes(request, form)
    shown = SETTLED if request.GET.get("show") == SETTLED else OPEN
    page = Paginator(found.settled if shown == SETTLED else found.open, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "section": "review",
        "form": form,
        "fields": [form[name] for name in ("queue", "rubric", "days", "reviewer")],
        "found": found,
        "tabs": [(OPEN, "To settle", len(found.open)), (SETTLED, "Settled", len(found.settled))],
        "shown": shown,
        "page": page,
        "rows": dispute_rows(list(page.object_list)),
        "chosen": _chosen(request),
    }
    return render(request, "annotate/disagreement_list.html", context)


def _disputes(request: ProjectRequest, form: ChosenForm) -> Disputes:
    sight = sight_of(request.membership)
    return read_disputes(request.project, form.chosen, sight, person=form.cleaned_data.get("reviewer"))


def _chosen(request: ProjectRequest, **more: Any) -> str:
    """What the list was narrowed by, and `more`, as the end of an address: whoever settles stays among these."""
    kept = QueryDict(mutable=True)
    asked = {name: request.GET.get(name) for name in ChosenForm.base_fields}
    kept.update({name: str(value) for name, value in {**more, **asked}.items() if value})
    return f"?{kept.urlencode()}" if kept else ""


@member(Role.LEAD)
@require_GET
def disagreement_next(request: ProjectRequest) -> HttpResponseBase:
    """Leads to the worst of the list that is not settled, but for the one that `after` names."""
    after = request.GET.get("after", "")
    found = _disputes(request, ChosenForm(request.project, request.GET))
    session = found.after(int(after) if is_key(after) else 0)
    chosen = _chosen(request)
    if session is None:
        among = " among what you chose" if chosen else ""
        messages.success(request, f"That was the last one: no other disagreement waits{among}.")
        return redirect(reverse("disagreement_list", args=[request.project.slug]) + chosen)
    return redirect(reverse("disagreement_page", args=[request.project.slug, session]) + chosen)


@member(Role.LEAD)
@require_GET
def disagreement_page(request: ProjectRequest, session_id: int) -> HttpResponseBase:
    """What each reviewer said, field by field, over the conversation, and the form that settles it."""
    session = _session(request, session_id)
    talk = conversation(session)
    told = _told(request, session, talk)
    gold = gold_of(session)
    form = SettleForm(told, initial=_as_settled(gold, told))
    return _screen(request, session, talk, told, form, _own(gold, talk), gold=gold)


def _session(request: ProjectRequest, session_id: int) -> AgentSession:
    """A session that somebody judged; to a lead who may still judge it themselves it looks like none."""
    session = get_session(request.project, session_id)
    if withheld(request.membership, [session.pk]) or not reviews_of(session).exists():
        raise Http404("Nothing to settle.")
    return session


def _told(request: ProjectRequest, session: AgentSession, talk: Conversation) -> SideBySide:
    told = side_by_side(session, {step.key: step.position for step in talk.steps})
    hide_in([one.question for one in told.questions], request.membership)
    return told


def _as_settled(gold: Review | None, told: SideBySide) -> dict[str, Any]:
    """What stands, as a beginning for whoever settles it anew; before that, what most answered."""
    if gold is None:
        return as_answers({one.asked.key: one.most for one in told.questions})
    adopted = [str(pk) for pk in gold.adopts.values_list("pk", flat=True)]
    stands = {"outcome": gold.outcome, "reason": gold.reason, "instead_of": gold.pk, "adopted": adopted}
    return {**stands, **as_answers(settled_before(gold, told.questions))}


def _own(gold: Review | None, talk: Conversation) -> FailureForms:
    """The forms of the lead's own failures, with those that they told before: what they say counts again."""
    told = failures_of(gold).filter(withdrawn_at=None) if gold else []
    return own_failures(talk, told=[as_told(failure) for failure in told])


def _screen(
    request: ProjectRequest,
    session: AgentSession,
    talk: Conversation,
    told: SideBySide,
    form: SettleForm,
    own: FailureForms,
    *,
    gold: Review | None,
    status: int = 200,
) -> HttpResponseBase:
    context = {
        "section": "review",
        "session": session,
        "conversation": talk,
        "told": told,
        "form": form,
        "ticked": {int(pk) for pk in form["adopted"].value() or () if is_key(str(pk))},
        "own": own,
        "has_own": bool(told_in(own) if own.is_bound else own.initial),
        "gold": gold,
        "history": [one for one in settlements(session) if one != gold],
        "types": offered_types(request.project, sight_of(request.membership), MOST_TYPES),
        "chosen": _chosen(request),
        "onward": _chosen(request, after=session.pk),
    }
    pieces = ({"steps": stretch, "project": request.project, "session": session} for stretch in talk.stretches())
    return render_growing(
        request, "annotate/disagreement.html", context, piece="traces/_steps.html", pieces=pieces, status=status
    )


@member(Role.LEAD)
@require_POST
def disagreement_settle(request: ProjectRequest, session_id: int) -> HttpResponseBase:
    """Settles it and leads to the next one, or to the guidance that it shall change."""
    session = _session(request, session_id)
    talk = conversation(session)
    told = _told(request, session, talk)
    form = SettleForm(told, request.POST)
    own = own_failures(talk, request.POST)
    gold = _settled(request, session, form, own)
    if gold is None:
        return _screen(request, session, talk, told, form, own, gold=gold_of(session), status=UNPROCESSABLE)
    say_taken(request, f"Settled: {gold.get_outcome_display().lower()}. It counts as that from now on.")
    if "guidance" in request.POST:
        edit = reverse("rubric_edit", args=[request.project.slug, gold.rubric_id])
        return redirect(f"{edit}?because_of={gold.pk}")
    return redirect(reverse("disagreement_next", args=[request.project.slug]) + _chosen(request, after=session.pk))


def _settled(request: ProjectRequest, session: AgentSession, form: SettleForm, own: FailureForms) -> Review | None:
    told = told_in(own)
    if not all([form.is_valid(), *(one.is_valid() for one in told)]):
        return None
    try:
        return settle(
            session=session,
            lead=request.user,
            failures=[one.told() for one in told],
            **form.decision(),
        )
    except Refused as refusal:
        _blame(refusal, form, told)
        return None


def _blame(refusal: Refused, form: SettleForm, told: Sequence[FailureForm]) -> None:
    """Puts the refusal at the field that it names."""
    fields = {f"failures-{place}-{name}": (one, name) for place, one in enumerate(told) for name in one.fields}
    at = refusal.field if refusal.field in form.fields else None
    blamed, name = fields.get(refusal.field, (form, at))
    blamed.add_error(name, refusal.message)


@member(Role.LEAD)
@require_POST
def disagreement_unsettle(request: ProjectRequest, session_id: int) -> HttpResponseBase:
    """Takes a settlement back: the reviewers' failures stand again as they told them."""
    session = _session(request, session_id)
    given = request.POST.get("gold", "")
    try:
        unsettle(session=session, lead=request.user, gold_id=int(given) if is_key(given) else 0)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Taken back. What the reviewers said counts again.")
    return redirect(reverse("disagreement_page", args=[request.project.slug, session.pk]) + _chosen(request))
