"""The Signals page: what detectors find, how often they are right, and what a lead says of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from annotate.forms.signals import LimitsForm
from annotate.queries.blind import sight_of
from annotate.queries.signals import KindRow, changes, kind_rows, newest_run, stale
from annotate.views import UNPROCESSABLE
from common.errors import Refused
from traces.actions import set_detector, start_run, stop_run
from traces.detectors import AS_IT_COMES, DETECTORS, Choice, label_of, least_strengths
from traces.queries.detectors import choices_of

ON = "on. It is looked for in sessions from now on; those read before are read again when you say so."
OFF = "off. Sessions read before keep it until you have them read again."


@member(Role.VIEWER)
@require_GET
def signal_list(request: ProjectRequest) -> HttpResponseBase:
    """Every kind of signal: how often it fires, and how often it is right."""
    return _page(request)


def _page(request: ProjectRequest, faulty: LimitsForm | None = None) -> HttpResponseBase:
    """The page, with one detector's form as somebody filled it in wrongly."""
    rows, state = kind_rows(request.project, sight_of(request.membership)), newest_run(request.project, timezone.now())
    context = {
        "section": "review",
        "rows": [(row, _form(row, faulty)) for row in rows],
        "judged": sum(row.precision.reviewed for row in rows),
        "faulty": faulty.prefix if faulty else "",
        "state": state,
        "stale": None if state and state.is_open else stale(request.project),
        "changes": changes(request.project),
        "may_lead": request.membership.may(Role.LEAD),
    }
    return render(request, "annotate/signals.html", context, status=UNPROCESSABLE if faulty else 200)


def _form(row: KindRow, faulty: LimitsForm | None) -> LimitsForm:
    return faulty if faulty and faulty.prefix == row.kind else LimitsForm(row)


@member(Role.LEAD)
@require_POST
def signal_switch(request: ProjectRequest) -> HttpResponseBase:
    """Switches a kind on or off; its detector's other kinds and limits stay."""
    kind = request.POST.get("kind", "")
    detector = next((one.name for one in DETECTORS if kind in one.labels), kind)
    choice = choices_of([request.project.pk])[request.project.pk].get(detector, AS_IT_COMES)
    is_on = request.POST.get("on") == "1"
    off = choice.switched_off - {kind} | (frozenset() if is_on else {kind})
    try:
        set_detector(
            project=request.project,
            by=request.user,
            detector=detector,
            switched_off=off & _kinds_of(detector),
            thresholds=_limits_of(detector, choice),
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Switched “{label_of(kind)}” {ON if is_on else OFF}")
    return redirect("signal_list", request.project.slug)


def _kinds_of(detector: str) -> frozenset[str]:
    """What it writes today: a setting may be older."""
    found = next((one for one in DETECTORS if one.name == detector), None)
    return frozenset(found.labels) if found else frozenset([detector])


def _limits_of(detector: str, choice: Choice) -> dict[str, float]:
    """What is moved of what it has today."""
    found = next((one for one in DETECTORS if one.name == detector), None)
    known = found.movable if found else least_strengths([detector])
    return {name: value for name, value in choice.thresholds.items() if name in known}


@member(Role.LEAD)
@require_POST
def signal_limits(request: ProjectRequest) -> HttpResponseBase:
    """Moves the limits of a kind, its detector's among them; all else that is said of the detector stays."""
    kind = request.POST.get("kind", "")
    row = next((row for row in kind_rows(request.project) if row.kind == kind), None)
    if row is None:
        messages.error(request, "There is no signal of this kind.")
        return redirect("signal_list", request.project.slug)
    form = LimitsForm(row, request.POST.dict())
    if not form.is_valid():
        return _page(request, form)
    choice = choices_of([request.project.pk])[request.project.pk].get(row.runs_as, AS_IT_COMES)
    is_news = set_detector(
        project=request.project,
        by=request.user,
        detector=row.runs_as,
        switched_off=choice.switched_off & _kinds_of(row.runs_as),
        thresholds=_limits_of(row.runs_as, choice) | form.cleaned_data,
    )
    messages.success(request, "Saved. It counts for sessions from now on." if is_news else "It was like this already.")
    return redirect("signal_list", request.project.slug)


@member(Role.LEAD)
@require_POST
def signal_rerun(request: ProjectRequest) -> HttpResponseBase:
    """Has detectors run again over history: those named, or all."""
    try:
        start_run(project=request.project, by=request.user, detectors=request.POST.getlist("detector"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("signal_list", request.project.slug)


@member(Role.LEAD)
@require_POST
def signal_stop(request: ProjectRequest) -> HttpResponseBase:
    """Stops the run that goes on."""
    state = newest_run(request.project, timezone.now())
    if state and state.is_open:
        stop_run(run=state.run, by=request.user)
        messages.success(request, "Stopped. What was read again stays.")
    return redirect("signal_list", request.project.slug)


@member(Role.VIEWER)
@require_GET
def signal_progress(request: ProjectRequest) -> HttpResponseBase:
    """How far the run is; asked every second or so while it goes on. At its end the page has news, and loads anew."""
    state = newest_run(request.project, timezone.now())
    if state is None or not state.is_open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context: dict[str, Any] = {"state": state, "may_lead": request.membership.may(Role.LEAD)}
    return render(request, "annotate/signals.html#run", context)
