"""How well people find what leads settled, and whether they say the same again. Theirs and the leads' to see."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Membership, Role, User
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_measured
from annotate.calibration import FEWEST, GOLD, REPEAT, by_month, calibration_of
from annotate.models import Queue
from annotate.queries.blind import sight_of
from annotate.queries.calibration import FORGOTTEN_AFTER, FORGOTTEN_AFTER_REVIEWS
from annotate.queries.measured import measured_rows, people_measured

MOST_SHOWN = 100


@member(Role.REVIEWER)
@require_GET
def calibration_page(request: ProjectRequest) -> HttpResponseBase:
    """Everybody's numbers for a lead; for a reviewer their own page."""
    if not request.membership.may(Role.LEAD):
        return _person_page(request, request.user)
    rows = measured_rows(request.project, sight=sight_of(request.membership))
    memberships = Membership.objects.filter(project=request.project).values_list("user_id", "pk")
    of_user = dict(memberships)
    context = {
        "section": "review",
        "people": [(row, of_user.get(row.person.pk)) for row in people_measured(rows)],
        "mine": request.membership.pk,
        "whole": calibration_of([row.measured for row in rows if row.measured]),
        "mixing": Queue.objects.filter(project=request.project, is_open=True, gold_share__gt=0).exists(),
        "fewest": FEWEST,
    }
    return render(request, "annotate/calibration.html", context)


@member(Role.REVIEWER)
@require_GET
def calibration_person(request: ProjectRequest, membership_id: int) -> HttpResponseBase:
    """One person's numbers, for themselves and for leads."""
    return _person_page(request, get_measured(request.membership, membership_id))


def _person_page(request: ProjectRequest, person: User) -> HttpResponseBase:
    rows = measured_rows(request.project, person, sight_of(request.membership))
    told = [row.measured for row in rows if row.measured]
    context = {
        "section": "review",
        "person": person,
        "is_self": person == request.user,
        "may_lead": request.membership.may(Role.LEAD),
        "rows": rows[:MOST_SHOWN],
        "more": max(0, len(rows) - MOST_SHOWN),
        "numbers": calibration_of(told),
        "over_time": [
            ("Against what leads settled", by_month(told, GOLD)),
            ("The second time", by_month(told, REPEAT)),
        ],
        "fewest": FEWEST,
        "days": FORGOTTEN_AFTER.days,
        "reviews": FORGOTTEN_AFTER_REVIEWS,
    }
    return render(request, "annotate/calibration_person.html", context)
