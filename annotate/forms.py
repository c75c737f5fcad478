"""What people may type into annotate's pages."""

import json
import uuid
from dataclasses import fields
from datetime import date
from typing import Any, ClassVar, TypeAlias

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Project
from annotate.actions.reviews import MOST_FAILURES, Told
from annotate.actions.undoing import SKIP_REASONS
from annotate.models import Outcome, Severity
from traces.detectors import label_of
from traces.models import AgentSession, Signal
from traces.reading import Conversation

ANY = [("", "Any")]


class FilterForm(forms.Form):
    """Which sessions a queue takes: the closed list of filters. Choices are what the project has seen."""

    workflow = forms.ChoiceField(required=False)
    release = forms.ChoiceField(required=False)
    environment = forms.ChoiceField(required=False)
    signal = forms.ChoiceField(required=False, label="Signal")
    started_from = forms.DateField(
        required=False, label="Started from", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    started_to = forms.DateField(
        required=False, label="Started until", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    has_errors = forms.BooleanField(required=False, label="Only sessions with an error")

    FILTERS: ClassVar = ("workflow", "release", "environment", "signal", "started_from", "started_to", "has_errors")

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        sessions = AgentSession.objects.filter(project=project)
        for name in ("workflow", "release", "environment"):
            seen = sessions.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()
            self._offer(name, [(value, value) for value in seen])
        kinds = Signal.objects.filter(session__project=project).order_by("kind").values_list("kind", flat=True)
        self._offer("signal", [(kind, label_of(kind)) for kind in kinds.distinct()])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*ANY, *choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("started_from"), cleaned.get("started_to")
        if first and last and first > last:
            raise ValidationError({"started_to": "This is before the first day."})
        return cleaned

    def filters(self) -> dict[str, Any]:
        """The filters as a queue stores them: only those that say something, dates as ISO text."""
        given = {key: self.cleaned_data.get(key) for key in self.FILTERS}
        said = {key: value for key, value in given.items() if value}
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in said.items()}


class QueueForm(FilterForm):
    """A new queue: its name, which sessions it takes, and how it is read."""

    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    reviewers_per_session = forms.IntegerField(
        min_value=1, max_value=5, initial=1, help_text="How many people judge each session, without seeing one another."
    )
    random_percent = forms.IntegerField(
        min_value=0,
        max_value=100,
        initial=20,
        label="Random share, %",
        help_text="Drawn evenly from all that matches: it finds what no signal knows, and keeps estimates honest.",
    )

    field_order = ("name", *FilterForm.FILTERS)

    def focus_first_error(self) -> None:
        """Makes the page that shows the errors begin at the first field that has one."""
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong:
            self.fields[wrong].widget.attrs["autofocus"] = True


class JudgementForm(forms.Form):
    """The part of a review that is said once."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    lease_token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": "This page is too old to be sent. Reload it: what you entered is kept."},
    )
    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        error_messages={"required": "Say first whether it worked: success, failure, or can't tell."},
    )


class FailureForm(forms.Form):
    """One thing that went wrong. Lengths are bounded here; what a failure needs is the action's to say."""

    root_step = forms.ChoiceField(required=False, label="First went wrong at")
    surfaced_step = forms.ChoiceField(required=False, label="Showed at")
    note = forms.CharField(
        required=False,
        max_length=5000,
        label="What went wrong",
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "In your own words"}),
    )
    failure_type = forms.CharField(
        required=False,
        max_length=80,
        label="Failure type",
        widget=forms.TextInput(
            attrs={"list": "failure-types", "autocomplete": "off", "placeholder": "Type to find or to create one"}
        ),
    )
    severity = forms.ChoiceField(choices=Severity.choices, initial=Severity.MEDIUM.value)
    expected = forms.CharField(
        required=False,
        max_length=5000,
        label="What should have happened",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    chosen_issue = forms.CharField(
        required=False,
        max_length=220,
        label="Known issue",
        widget=forms.TextInput(
            attrs={"list": "known-issues", "autocomplete": "off", "placeholder": "If it is one of these"}
        ),
    )

    def __init__(self, *args: Any, conversation: Conversation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [(step.key, f"{step.position} · {step.outline}") for step in conversation.steps] if conversation else []
        for name, unset in (("root_step", "Click a step, or choose one"), ("surfaced_step", "Optional")):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", unset), *steps]

    def told(self) -> Told:
        return Told(**{"root_step": "", "note": "", **self.cleaned_data})


# As text, because Django's formsets take no type parameters when they run.
FailureForms: TypeAlias = "forms.BaseFormSet[FailureForm]"
FailureFormSet = forms.formset_factory(FailureForm, extra=1, max_num=MOST_FAILURES, absolute_max=MOST_FAILURES)


def told_by(failures: FailureForms) -> list[Told]:
    """What was said; a form that was opened and left blank says nothing, unless it is the only one."""
    said = [form.told() for index, form in enumerate(failures) if form.has_changed() or index == 0]
    return said or [Told(root_step="", note="")]


class SkipForm(forms.Form):
    """Why a session is put aside, and under which lease."""

    NOTHING: ClassVar[dict[str, Any]] = {"reason": "", "lease_token": None}

    reason = forms.ChoiceField(choices=list(SKIP_REASONS.items()))
    lease_token = forms.UUIDField()


class UndoForm(forms.Form):
    """Which decision the page believes to be the newest."""

    decision = forms.CharField(required=False, max_length=40)


class LeaseForm(forms.Form):
    """The lease that a page holds."""

    lease_token = forms.UUIDField()


class DraftForm(forms.Form):
    """What the browser sends while someone is typing."""

    version = forms.IntegerField(min_value=1, max_value=1_000_000_000)
    content = forms.CharField(max_length=500_000, strip=False)

    def clean_content(self) -> dict[str, Any]:
        """The draft reduced to its known shape: `{"outcome": …, "failures": [{"root_step": …, …}]}`, all of it text."""
        try:
            content = json.loads(self.cleaned_data["content"])
        except (ValueError, RecursionError) as error:
            raise ValidationError("A draft is JSON.") from error
        if not isinstance(content, dict):
            raise ValidationError("A draft is an object.")
        rows = content.get("failures")
        told = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return {"outcome": _words(content.get("outcome")), "failures": [_told_in(row) for row in told[:MOST_FAILURES]]}


def _told_in(row: dict[str, Any]) -> dict[str, str]:
    """What a draft's failure says; a field that says nothing is left to the form's own beginning."""
    said = {field.name: _words(row.get(field.name)) for field in fields(Told)}
    return {name: words for name, words in said.items() if words}


def _words(value: object) -> str:
    """Text that any database can keep: without NUL and without halves of characters."""
    return value.replace("\0", "").encode(errors="ignore").decode() if isinstance(value, str) else ""
