"""Pages without a domain: is it alive, and what are pages made of. `accounts.urls` says who may see them."""

import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from common.charts import TrendPoint

log = logging.getLogger(__name__)


def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  # Django calls a view with one
    """`{"status": "ok"}`, or 503 where the database does not answer. For load balancers: no detail for strangers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        log.exception("The database does not answer.")
        return JsonResponse({"status": "database unreachable"}, status=503)
    return JsonResponse({"status": "ok"})


class ExampleForm(forms.Form):
    """One field of each sort, for the catalogue."""

    title = forms.CharField(max_length=200, help_text="Short enough to read in a list.")
    owner = forms.ChoiceField(choices=[("", "Nobody yet"), ("ada", "Ada"), ("grace", "Grace")], required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "placeholder": "What went wrong, in your words"}))
    scopes = forms.MultipleChoiceField(
        choices=[("ingest", "Send sessions"), ("read", "Read")], widget=forms.CheckboxSelectMultiple, required=False
    )


def _icon_names() -> list[str]:
    """The icons in the sheet, so that the catalogue cannot forget one."""
    sheet = finders.find("img/icons.svg")
    return re.findall(r'<symbol id="([a-z-]+)"', Path(sheet).read_text()) if isinstance(sheet, str) else []


def components(request: HttpRequest) -> HttpResponse:
    """Every component of the design system with an example, for whoever builds a page."""
    days = [
        (f"{datetime(2026, 11, day, tzinfo=UTC):%-d %b}", float(height))
        for day, height in enumerate([3, 5, 2, 8, 6, 9, 12, 7, 4, 11, 14, 10, 6, 9], start=1)
    ]
    context = {
        "days": days,
        "linked": [(label, value, "#trends") for label, value in days],
        "trend": [TrendPoint(label, value * 900, value * 1600) for label, value in days],
        "rates": [TrendPoint(label, value / 40, count=round(value), url="#trends") for label, value in days],
        "releases": [(4, "release 41"), (9, "release 42")],
        "kinds": [(reviews, round(12 * (1 - 0.97**reviews))) for reviews in range(0, 101, 10)],
        "form": ExampleForm(),
        "refused": ExampleForm(
            {"refused-title": "", "refused-note": "It claimed a refund that never happened."}, prefix="refused"
        ),
        "hour_ago": timezone.now() - timedelta(hours=1),
        "page": Paginator(range(120), 50).page(2),
        "icons": _icon_names(),
        "snippet": "export OTEL_EXPORTER_OTLP_ENDPOINT=https://misstep.example.com",
    }
    return render(request, "common/components.html", context)
