"""What models cost where their senders do not say."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import member
from accounts.request import ProjectRequest
from common.cells import as_cell
from common.errors import Refused
from common.keys import is_key
from ingest.access import get_price
from ingest.actions import remove_price, save_prices
from ingest.forms import COLUMNS, PriceFileForm, PriceForm
from ingest.models import ModelPrice
from ingest.queries.prices import unpriced_models
from ingest.storing.repricing import price_again
from traces.models import AgentSession

MODEL_WIDTH = 120


@member(Role.ADMIN)
def prices(request: ProjectRequest) -> HttpResponse:
    """The table, and first of all the models that are missing in it."""
    if request.method == "POST":
        form = PriceForm(request.POST)
        if form.is_valid():
            try:
                save_prices(project=request.project, prices=[form.price])
            except Refused as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(
                    request, f"{form.price.model} has its price. What is stored already can be brought up to it."
                )
                return redirect("prices", slug=request.project.slug)
        return _page(request, form=form)
    return _page(request, form=_form_for(request))


def _form_for(request: ProjectRequest) -> PriceForm:
    """Filled with the price that the URL's `model` has, or with its name."""
    model = request.GET.get("model", "")[:MODEL_WIDTH].replace("\0", "")
    row = ModelPrice.objects.filter(project=request.project, model=model).first() if model else None
    return PriceForm(initial={name: getattr(row, name) for name in COLUMNS} if row else {"model": model})


@member(Role.ADMIN)
@require_POST
def price_file(request: ProjectRequest) -> HttpResponse:
    """All prices of a CSV file, or none and what is wrong with it."""
    form = PriceFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            number = save_prices(project=request.project, prices=form.cleaned_data["file"])
        except Refused as refused:
            form.add_error("file", refused.message)
        else:
            messages.success(request, f"{number} prices are in.")
            return redirect("prices", slug=request.project.slug)
    return _page(request, file_form=form)


@member(Role.ADMIN)
@require_GET
def price_export(request: ProjectRequest) -> HttpResponse:
    """The table as CSV, as `price_file` takes it."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="prices-{request.project.slug}.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for model, *prices in ModelPrice.objects.filter(project=request.project).values_list(*COLUMNS):
        writer.writerow([as_cell(model), *prices])
    return response


@member(Role.ADMIN)
@require_POST
def price_remove(request: ProjectRequest, price_id: int) -> HttpResponse:
    price = get_price(request.project, price_id)
    remove_price(price=price)
    messages.success(request, f"{price.model} has no price any more.")
    return redirect("prices", slug=request.project.slug)


@member(Role.ADMIN)
@require_POST
def price_apply(request: ProjectRequest) -> HttpResponse:
    """Prices the next slice of stored sessions; with htmx the page asks for one after the other."""
    after, seen, changed = (_number(request, name) for name in ("after", "seen", "changed"))
    while True:
        done = price_again(request.project, after)
        seen, changed = seen + done.seen, changed + done.changed
        if done.last is None or request.htmx:
            break
        after = done.last
    total = AgentSession.objects.filter(project=request.project).count()
    context = {"after": done.last, "seen": seen, "changed": changed, "total": total}
    if request.htmx:
        return render(request, "ingest/prices.html#applied", {"applied": context, "project": request.project})
    messages.success(request, f"Done: {changed} sessions have another cost than before.")
    return redirect("prices", slug=request.project.slug)


def _number(request: ProjectRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if is_key(given) else 0


def _page(
    request: ProjectRequest, *, form: PriceForm | None = None, file_form: PriceFileForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "settings",
        "tab": "prices",
        "unpriced": unpriced_models(request.project, timezone.now()),
        "prices": list(ModelPrice.objects.filter(project=request.project)),
        "form": form or PriceForm(),
        "file_form": file_form or PriceFileForm(),
    }
    return render(request, "ingest/prices.html", context)
