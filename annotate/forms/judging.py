"""What people may type into the page on which a session is judged."""

import json
import uuid
from dataclasses import fields
from typing import Any, ClassVar, TypeAlias

from django import forms
from django.core.exceptions import ValidationError

from annotate.actions.reviews import MOST_FAILURES, Told
from annotate.actions.undoing import SKIP_REASONS
from annotate.models import Outcome, Severity
from traces.reading import Conversation


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
