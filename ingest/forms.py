"""Forms of the pages on privacy, limits and prices."""

import csv
import io
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from common.cells import from_cell
from ingest.models import Intake
from ingest.pricing import Price
from ingest.redaction import BUILTINS, RuleFault, check_pattern
from ingest.redaction.builtin import BY_NAME

LARGEST = 10**12
LONGEST_DAYS = 3_650
DEAREST = 1_000_000.0
COLUMNS = ("model", "usd_in", "usd_out", "usd_cache_read", "usd_cache_write")
MOST_BYTES = 500_000
PERCENT = 100
MOST_FAULTS = 5


def _clean(text: str) -> str:
    """No NUL, which PostgreSQL refuses."""
    if "\0" in text:
        raise ValidationError("This holds a character that cannot be stored.")
    return text


class PatternsForm(forms.Form):
    """Which built-in patterns are on."""

    redact = forms.MultipleChoiceField(
        choices=[(one.name, one.title) for one in BUILTINS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Built-in patterns",
    )


class RuleForm(forms.Form):
    """A pattern of the project's own."""

    name = forms.CharField(
        max_length=60,
        help_text="What it takes out, such as Case numbers.",
        error_messages={"required": "Give it a name."},
    )
    pattern = forms.CharField(
        max_length=500,
        strip=False,
        widget=forms.TextInput(attrs={"class": "mono", "autocapitalize": "off", "spellcheck": "false"}),
        help_text="A regular expression, such as CASE-\\d{4,}. Begin with (?i) to ignore case.",
        error_messages={"required": "Write the expression."},
    )
    replacement = forms.CharField(
        max_length=60,
        initial="[redacted {id}]",
        help_text="Stands in its place. {id} becomes letters that are the same for the same words, so that a customer"
        " stays one customer without being named.",
        error_messages={"required": "Say what stands in its place."},
    )

    def clean_name(self) -> str:
        name = _clean(str(self.cleaned_data["name"]))
        if name in BY_NAME:
            raise ValidationError("A built-in pattern has this name.")
        return name

    def clean_pattern(self) -> str:
        pattern = _clean(str(self.cleaned_data["pattern"]))
        try:
            check_pattern(pattern)
        except RuleFault as fault:
            raise ValidationError(str(fault)) from fault
        return pattern

    def clean_replacement(self) -> str:
        return _clean(str(self.cleaned_data["replacement"]))


class TryForm(forms.Form):
    """A text on which the rules are tried. It is kept nowhere."""

    text = forms.CharField(
        max_length=20_000, strip=False, label="Text", widget=forms.Textarea(attrs={"rows": 6, "class": "mono"})
    )


class LimitsForm(forms.Form):
    """How much is taken in, and how long it is kept."""

    share = forms.FloatField(
        min_value=0.01,
        max_value=PERCENT,
        label="Sessions kept, in percent",
        help_text="A random sample of whole sessions. Those that come with a score, or after one, are kept anyhow.",
        error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"], "Give a number from 0.01 to 100."
        ),
    )
    daily_limit = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST,
        label="Items per day",
        help_text="Spans, log records, sessions and scores in a day (UTC). What comes beyond is refused with 429 and"
        " says why. Empty: no limit.",
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value"], "Give a whole number from 1 up, or nothing."
        ),
    )
    keep_raw_days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_DAYS,
        label="Days to keep what was sent, as sent",
        help_text="For so long it can be read again after an update. Afterwards the sessions made of it remain.",
        error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"], f"Give whole days, from 1 to {LONGEST_DAYS}."
        ),
    )
    keep_sessions_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_DAYS,
        label="Days to keep sessions",
        help_text="After so many days without news a session is deleted, unless somebody reviewed it. Empty: for ever.",
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value"], f"Give whole days, from 1 to {LONGEST_DAYS}, or nothing."
        ),
    )

    @classmethod
    def of(cls, intake: Intake) -> "LimitsForm":
        names = ("daily_limit", "keep_raw_days", "keep_sessions_days")
        share = round(intake.sample_share * PERCENT, 4)
        return cls(
            initial={"share": int(share) if share.is_integer() else share}
            | {name: getattr(intake, name) for name in names}
        )

    @property
    def values(self) -> dict[str, Any]:
        """What an `Intake` is told, once the form is valid."""
        values = dict(self.cleaned_data)
        return {"sample_share": values.pop("share") / PERCENT, **values}


def _dollars(label: str, *, required: bool) -> forms.FloatField:
    fault = "Give US dollars per million tokens, such as 0.25."
    return forms.FloatField(
        label=label,
        required=required,
        min_value=0,
        max_value=DEAREST,
        widget=forms.NumberInput(attrs={"step": "any"}),
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], fault),
    )


class PriceForm(forms.Form):
    """What a model costs, in US dollars per million tokens."""

    model = forms.CharField(
        max_length=120,
        widget=forms.TextInput(attrs={"class": "mono", "autocapitalize": "off", "spellcheck": "false"}),
        help_text="As senders name it. A * at the end stands for any ending: gpt-5*. The longest match wins.",
        error_messages={"required": "Name the model."},
    )
    usd_in = _dollars("Tokens in", required=True)
    usd_out = _dollars("Tokens out", required=True)
    usd_cache_read = _dollars("Read from a cache (empty: as tokens in)", required=False)
    usd_cache_write = _dollars("Written to a cache (empty: as tokens in)", required=False)

    def clean_model(self) -> str:
        model = _clean(str(self.cleaned_data["model"]))
        if "*" in model[:-1]:
            raise ValidationError("A * can only stand at the end.")
        return model

    @property
    def price(self) -> Price:
        """Once the form is valid."""
        return Price(**self.cleaned_data)


class PriceFileForm(forms.Form):
    """Prices as a CSV file with the columns that the export has."""

    file = forms.FileField(
        label="CSV file",
        help_text=f"With the columns {', '.join(COLUMNS)}.",
        error_messages={"required": "Choose a file."},
    )

    def clean_file(self) -> list[Price]:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise ValidationError(f"The file is larger than {MOST_BYTES // 1_000} kB.")
        try:
            text = upload.read().decode("utf-8-sig")
            lines = list(csv.DictReader(io.StringIO(text)))
        except (UnicodeDecodeError, csv.Error) as error:
            raise ValidationError(f"This is no CSV in UTF-8: {error}.") from error
        if not lines or not {"model", "usd_in", "usd_out"} <= set(lines[0]):
            raise ValidationError("The first line must name the columns model, usd_in and usd_out.")
        return _read_prices(lines)


def _read_prices(lines: list[dict[str, str]]) -> list[Price]:
    read = [
        (number, PriceForm({name: from_cell(line.get(name) or "") for name in COLUMNS}))
        for number, line in enumerate(lines, 2)
    ]
    faults = [f"Line {number}: {_first_fault(form)}" for number, form in read if not form.is_valid()]
    if faults:
        raise ValidationError(faults[:MOST_FAULTS])
    return [form.price for _, form in read]


def _first_fault(form: PriceForm) -> str:
    name, faults = next(iter(form.errors.items()))
    return f"{name}: {faults[0]}"
