"""What reviews are asked: the rubrics, their versions, and the labels that an edit left behind."""

from collections.abc import Mapping
from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_gold, get_rubric
from annotate.actions.rubrics import Edition, create_rubric, edit_rubric, review_again
from annotate.forms.rubrics import (
    MEANING,
    Example,
    PreviewForm,
    QuestionForms,
    QuestionFormSet,
    RubricForm,
    as_initial,
    edited,
    entered,
)
from annotate.models import Outcome, Review, Rubric
from annotate.queries.blind import sight_of, withheld
from annotate.queries.examples import example_of, hidden_examples, hide_examples
from annotate.queries.rubrics import (
    newest_of,
    queues_on,
    rubric_rows,
    stale_label,
    stale_labels,
    version_rows,
    wordings,
)
from annotate.rubric_versions import Wording
from annotate.views import UNPROCESSABLE
from annotate.views.kept import say_taken
from common.errors import Refused
from common.keys import is_key
from common.markdown import render_markdown
from traces.models import AgentSession

QUESTIONS = "questions"
SESSIONS = 50


@member(Role.VIEWER)
@require_GET
def rubric_list(request: ProjectRequest) -> HttpResponseBase:
    """The newest version of each rubric, and which queues ask it."""
    context = {
        "section": "review",
        "rows": rubric_rows(request.project),
        "may_lead": request.membership.may(Role.LEAD),
    }
    return render(request, "annotate/rubric_list.html", context)


@member(Role.VIEWER)
@require_GET
def rubric_page(request: ProjectRequest, rubric_id: int) -> HttpResponseBase:
    """One version as reviewers meet it, all versions with what each changed, and for leads what became old."""
    rubric = get_rubric(request.project, rubric_id)
    may_lead = request.membership.may(Role.LEAD)
    hide_examples([rubric], request.membership)
    rows = version_rows(rubric, request.membership)
    is_newest = rows[0].rubric == rubric
    context = {
        "section": "review",
        "rubric": rubric,
        "newest": rows[0].rubric,
        "is_newest": is_newest,
        "versions": rows,
        "stale": stale_labels(rubric, sight_of(request.membership)) if may_lead and is_newest else [],
        "may_lead": may_lead,
        **_preview(rubric.guidance, PreviewForm(wordings(rubric))),
    }
    return render(request, "annotate/rubric_page.html", context)


def _preview(guidance: str, form: PreviewForm) -> dict[str, object]:
    return {"guidance": render_markdown(guidance), "preview": form, "outcomes": Outcome.choices}


