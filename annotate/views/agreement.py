"""How far reviewers agree: leads see everybody, a reviewer what concerns themselves."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Role, User
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.agreement import FEWEST
from annotate.forms.agreement import ChosenForm
from annotate.models import Outcome, Queue
from annotate.queries.agreement import agreement_in
from annotate.queries.blind import sight_of

SHOWN = ("queue", "rubric", "days")


@member(Role.REVIEWER)
@require_GET
def agreement_page(request: ProjectRequest) -> HttpResponseBase:
    """Agreement beyond chance, pair by pair and person by person."""
    may_lead = request.membership.may(Role.LEAD)
    form = ChosenForm(request.project, request.GET)
    person = _person(form) if may_lead else request.user
    numbers = agreement_in(request.project, form.chosen, sight_of(request.membership), person=person)
    context = {
        "section": "review",
        "form": form,
        "shown": [form[name] for name in (*SHOWN, *(("reviewer",) if may_lead else ()))],
        "ignored": sorted(form.errors),
        "numbers": numbers,
        "person": person,
        "is_self": person == request.user,
        "outcomes": Outcome.choices,
        "fewest": FEWEST,
        "may_lead": may_lead,
        "overlapping": Queue.objects.filter(project=request.project, reviewers_per_session__gt=1).first(),
        "query": request.GET.urlencode(),
    }
    return render(request, "annotate/agreement.html", context)


def _person(form: ChosenForm) -> User | None:
    form.is_valid()
    return form.cleaned_data.get("reviewer")
