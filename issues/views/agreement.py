"""How far reviewers agree on issues; the page about agreement holds a place for it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.forms.agreement import ChosenForm
from annotate.queries.blind import sight_of
from issues.queries.agreement import agreement_on_issues


@member(Role.LEAD)
@require_safe
def agreement_of_issues(request: ProjectRequest) -> HttpResponse:
    """One row of a table, of the judgements that the page's address chooses."""
    form = ChosenForm(request.project, request.GET)
    chosen, person = form.chosen, form.cleaned_data.get("reviewer")
    row = agreement_on_issues(request.project, chosen, sight_of(request.membership), person=person)
    return render(request, "annotate/_measure.html", {"row": row})
