"""How the intake is doing, and what to do about what could not be read."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Project, Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from ingest.access import get_failed_batch
from ingest.actions import discard_batches, retry_batches
from ingest.models import Intake
from ingest.queries.beginning import beginning_of
from ingest.queries.health import COUNTED_UP_TO, Health, health_of
from ingest.queries.verdict import Finding, advice, near_limit, verdict
from ingest.quotas import quota_of


def findings_of(project: Project, facts: Health) -> list[Finding]:
    """The verdict, with a word about the daily limit where it is near."""
    quota = quota_of(project)
    return verdict(facts, *([near_limit(quota.used, quota.limit, quota.resets_at)] if quota and quota.is_near else []))


@member(Role.VIEWER)
@require_GET
def health(request: ProjectRequest) -> HttpResponse:
    """The facts, worst first. The page asks for them again by itself."""
    facts = health_of(request.project)
    context = {
        "section": "health",
        "health": facts,
        "findings": findings_of(request.project, facts),
        "sample_share": Intake.objects.filter(project=request.project, sample_share__lt=1)
        .values_list("sample_share", flat=True)
        .first(),
        "refused": [(row, advice(row.status)) for row in facts.refused],
        "counted_up_to": COUNTED_UP_TO,
        "may_lead": request.membership.may(Role.LEAD),
    }
    return render(request, "ingest/health.html#facts" if request.htmx else "ingest/health.html", context)


@member(Role.VIEWER)
@require_GET
def failed_batch(request: ProjectRequest, batch_id: int) -> HttpResponse:
    """One batch that could not be read: whose it is, why, and how it begins."""
    batch = get_failed_batch(request.project, batch_id)
    context = {
        "section": "health",
        "batch": batch,
        "beginning": beginning_of(batch),
        "may_lead": request.membership.may(Role.LEAD),
    }
    return render(request, "ingest/failed_batch.html", context)


@member(Role.LEAD)
@require_POST
def retry_all(request: ProjectRequest) -> HttpResponse:
    """All failed batches are read again."""
    number = retry_batches(project=request.project, actor=request.user)
    return _told(request, f"{_batches(number)} will be read again." if number else "Nothing was left to read again.")


@member(Role.LEAD)
@require_POST
def retry_one(request: ProjectRequest, batch_id: int) -> HttpResponse:
    """One failed batch is read again."""
    batch = get_failed_batch(request.project, batch_id)
    retry_batches(project=request.project, batch_id=batch.pk, actor=request.user)
    return _told(request, "The batch will be read again. If that fails, it comes back here with its reason.")


@member(Role.LEAD)
@require_POST
def discard_all(request: ProjectRequest) -> HttpResponse:
    """All failed batches go for good."""
    number = discard_batches(project=request.project, actor=request.user)
    return _told(request, f"{_batches(number)} discarded." if number else "Nothing was left to discard.")


@member(Role.LEAD)
@require_POST
def discard_one(request: ProjectRequest, batch_id: int) -> HttpResponse:
    """One failed batch goes for good."""
    batch = get_failed_batch(request.project, batch_id)
    discard_batches(project=request.project, batch_id=batch.pk, actor=request.user)
    return _told(request, "The batch is discarded.")


def _told(request: ProjectRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("ingest_health", slug=request.project.slug)


def _batches(number: int) -> str:
    return f"{number} batches" if number > 1 else "1 batch"
