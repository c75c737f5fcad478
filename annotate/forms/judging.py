"""What people may type into the page on which a session is judged."""

import json
import uuid
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, ClassVar, TypeAlias

from django import forms
from django.core.exceptions import ValidationError

from annotate.actions.checking import ANSWER
from annotate.actions.undoing import SKIP_REASONS
from annotate.answers import Value, missing
from annotate.forms.answering import ListField, answer_fields
from annotate.forms.stepping import StepSelect
from annotate.models import Outcome, Rubric, Severity
from annotate.times import LONGEST_MS, Times
from annotate.told import MOST_FAILURES, Told, read_assertions, read_draft, read_quotes
from traces.reading import Conversation


class JudgementForm(forms.Form):
    """The part of a review that is said once: the outcome, and the answers to the rubric's questions."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    lease_token = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": "This page is too old to be sent. Reload it: what you entered is kept."},
    )
    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        error_messages={"required": "Say first whether it worked: success, failure, or can't tell."},
    )
    # Which version the page showed; `rubric_shown` says what that means.
    rubric = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, rubric: Rubric, initial: Mapping[str, Any] | None = None
    ) -> None:
        """`initial` may be a draft's: its answers are taken by the keys of their questions."""
        known = dict(initial or {})
        known |= {f"{ANSWER}{key}": value for key, value in known.pop("answers", {}).items()}
        super().__init__(data, initial={**known, "rubric": rubric.pk})
        self.shown = rubric
        self.asks = answer_fields(rubric)
        self.fields.update(self.asks)

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields of the questions, in their order."""
        return [self[name] for name in self.asks]

    @property
    def is_of_failure(self) -> bool:
        """Whether failures count beside it; what was told of some before another outcome was chosen does not."""
        return bool(self["outcome"].value() == Outcome.FAILURE)

    def answers(self) -> dict[str, Value]:
        """What was answered, by the question's key."""
        given = {field.asked.key: self.cleaned_data.get(name) for name, field in self.asks.items()}
        return {key: value for key, value in given.items() if value is not None}

    def clean(self) -> dict[str, Any]:
        """Names every required question that has no answer, so that nobody meets them one by one."""
        wrong = {field.asked.key for name, field in self.asks.items() if name in self.errors}
        if self.cleaned_data.get("outcome") in (Outcome.SUCCESS, Outcome.FAILURE):
            for asked in missing([field.asked for field in self.asks.values()], self.answers()):
                if asked.key not in wrong:
                    self.add_error(f"{ANSWER}{asked.key}", f"Answer this too: {asked.text}")
        return self.cleaned_data


Choices: TypeAlias = list[tuple[str, str]]


class StepField(forms.ChoiceField):
    """A step to choose. Whether the session has it is the action's to say, which looks at its steps anyway."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=StepSelect, **kwargs)

    def valid_value(self, value: Any) -> bool:
        return True


class FailureForm(forms.Form):
    """One thing that went wrong. Lengths are bounded here; what a failure needs is the action's to say."""

    root_step = StepField(label="First went wrong at")
    surfaced_step = StepField(label="Showed at")
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
    quotes = ListField(read_quotes)
    assertions = ListField(read_assertions)
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
        steps = cache(partial(_steps_of, conversation))  # read when they are shown
        for name, unset in (("root_step", "Click a step, or choose one"), ("surfaced_step", "Optional")):
            field = self.fields[name]
            if isinstance(field, StepField):
                field.choices = partial(_choices, unset, steps)

    def told(self) -> Told:
        return Told(**{"root_step": "", "note": "", **self.cleaned_data})


def _steps_of(conversation: Conversation | None) -> Choices:
    return [(step.key, f"{step.position} · {step.outline}") for step in conversation.steps] if conversation else []


def _choices(unset: str, steps: Callable[[], Choices]) -> Choices:
    return [("", unset), *steps()]


# As text, because Django's formsets take no type parameters when they run.
FailureForms: TypeAlias = "forms.BaseFormSet[FailureForm]"


class _Failures(forms.BaseFormSet):  # type: ignore[type-arg]  # it takes none when it runs
    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """The blank form has no steps to choose from: its script gives it those of the first, once it is used."""
        return {} if index is None else super().get_form_kwargs(index)


FailureFormSet = forms.formset_factory(
    FailureForm, formset=_Failures, extra=1, max_num=MOST_FAILURES, absolute_max=MOST_FAILURES
)


def told_by(failures: FailureForms) -> list[Told]:
    """What was said; a form that was opened and left blank says nothing, unless it is the only one."""
    said = [form.told() for index, form in enumerate(failures) if form.has_changed() or index == 0]
    return said or [Told(root_step="", note="")]


def half_told(failures: FailureForms) -> list[dict[str, Any]]:
    """What was entered of failures, complete or not, in the shape of a draft. A severity alone says nothing."""
    rows = read_draft({"failures": [_entered(form) for form in failures]})["failures"]
    return [row for row in rows if row.keys() - {"severity"}]


def _entered(form: FailureForm) -> dict[str, Any]:
    given = {name: form[name].value() for name in form.fields}
    return given | {name: _rows_in(given[name]) for name in ("quotes", "assertions")}


def _rows_in(text: str | None) -> Any:
    try:
        return json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []


class SkipForm(forms.Form):
    """Why a session is put aside, under which lease, and when it was opened."""

    NOTHING: ClassVar[dict[str, Any]] = {"reason": "", "lease_token": None, "opened_at": None}

    reason = forms.ChoiceField(choices=list(SKIP_REASONS.items()))
    lease_token = forms.UUIDField()
    opened_at = forms.DateTimeField(required=False)


class ReadyForm(forms.Form):
    """Which place the page had kept ready, and shows now."""

    following = forms.IntegerField(required=False, min_value=1)


class TimesForm(forms.Form):
    """Where the time of the review went, in milliseconds, as far as the browser could measure it."""

    waiting_ms = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_MS)
    reading_ms = forms.IntegerField(min_value=0, max_value=LONGEST_MS)
    entering_ms = forms.IntegerField(min_value=0, max_value=LONGEST_MS)

    def times(self) -> Times | None:
        """What was measured; None where it makes no sense."""
        return Times(**self.cleaned_data) if self.is_valid() else None


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
        """The draft reduced to its known shape: see `annotate.told.read_draft`."""
        try:
            content = json.loads(self.cleaned_data["content"])
        except (ValueError, RecursionError) as error:
            raise ValidationError("A draft is JSON.") from error
        if not isinstance(content, dict):
            raise ValidationError("A draft is an object.")
        return read_draft(content)
