"""The board: what is new, what grows, what came back."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Role, User
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.models import Severity
from annotate.queries.blind import Sight, sight_of
from annotate.queries.judgements import known_types
from common.keys import is_key
from issues.access import possible_owners
from issues.filters import GROUPS, SORTS, as_saved, choose_issues, named_like, read_choice, with_present_type
from issues.lifecycle import ACTS_BY_HAND
from issues.lifecycle.ignoring import EndKind
from issues.models import Issue
from issues.queries import (
    attachable_issues,
    board_rows,
    counted_issues,
    read_pool,
    seen_issues,
    seen_releases,
    seen_workflows,
)
from issues.queries.shares import issue_shares
from issues.queries.sightings import sighted
from traces.access import views_of
from traces.forms import SaveViewForm
from traces.models import Place
from traces.views import tell_saved

PAGE_SIZE = 50
MOST_CHOICES = 300
LARGEST_NUMBER = 2**31


@member(Role.VIEWER)
def board(request: ProjectRequest) -> HttpResponse:
    """The project's issues, filtered and sorted by what stands in the URL."""
    choice = with_present_type(request.project, read_choice(request.GET))
    sight = sight_of(request.membership)
    everything = seen_issues(Issue.objects.filter(project=request.project), sight)
    found = choose_issues(counted_issues(request.project, sight), choice, me=request.user.pk, sight=sight)
    pages = Paginator(found.order_by(*SORTS[choice.sort][1]), PAGE_SIZE)
    # How many there are takes none of the joins that their counts take.
    pages.count = choose_issues(everything, choice, me=request.user.pk, sight=sight).count()
    page = pages.get_page(request.GET.get("page"))
    context = {
        "section": "issues",
        "choice": choice,
        "views": views_of(request.membership, Place.ISSUES),
        "chosen": as_saved(request.GET),
        "page": page,
        "rows": board_rows(request.project, page.object_list, sight),
        "tabs": [(name, label) for name, (label, _) in GROUPS.items()],
        "has_issues": everything.exists(),
        "pool": read_pool(request.project, sight),
        "sight": sight,
        "may_change": request.membership.may(Role.LEAD),
        **_offered(request, everything, sight),
        **_changes(request),
    }
    return render(request, "issues/board.html", context)


def _offered(request: ProjectRequest, issues: QuerySet[Issue], sight: Sight) -> dict[str, Any]:
    """What the filters offer."""
    return {
        "sorts": [(name, label) for name, (label, _) in SORTS.items()],
        "severities": Severity.choices,
        "types": known_types(request.project, sight).filter(merged_into=None).order_by("name"),
        "workflows": seen_workflows(request.project),
        "owners": User.objects.filter(owned_issues__in=issues).distinct().order_by("name", "email"),
    }


def _changes(request: ProjectRequest) -> dict[str, Any]:
    """What can be done with issues that are ticked: leads alone do it."""
    if not request.membership.may(Role.LEAD):
        return {}
    return {
        "acts": ACTS_BY_HAND,
        "ends": EndKind.choices,
        "members": possible_owners(request.project),
        "releases": seen_releases(request.project),
    }


@member(Role.VIEWER)
@require_POST
def board_view_save(request: ProjectRequest) -> HttpResponse:
    """Saves the filters of the board under a name, and shows it with them. Only leads share."""
    form = SaveViewForm(request.POST)
    query = as_saved(QueryDict(request.POST.get("query", "")))
    tell_saved(request, form, form.save(request.membership, Place.ISSUES, query))
    return HttpResponseRedirect(f"{reverse('issue_board', args=[request.project.slug])}?{query}")


@member(Role.VIEWER)
def shares(request: ProjectRequest) -> HttpResponse:
    """What machines say of the issues that the board shows: fetched after it, because it reads every review."""
    numbers = [int(number) for number in request.GET.getlist("issue")[:PAGE_SIZE] if is_key(number)]
    sight = sight_of(request.membership)
    counted = counted_issues(request.project, sight)
    found = counted.filter(number__in=[number for number in numbers if number < LARGEST_NUMBER])
    issues = list(found.order_by("number"))
    estimated = issue_shares(request.project, issues, sight)
    alike = sighted(request.project, [issue.number for issue in issues], sight)
    rows = [(issue, estimated[issue.pk], alike[issue.number]) for issue in issues]
    return render(request, "issues/shares.html", {"rows": rows})


@member(Role.REVIEWER)
def choices(request: ProjectRequest) -> HttpResponse:
    """The living issues as options, or those whose number or title holds what is typed as `issue`.

    The review screen and the page of an issue hold a place for them, and say by number which was chosen.
    """
    living = attachable_issues(request.project, sight_of(request.membership))
    found = named_like(living, request.GET.get("issue", "")).order_by("-updated_at", "-number")
    return render(request, "issues/choices.html", {"issues": found[:MOST_CHOICES]})
