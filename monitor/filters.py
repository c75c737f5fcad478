"""What a page of the overview may be asked for in its URL."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from monitor.records import DAY, Choice, Period

LENGTHS = (7, 30, 90)
USUAL_DAYS = 30
MOST_DAYS = 366
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)
# Addresses that htmx asks on its own carry these, and links to elsewhere on the page.
BESIDES = {"part", "by", "all", "page", "unit"}


class ChoiceForm(forms.Form):
    """Days and workflow."""

    days = forms.TypedChoiceField(
        choices=[(days, days) for days in LENGTHS], coerce=int, empty_value=None, required=False
    )
    start = forms.DateField(required=False)
    end = forms.DateField(required=False)
    workflow = forms.CharField(max_length=200, required=False, strip=False)

    def clean_start(self) -> date | None:
        return _sane(self.cleaned_data["start"])

    def clean_end(self) -> date | None:
        return _sane(self.cleaned_data["end"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("start"), cleaned.get("end")
        if first and last and first > last:
            self.add_error("end", "This is before the first day.")
        return cleaned


def _sane(day: date | None) -> date | None:
    if day and not EARLIEST <= day <= LATEST:
        raise forms.ValidationError("There is nothing on such a day.")
    return day


def choose(query: Mapping[str, str]) -> tuple[Choice, list[str]]:
    """What the URL asks for, the last 30 days unless it names others; and what in it has no effect."""
    form = ChoiceForm(query)
    form.is_valid()
    said = form.cleaned_data
    ignored = [name for name in query if name in form.errors or (name not in form.fields and name not in BESIDES)]
    return Choice(_period(said), said.get("workflow", "")), ignored


def _period(said: Mapping[str, Any]) -> Period:
    """The days between two named ends; the last 7, 30 or 90 up to one or to today; never more than a year."""
    first: date | None = said.get("start")
    last: date | None = said.get("end")
    if last is None:
        today = timezone.now().date()
        last = today if first is None else max(today, first)
    if first is None:
        first = last - ((said.get("days") or USUAL_DAYS) - 1) * DAY
    return Period(max(first, last - (MOST_DAYS - 1) * DAY), last)


def offered(workflows: Sequence[str], chosen: str) -> list[str]:
    """The workflows to choose from, the chosen one always among them."""
    return sorted({*workflows, chosen} - {""})
