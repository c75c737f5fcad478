"""The same done to the issues that were chosen on the board, and undone as one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.models import Severity
from annotate.queries.blind import sight_of
from common.errors import Refused
from common.keys import is_key
from issues import actions
from issues.access import find_owner
from issues.actions import Bulk
from issues.actions.bulk import MOST_AT_ONCE
from issues.filters import choose_issues, read_choice, with_present_type
from issues.forms import BulkForm, checked, end_of, refuse_nothing
from issues.lifecycle import Act
from issues.models import Issue
from issues.queries import seen_issues

NAMED = 10
NOBODY = "none"
LARGEST_NUMBER = 2**31
LONGEST_QUERY = 2_000


@member(Role.LEAD)
@require_POST
def issue_bulk(request: ProjectRequest) -> HttpResponse:
    """Acts on all `numbers`, or on `everything` that the board shows, and says which were left out, and why.

    Goes back to the board as it was.
    """
    try:
        asked = checked(BulkForm(request.POST))
        refuse_nothing(asked)
        numbers = _matching(request) if asked["everything"] else _numbers(request)
        _tell(request, actions.joined(_do(request, asked, numbers)), "Done")
    except Refused as refused:
        messages.error(request, refused.message)
    return _back(request)


@member(Role.LEAD)
@require_POST
def issue_bulk_undo(request: ProjectRequest) -> HttpResponse:
    """Undoes the decisions of `undo`, by id, that were made at once; by those of `redo` it is done again."""
    words = "Done again" if "redo" in request.POST else "Undone"
    asked = request.POST.get("redo", request.POST.get("undo", "")).split(",")
    decisions = [int(one) for one in asked if is_key(one)]
    _tell(request, actions.undo_many(project=request.project, decisions=decisions, actor=request.user), words)
    return _back(request)


def _back(request: ProjectRequest) -> HttpResponseRedirect:
    response = redirect("issue_board", request.project.slug)
    query = _query(request)
    # Only what stands behind the question mark: the page itself is always the board.
    return redirect(f"{response.url}?{query}") if query and query.isascii() and query.isprintable() else response


def _query(request: ProjectRequest) -> str:
    return request.POST.get("query", "")[:LONGEST_QUERY]


def _numbers(request: ProjectRequest) -> list[int]:
    asked = request.POST.getlist("numbers")
    if not all(is_key(number) and int(number) < LARGEST_NUMBER for number in asked):
        raise Refused("Name issues by their numbers.", field="numbers")
    return [int(number) for number in asked]


def _matching(request: ProjectRequest) -> list[int]:
    """The numbers of all that the board shows on all its pages, one more than may be acted on at most."""
    if len(request.POST.get("query", "")) > LONGEST_QUERY:
        raise Refused("These filters are too long to act on all that they find. Tick the issues instead.")
    sight = sight_of(request.membership)
    seen = seen_issues(Issue.objects.filter(project=request.project), sight)
    choice = with_present_type(request.project, read_choice(QueryDict(_query(request))))
    found = choose_issues(seen, choice, me=request.user.pk, sight=sight)
    numbers = list(found.order_by("number").values_list("number", flat=True)[: MOST_AT_ONCE + 1])
    if request.POST.get("expected", str(len(numbers))) != str(len(numbers)) and len(numbers) <= MOST_AT_ONCE:
        raise Refused(f"Meanwhile these filters find {len(numbers)} issues. Look at them, and choose again.")
    return numbers


def _do(request: ProjectRequest, asked: dict[str, Any], numbers: list[int]) -> list[Bulk]:
    these: dict[str, Any] = {"project": request.project, "numbers": numbers, "actor": request.user}
    done = []
    # Whoever can be no owner is refused before anything is done.
    owner = _owner(request, asked["owner"]) if asked["owner"] else None
    if asked["act"]:
        how = {"fixed_in_release": asked["fixed_in_release"], "now": asked["now"], "reason": asked["reason"]}
        done.append(actions.act_on_many(**these, act=Act(asked["act"]), until=end_of(asked), **how))
    if asked["owner"]:
        done.append(actions.own_many(**these, owner=owner))
    if asked["severity"]:
        done.append(actions.rate_many(**these, severity=Severity(asked["severity"])))
    return done


def _owner(request: ProjectRequest, asked: str) -> Any:
    if asked == NOBODY:
        return None
    owner = find_owner(request.project, int(asked)) if is_key(asked) else None
    if owner is None:
        raise Refused("Only members of the project can own its issues.", field="owner")
    return owner


def _tell(request: ProjectRequest, bulk: Bulk, words: str) -> None:
    if bulk.done:
        told = {"bulk": bulk, "words": words, "project": request.project}
        messages.success(request, render_to_string("issues/board/_done_toast.html", told, request))
    if bulk.skipped:
        named = " ".join(f"ISS-{one.number}: {one.why}" for one in bulk.skipped[:NAMED])
        more = f" And {len(bulk.skipped) - NAMED} more." if len(bulk.skipped) > NAMED else ""
        messages.warning(request, f"{len(bulk.skipped)} left out. {named}{more}")
