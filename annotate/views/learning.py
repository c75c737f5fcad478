"""How sessions are ranked: what reviews have taught, and how honest the ranking was."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.priority.telling import LEFT, RIGHT, place
from annotate.queries.learning import learned

# Factors on the odds that the plots have marks at, by their log-odds.
MARKS = (("½", -0.693), ("1", 0.0), ("2", 0.693), ("5", 1.609), ("20", 2.996), ("100", 4.605))


@member(Role.VIEWER)
@require_GET
def priority_weights(request: ProjectRequest) -> HttpResponseBase:
    """The weights of signals in words, the reliability of probabilities, and the models there were."""
    found = learned(request.project)
    context = {
        "section": "review",
        "learned": found,
        "since": found.judged - (found.model.reviews if found.model else 0),
        "marks": [(words, place(weight)) for words, weight in MARKS if LEFT <= weight <= RIGHT],
        "may_lead": request.membership.may(Role.LEAD),
    }
    return render(request, "annotate/learning.html", context)
