"""What one person has done: their own page, and the same for leads of anybody."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Membership, Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.access import get_person
from annotate.actions.undoing import SKIP_REASONS
from annotate.forms.mine import WorkForm
from annotate.queries.blind import EVERYTHING, sight_of
from annotate.queries.mine import as_work, numbers_of, reviews_of, skips_of

ON_A_PAGE = 25
SKIPS = "skips"


@member(Role.REVIEWER)
@require_GET
def my_page(request: ProjectRequest) -> HttpResponseBase:
    """What the reader has done."""
    return _page(request, request.membership)


@member(Role.REVIEWER)
@require_GET
def person_page(request: ProjectRequest, person_id: int) -> HttpResponseBase:
    """What somebody has done: for themselves and for leads; for others there is no such page."""
    who = get_person(request.project, person_id)
    if who.user_id != request.user.pk and not request.membership.may(Role.LEAD):
        raise Http404("No such person.")
    return _page(request, who)


def _page(request: ProjectRequest, who: Membership) -> HttpResponse:
    is_me = who.user_id == request.user.pk
    sight = EVERYTHING if is_me else sight_of(request.membership)
    form = WorkForm(request.project, request.GET)
    shown = SKIPS if request.GET.get("show") == SKIPS else "reviews"
    if shown == SKIPS:
        rows = skips_of(request.project, who.user, form.wanted)
    else:
        rows = reviews_of(request.project, who.user, form.wanted, sight)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "review",
        "who": who.user,
        "membership_id": who.pk,
        "is_me": is_me,
        "sight": sight,
        "numbers": numbers_of(request.project, who.user, sight),
        "fields": [field for field in form if shown != SKIPS or field.name != "outcome"],
        "ignored": sorted(form.errors),
        "shown": shown,
        "page": page,
        "work": as_work(list(page.object_list)),
        "skip_reasons": SKIP_REASONS,
    }
    return render(request, "annotate/mine.html", context)
