"""How well machines' scores tell what people say, and from which value on a score is to count as bad."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.actions.evaluators import use_threshold
from annotate.forms.evaluators import ThresholdForm
from annotate.machines import FEWEST, FEWEST_OF_EACH
from annotate.queries.blind import sight_of
from annotate.queries.evaluators import LATELY, evaluators
from common.errors import Refused


@member(Role.VIEWER)
@require_GET
def evaluator_list(request: ProjectRequest) -> HttpResponseBase:
    """Each evaluator beside people."""
    context = {
        "section": "review",
        "found": evaluators(request.project, sight_of(request.membership)),
        "may_lead": request.membership.may(Role.LEAD),
        "fewest": FEWEST,
        "fewest_of_each": FEWEST_OF_EACH,
        "lately": LATELY.days,
    }
    return render(request, "annotate/evaluators.html", context)


@member(Role.LEAD)
@require_POST
def evaluator_use(request: ProjectRequest) -> HttpResponseBase:
    """Reads a score by the threshold that serves best, as the page showed it."""
    form = ThresholdForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Which evaluator is meant was not understood. Try again.")
        return redirect("evaluator_list", request.project.slug)
    try:
        choice = use_threshold(
            project=request.project,
            lead=request.user,
            evaluator=form.evaluator(),
            shown=form.cleaned_data["shown"],
            sight=sight_of(request.membership),
        )
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        told = f"From now on {choice.name} is split at {choice.middle:.4g}; it was {choice.before:.4g}."
        messages.success(request, told)
    return redirect("evaluator_list", request.project.slug)
