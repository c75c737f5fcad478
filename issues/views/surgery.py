"""What a lead does with an issue's failures: moves them, splits them off, takes them out, and undoes it again."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.models import Failure
from annotate.queries.blind import sight_of
from common.errors import Refused
from issues import actions
from issues.access import find_sent_before, get_decision, get_issue, get_standing_member
from issues.forms import ChosenForm, MoveFailuresForm, OneActForm, SplitForm, checked
from issues.models import Decision, Issue
from issues.queries import attachable_issues, standing_members
from issues.views.page import Entered, show_issue
from issues.views.telling import say_done

Done = tuple[Decision, str]


@member(Role.LEAD)
@require_POST
def issue_move_failures(request: ProjectRequest, number: int) -> HttpResponse:
    """Puts the ticked failures into another issue."""
    issue = get_issue(request.project, number)
    others = attachable_issues(request.project, sight_of(request.membership)).exclude(pk=issue.pk)
    form = MoveFailuresForm(request.POST, members=_members(request, issue), issues=others)

    def move(asked: dict[str, Any]) -> Done:
        given = {name: asked[name] for name in ("overrule", "client_id")}
        target: Issue = asked["issue"]
        decision = actions.move_failures(failure_ids=asked["failures"], target=target, actor=request.user, **given)
        return decision, f"{_count(asked)} moved to ISS-{target.number}."

    return _act(request, issue, form, move)


@member(Role.LEAD)
@require_POST
def issue_split(request: ProjectRequest, number: int) -> HttpResponse:
    """Makes another issue of the ticked failures."""
    issue = get_issue(request.project, number)

    def split(asked: dict[str, Any]) -> Done:
        given = {name: asked[name] for name in ("title", "overrule", "client_id")}
        other, decision = actions.split_issue(issue=issue, failure_ids=asked["failures"], actor=request.user, **given)
        return decision, f"{_count(asked)} split off as ISS-{other.number}: {other.title}"

    return _act(request, issue, SplitForm(request.POST, members=_members(request, issue)), split)


@member(Role.LEAD)
@require_POST
def issue_take_out(request: ProjectRequest, number: int) -> HttpResponse:
    """Takes the ticked failures out of the issue."""
    issue = get_issue(request.project, number)

    def take_out(asked: dict[str, Any]) -> Done:
        decision = actions.detach_failures(
            issue=issue, failure_ids=asked["failures"], actor=request.user, client_id=asked["client_id"]
        )
        return decision, f"{_count(asked)} taken out: no machine puts {_them(asked)} back here."

    return _act(request, issue, ChosenForm(request.POST, members=_members(request, issue)), take_out)


def _act(
    request: ProjectRequest, issue: Issue, form: ChosenForm, act: Callable[[dict[str, Any]], Done]
) -> HttpResponse:
    """Does it and goes back to the list; or shows the page again, with why not and all that was entered."""
    if sent := sent_before(request, issue):
        return sent
    try:
        decision, words = act(checked(form))
    except Refused as refused:
        return show_issue(request, issue.number, _entered(request, refused))
    say_done(request, decision, words)
    return _to_members(request, issue)


def _entered(request: ProjectRequest, refused: Refused) -> Entered:
    given = request.POST
    return Entered(
        ticked=frozenset(given.getlist("failures")),
        issue=given.get("issue", ""),
        title=given.get("title", ""),
        problem=refused.message,
        overrule=request.get_full_path() if refused.field == "constraint" else "",
    )


def _members(request: ProjectRequest, issue: Issue) -> Any:
    """The failures that may be ticked: those of the issue that the reader may see."""
    rows = standing_members(issue, sight_of(request.membership)).order_by()
    return Failure.objects.filter(pk__in=rows.values("failure"))


def _count(asked: dict[str, Any]) -> str:
    count = len(asked["failures"])
    return f"{count} failure{'' if count == 1 else 's'}"


def _them(asked: dict[str, Any]) -> str:
    return "it" if len(asked["failures"]) == 1 else "them"


@member(Role.LEAD)
@require_POST
def issue_detach(request: ProjectRequest, number: int, failure_id: int) -> HttpResponse:
    """Takes one failure out of the issue."""
    issue = get_issue(request.project, number)
    if sent := sent_before(request, issue):
        return sent
    membership = get_standing_member(issue, failure_id)
    try:
        asked = checked(OneActForm(request.POST))
        decision = actions.detach_failures(
            issue=issue, failure_ids=[membership.failure_id], actor=request.user, client_id=asked["client_id"]
        )
        say_done(request, decision, "1 failure taken out: no machine puts it back here.")
    except Refused as refused:
        messages.error(request, refused.message)
    return _to_members(request, issue)


@member(Role.LEAD)
@require_POST
def decision_undo(request: ProjectRequest, decision_id: int) -> HttpResponse:
    """Undoes a decision; of an undo, does again what it undid. Back to the page that it was sent from."""
    decision = get_decision(request.project, decision_id)
    form = OneActForm(request.POST)
    form.is_valid()
    number = form.cleaned_data.get("number")
    issue = None if number is None else get_issue(request.project, number)
    try:
        made = actions.undo(decision=decision, actor=request.user, client_id=checked(form)["client_id"])
        said = made.said.removeprefix("undo of ")
        say_done(request, made, f"{'Undone' if made.takes_back else 'Done again'}: {said}.")
    except Refused as refused:
        messages.error(request, refused.message)
    if form.cleaned_data.get("inbox"):
        return _to_inbox(request, decision)
    return _to_members(request, issue) if issue else redirect("issue_board", request.project.slug)


def _to_inbox(request: ProjectRequest, decision: Decision) -> HttpResponseRedirect:
    """To the proposal that the decision was about, if it was about one."""
    about = [entry["proposal"] for entry in decision.detail.get("proposals", [])]
    place = f"proposal-{about[0]}" if about else "main"
    return HttpResponseRedirect(f"{reverse('proposal_inbox', args=[request.project.slug])}#{place}")


def sent_before(request: ProjectRequest, issue: Issue) -> HttpResponseRedirect | None:
    """What to answer to a form that a nervous hand sent twice: what it did stands, and its failures have left."""
    decision = find_sent_before(request.project, request.POST.get("client_id", ""))
    if decision is None:
        return None
    say_done(request, decision, f"Done: {decision.said}.")
    return _to_members(request, issue)


def _to_members(request: ProjectRequest, issue: Issue) -> HttpResponseRedirect:
    """To the page of the issue, where its failures are: whoever corrects a group goes on there."""
    page = request.GET.get("page", "")
    query = f"?page={page}" if page.isascii() and page.isdigit() else ""
    return HttpResponseRedirect(f"{reverse('issue_page', args=[request.project.slug, issue.number])}{query}")