@member(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def rubric_new(request: ProjectRequest) -> HttpResponseBase:
    """A form for a new rubric."""
    form, questions = _forms(request, None)
    if request.method == "POST" and _all_valid(form, questions):
        rubric = _created(request, form, questions)
        if rubric is not None:
            say_taken(request, f"“{rubric.name}” can be chosen for queues from now on.")
            return redirect("rubric_page", request.project.slug, rubric.pk)
    return _form_page(request, form, questions, None)


def _all_valid(form: RubricForm, questions: QuestionForms) -> bool:
    """Both are asked, so that all mistakes are named at once."""
    are_valid = [form.is_valid(), questions.is_valid()]
    return all(are_valid)


def _created(request: ProjectRequest, form: RubricForm, questions: QuestionForms) -> Rubric | None:
    try:
        return create_rubric(
            project=request.project,
            creator=request.user,
            name=form.cleaned_data["name"],
            guidance=form.cleaned_data["guidance"],
            questions=[one.cleaned_data["wording"] for one in edited(questions)],
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return None


@member(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def rubric_edit(request: ProjectRequest, rubric_id: int) -> HttpResponseBase:
    """The next version of a rubric; `because_of` names the gold judgement that it follows from.

    With `example`, the key of a question or nothing for the outcome, the form begins with that judgement as an example.
    """
    rubric = get_rubric(request.project, rubric_id)
    newest = newest_of(rubric)
    if request.method != "POST" and newest.pk != rubric.pk:
        query = request.GET.urlencode()
        page = reverse("rubric_edit", args=[request.project.slug, newest.pk])
        return HttpResponseRedirect(f"{page}?{query}" if query else page)
    because_of = _because_of(request)
    example = _example(request, rubric, because_of)
    hidden = hidden_examples(rubric, request.membership)
    hide_examples([rubric], request.membership)
    form, questions = _forms(request, rubric, example)
    if request.method == "POST" and _all_valid(form, questions):
        made = _edited(request, rubric, form, _edition(form, questions, because_of, hidden))
        if made is not None:
            say_taken(request, f"Version {made.version} is made. Reviews that were given keep theirs.")
            return redirect("rubric_page", request.project.slug, made.pk)
    return _form_page(request, form, questions, rubric, because_of)


def _forms(
    request: ProjectRequest, rubric: Rubric | None, example: Example | None = None
) -> tuple[RubricForm, QuestionForms]:
    """What was sent, else the version as it stands, with the example behind the guidance that it is for."""
    if rubric is None:
        return RubricForm(request.POST or None), QuestionFormSet(request.POST or None, prefix=QUESTIONS)
    asked = wordings(rubric)
    questions = QuestionFormSet(
        request.POST or None,
        prefix=QUESTIONS,
        initial=as_initial(asked, example),
        form_kwargs={"known": {one.key: one for one in asked}},
    )
    return RubricForm(request.POST or None, rubric=rubric, queues=queues_on(rubric), example=example), questions


def _because_of(request: ProjectRequest) -> Review | None:
    given = request.GET.get("because_of", "")
    if not is_key(given):
        return None
    gold = get_gold(request.project, int(given))
    if withheld(request.membership, [gold.session_id]):
        raise Http404("No such gold judgement.")
    return gold


def _example(request: ProjectRequest, rubric: Rubric, gold: Review | None) -> Example | None:
    """For a question that is asked no more it is one of the outcome."""
    if gold is None or "example" not in request.GET:
        return None
    key = request.GET["example"]
    asked = {question.key for question in rubric.questions.all()}
    address = reverse("session_page", args=[request.project.slug, gold.session_id])
    return Example(key if key in asked else "", example_of(gold, request.build_absolute_uri(address)))


def _edition(
    form: RubricForm, questions: QuestionForms, because_of: Review | None, hidden: Mapping[str, str]
) -> Edition:
    """What was sent, with the examples that its writer was not shown."""
    asked = edited(questions)
    return Edition(
        guidance=_with_hidden(form.cleaned_data["guidance"], hidden.get("", "")),
        questions=[_asked_with_hidden(one.cleaned_data["wording"], hidden) for one in asked],
        meant={one.cleaned_data["key"] for one in asked if one.cleaned_data["meaning"] == MEANING},
        means_more=form.cleaned_data["means_more"] == MEANING,
        changed=form.cleaned_data["changed"],
        because_of=because_of,
        queues=form.cleaned_data["queues"],
        name=form.cleaned_data["name"],
    )


def _asked_with_hidden(one: Wording, hidden: Mapping[str, str]) -> Wording:
    # A new question has no key yet.
    return replace(one, guidance=_with_hidden(one.guidance, hidden.get(one.key, ""))) if one.key else one


def _with_hidden(guidance: str, hidden: str) -> str:
    return f"{guidance}\n\n{hidden}".strip() if hidden else guidance


def _edited(request: ProjectRequest, rubric: Rubric, form: RubricForm, edition: Edition) -> Rubric | None:
    try:
        return edit_rubric(rubric=rubric, editor=request.user, edition=edition)
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.message)
        return None


def _form_page(
    request: ProjectRequest,
    form: RubricForm,
    questions: QuestionForms,
    rubric: Rubric | None,
    because_of: Review | None = None,
) -> HttpResponseBase:
    is_wrong = bool(form.errors) or (questions.is_bound and not questions.is_valid())
    context = {"section": "review", "form": form, "questions": questions, "rubric": rubric, "because_of": because_of}
    return render(request, "annotate/rubric_form.html", context, status=UNPROCESSABLE if is_wrong else 200)


@member(Role.LEAD)
@require_POST
def rubric_preview(request: ProjectRequest) -> HttpResponseBase:
    """What reviewers would meet, of what the form holds now; a question that is not complete yet is left out."""
    form, questions = RubricForm(request.POST), QuestionFormSet(request.POST, prefix=QUESTIONS)
    form.is_valid()
    questions.is_valid()
    asked = entered(questions)
    complete = [wording for one in asked if (wording := one.complete) is not None]
    guidance = form.cleaned_data.get("guidance", "")
    context = {"left_out": len(asked) - len(complete), **_preview(guidance, PreviewForm(complete))}
    return render(request, "annotate/rubric_preview.html", context)


@member(Role.LEAD)
@require_GET
def rubric_stale(request: ProjectRequest, rubric_id: int) -> HttpResponseBase:
    """The sessions that were judged under an older meaning of one question, or of the outcome."""
    rubric = get_rubric(request.project, rubric_id)
    label = stale_label(rubric, request.GET.get("question", ""), sight_of(request.membership))
    if label is None:
        raise Http404("This version asks no such question.")
    page = Paginator(label.sessions, SESSIONS).get_page(request.GET.get("page"))
    found = AgentSession.objects.filter(project=request.project).in_bulk(list(page.object_list))
    context = {
        "section": "review",
        "rubric": rubric,
        "label": label,
        "page": page,
        "sessions": [found[pk] for pk in page.object_list if pk in found],
    }
    return render(request, "annotate/rubric_stale.html", context)


@member(Role.LEAD)
@require_POST
def rubric_again(request: ProjectRequest, rubric_id: int) -> HttpResponseBase:
    """Puts what was judged under an older meaning into a queue: of one question, or of all that are named."""
    rubric = get_rubric(request.project, rubric_id)
    wanted = set(request.POST.getlist("question"))
    stale = stale_labels(rubric, sight_of(request.membership))
    sessions = sorted({pk for label in stale if label.key in wanted for pk in label.sessions})
    try:
        queue, added = review_again(rubric=rubric, session_ids=sessions, actor=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("rubric_page", request.project.slug, rubric.pk)
    messages.success(request, added.in_words)
    return redirect("queue_page", request.project.slug, queue.pk)
