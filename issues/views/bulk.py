"""The same done to the issues that were chosen on the board."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.models import Severity
from common.errors import Refused
from common.keys import is_key
from issues import actions
from issues.access import find_owner
from issues.actions import Bulk
from issues.forms import BulkForm, checked, end_of, refuse_nothing
from issues.lifecycle import Act

NAMED = 10
NOBODY = "none"
LARGEST_NUMBER = 2**31
LONGEST_QUERY = 2_000


@member(Role.LEAD)
@require_POST
def issue_bulk(request: ProjectRequest) -> HttpResponse:
    """Acts on all `numbers`, and says which were left out, and why. Goes back to the board as it was."""
    try:
        asked = checked(BulkForm(request.POST))
        refuse_nothing(asked)
        for bulk in _do(request, asked, _numbers(request)):
            _tell(request, bulk)
    except Refused as refused:
        messages.error(request, refused.message)
    response = redirect("issue_board", request.project.slug)
    query = request.POST.get("query", "")[:LONGEST_QUERY]
    # Only what stands behind the question mark: the page itself is always the board.
    return redirect(f"{response.url}?{query}") if query and query.isascii() and query.isprintable() else response


def _numbers(request: ProjectRequest) -> list[int]:
    asked = request.POST.getlist("numbers")
    if not all(is_key(number) and int(number) < LARGEST_NUMBER for number in asked):
        raise Refused("Name issues by their numbers.", field="numbers")
    return [int(number) for number in asked]


def _do(request: ProjectRequest, asked: dict[str, Any], numbers: list[int]) -> list[Bulk]:
    these: dict[str, Any] = {"project": request.project, "numbers": numbers, "actor": request.user}
    done = []
    if asked["act"]:
        how = {"fixed_in_release": asked["fixed_in_release"], "now": asked["now"], "reason": asked["reason"]}
        done.append(actions.act_on_many(**these, act=Act(asked["act"]), until=end_of(asked), **how))
    if asked["owner"]:
        done.append(actions.own_many(**these, owner=_owner(request, asked["owner"])))
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


def _tell(request: ProjectRequest, bulk: Bulk) -> None:
    if bulk.done:
        messages.success(request, f"Done for {len(bulk.done)} {'issue' if len(bulk.done) == 1 else 'issues'}.")
    if bulk.skipped:
        named = " ".join(f"ISS-{one.number}: {one.why}" for one in bulk.skipped[:NAMED])
        more = f" And {len(bulk.skipped) - NAMED} more." if len(bulk.skipped) > NAMED else ""
        messages.warning(request, f"{len(bulk.skipped)} left out. {named}{more}")
