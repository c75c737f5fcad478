"""The map of all failures, alike ones close together: what is chosen there becomes an issue, or joins one."""

from collections.abc import Collection
from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from accounts.models import Project, Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.queries.blind import Sight, sight_of
from clustering.engine.layout import FEWEST
from clustering.queries import find_fault
from common.errors import Refused
from issues import actions
from issues.access import find_issue, get_decision
from issues.forms import checked
from issues.forms.mapped import NotesForm, PlaceForm
from issues.models import Decision, Issue, IssueMembership
from issues.queries import Told, attachable_issues, with_steps
from issues.queries.mapped import find_layout, issues_of, read_map, read_notes, seen_failures

COLOURS = {"issue": "Issue", "type": "Failure type", "workflow": "Workflow", "state": "State of the issue"}
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY.value
GONE = "None of these failures can be placed any more: look again."


@member(Role.VIEWER)
@require_safe
def failure_map(request: ProjectRequest) -> HttpResponse:
    """The page; its points come by themselves. While the map is being drawn the page asks whether it is there."""
    sight = sight_of(request.membership)
    layout = find_layout(request.project)
    is_drawn = layout is not None and layout.drawn_at is not None
    if request.headers.get("HX-Request"):
        return HttpResponseClientRefresh() if is_drawn else HttpResponse(status=HTTPStatus.NO_CONTENT)
    told = seen_failures(request.project, sight).count()
    asked = request.GET.get("by", "")
    context = {
        "section": "issues",
        "layout": layout,
        "is_drawn": is_drawn and told > 0,
        "told": told,
        "fewest": FEWEST,
        "fault": find_fault(),
        "colours": list(COLOURS.items()),
        "by": asked if asked in COLOURS else "issue",
        "sight": sight,
        "may_change": request.membership.may(Role.LEAD),
    }
    return render(request, "issues/map.html", context)


@member(Role.VIEWER)
@require_safe
@gzip_page
def points(request: ProjectRequest) -> HttpResponse:
    """All points as columns: see `Mapped`. Not a word of what people said but the names that they colour by."""
    mapped = read_map(request.project, sight_of(request.membership))
    return HttpResponse(orjson.dumps(mapped), content_type="application/json")


@member(Role.VIEWER)
@require_safe
def notes(request: ProjectRequest) -> HttpResponse:
    """What was said of up to fifty failures, in the order in which they are asked for."""
    sight = sight_of(request.membership)
    try:
        asked = checked(NotesForm(request.GET))["failures"]
    except Refused as refused:
        return HttpResponse(refused.message, status=UNPROCESSABLE, content_type="text/plain")
    places = issues_of(asked, sight)
    found = with_steps(read_notes(request.project, asked, sight))
    return JsonResponse({"notes": [_note(request.project, one, places.get(one.failure.pk)) for one in found]})


def _note(project: Project, told: Told, issue: Issue | None) -> dict[str, Any]:
    failure, session = told.failure, told.failure.session
    step = f"#step-{told.root.position}" if told.root else ""
    return {
        "failure": failure.pk,
        "note": failure.note,
        "type": failure.failure_type.name if failure.failure_type else "",
        "severity": failure.get_severity_display(),
        "workflow": session.workflow,
        "session": session.title or session.external_id,
        "url": f"{reverse('session_page', args=[project.slug, session.pk])}{step}",
        "issue": f"ISS-{issue.number} {issue.title}" if issue else "",
        "issue_url": reverse("issue_page", args=[project.slug, issue.number]) if issue else "",
    }


Done = tuple[str, Issue, Decision]


@member(Role.LEAD)
@require_POST
def place(request: ProjectRequest) -> HttpResponse:
    """Makes an issue of what was chosen, or moves it into one."""
    sight = sight_of(request.membership)
    try:
        asked = checked(PlaceForm(request.POST))
        failures = _still_there(request.project, asked["failures"], sight)
        make = asked["act"] == "make"
        words, issue, decision = _make(request, failures, asked) if make else _move(request, failures, asked, sight)
    except Refused as refused:
        return _refuse(request, refused)
    return _done(request, words, decision, issue)


def _still_there(project: Project, failures: Collection[int], sight: Sight) -> list[int]:
    found = seen_failures(project, sight).filter(pk__in=failures)
    still = list(found.order_by("pk").values_list("pk", flat=True))
    if not still:
        raise Refused(GONE, field="failures")
    return still


def _make(request: ProjectRequest, failures: list[int], asked: dict[str, Any]) -> Done:
    """Where all of them come from one issue in which others stay, they are split off it: what is split stays apart."""
    how = {name: asked[name] for name in ("title", "overrule", "client_id")}
    whole = _issue_to_split(request.project, failures) if asked["title"] else None
    if whole is not None:
        issue, decision = actions.split_issue(issue=whole, failure_ids=failures, actor=request.user, **how)
        return f"{_counted(failures)} split off ISS-{whole.number} as", issue, decision
    made = actions.create_from(project=request.project, failure_ids=failures, actor=request.user, **how)
    return (f"{_counted(failures)} made into", *made)


def _issue_to_split(project: Project, failures: Collection[int]) -> Issue | None:
    """The issue that all of them are in, if others stay there."""
    rows = IssueMembership.objects.standing().filter(issue__project=project)
    inside = dict(rows.filter(failure__in=failures).values_list("failure_id", "issue_id"))
    if len(inside) < len(failures) or len({*inside.values()}) != 1:
        return None
    [key] = {*inside.values()}
    stays = rows.filter(issue=key).exclude(failure__in=failures).exists()
    return Issue.objects.select_related("project").get(pk=key) if stays else None


def _move(request: ProjectRequest, failures: list[int], asked: dict[str, Any], sight: Sight) -> Done:
    target = find_issue(attachable_issues(request.project, sight).select_related("project"), asked["issue"])
    if target is None:
        raise Refused("There is no such issue to move them to. Choose one of the list.", field="issue")
    decision = actions.move_failures(
        failure_ids=failures,
        target=target,
        actor=request.user,
        overrule=asked["overrule"],
        client_id=asked["client_id"],
    )
    return f"{_counted(failures)} moved to", target, decision


def _counted(failures: Collection[int]) -> str:
    return f"{len(failures):,} failure{'' if len(failures) == 1 else 's'}"


@member(Role.LEAD)
@require_POST
def undo(request: ProjectRequest, decision_id: int) -> HttpResponse:
    """Undoes what was done on the map; of an undo, does again what it undid."""
    decision = get_decision(request.project, decision_id)
    try:
        made = actions.undo(decision=decision, actor=request.user)
    except Refused as refused:
        return _refuse(request, refused)
    return _done(request, "Undone" if _takes_back(made) else "Done again", made)


def _takes_back(made: Decision) -> bool:
    """Whether the last of a chain of undoes leaves things undone."""
    following = made.undoes
    return following is not None and not _takes_back(following)


def _done(request: ProjectRequest, words: str, decision: Decision, issue: Issue | None = None) -> HttpResponse:
    told = {"words": words, "decision": decision, "issue": issue}
    return trigger_client_event(render(request, "issues/_map_done.html", told), "map-changed")


def _refuse(request: ProjectRequest, refused: Refused) -> HttpResponse:
    told = {"problem": refused.message, "may_overrule": refused.field == "constraint"}
    return render(request, "issues/_map_done.html", told, status=UNPROCESSABLE)
