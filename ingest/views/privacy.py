"""What is taken out of everything that comes in, before it is stored."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from common.errors import Refused
from ingest.access import get_rule
from ingest.actions import add_rule, change_patterns, remove_rule, switch_rule
from ingest.forms import PatternsForm, RuleForm, TryForm
from ingest.models import RedactionRule
from ingest.queries.privacy import DAYS, fired_lately
from ingest.redaction import BUILTINS, redact_value
from ingest.redaction.builtin import BY_NAME
from ingest.storing.private import intake_of, start_redaction


@member(Role.ADMIN)
def privacy(request: ProjectRequest) -> HttpResponse:
    """The rules, how often they fired, and a place to try them."""
    if request.method == "POST":
        form = PatternsForm(request.POST)
        if form.is_valid():
            change_patterns(project=request.project, redact=form.cleaned_data["redact"])
            messages.success(request, "Saved. It holds from the next request on.")
            return redirect("privacy", slug=request.project.slug)
    return _page(request, RuleForm())


@member(Role.ADMIN)
@require_POST
def rule_add(request: ProjectRequest) -> HttpResponse:
    form = RuleForm(request.POST)
    if form.is_valid():
        try:
            rule = add_rule(project=request.project, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            messages.success(request, f"{rule.name} is on.")
            return redirect("privacy", slug=request.project.slug)
    return _page(request, form)


@member(Role.ADMIN)
@require_POST
def rule_switch(request: ProjectRequest, rule_id: int) -> HttpResponse:
    """On, if the form says so; else off."""
    rule = get_rule(request.project, rule_id)
    switch_rule(rule=rule, is_on=request.POST.get("on") == "1")
    messages.success(request, f"{rule.name} is {'on' if rule.is_on else 'off'}.")
    return redirect("privacy", slug=request.project.slug)


@member(Role.ADMIN)
@require_POST
def rule_remove(request: ProjectRequest, rule_id: int) -> HttpResponse:
    rule = get_rule(request.project, rule_id)
    remove_rule(rule=rule)
    messages.success(request, f"{rule.name} is removed.")
    return redirect("privacy", slug=request.project.slug)


def _page(request: ProjectRequest, form: RuleForm) -> HttpResponse:
    return render(request, "ingest/privacy.html", {**_rules(request, form), "try_form": TryForm()})


def _rules(request: ProjectRequest, form: RuleForm) -> dict[str, object]:
    on = set(intake_of(request.project).redact)
    return {
        "section": "settings",
        "tab": "privacy",
        "builtins": [(one, one.name in on) for one in BUILTINS],
        "rules": list(RedactionRule.objects.filter(project=request.project).order_by("name")),
        "form": form,
        "fired": fired_lately(request.project, timezone.now()),
        "fired_days": DAYS,
    }


@member(Role.ADMIN)
@require_POST
def privacy_try(request: ProjectRequest) -> HttpResponse:
    """What the rules that are on make of a text, and which of them fired. The text is kept nowhere."""
    form = TryForm(request.POST)
    context = {**_rules(request, RuleForm()), "try_form": form}
    if form.is_valid():
        redaction = start_redaction(intake_of(request.project))
        context["tried"] = (
            form.cleaned_data["text"] if redaction is None else redact_value(redaction, form.cleaned_data["text"])
        )
        counts = redaction.counts if redaction is not None else {}
        context["tried_counts"] = [(BY_NAME[n].title if n in BY_NAME else n, times) for n, times in counts.items()]
        context["tried_without_rules"] = redaction is None
    return render(request, "ingest/privacy.html#tried" if request.htmx else "ingest/privacy.html", context)
