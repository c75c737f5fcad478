"""Which judgements are compared, from the URL, and how a lead settles what others said."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Project, User
from annotate.access import reviewers_of
from annotate.actions.checking import ANSWER
from annotate.actions.gold import ANOTHER_RUBRIC, LONGEST_REASON
from annotate.answers import Value
from annotate.forms.answering import AnswerField
from annotate.models import Outcome, Queue, Rubric
from annotate.queries.settling import ToSettle
from annotate.queries.side_by_side import SideBySide
from annotate.queries.twice import Chosen

DAYS = ((7, "Last 7 days"), (30, "Last 30 days"), (90, "Last 90 days"))
LEFT_OPEN = "Leave it open"


class ChosenForm(forms.Form):
    """The closed list of what judgements can be narrowed by."""

    queue = forms.ModelChoiceField(Queue.objects.none(), required=False, empty_label="All queues")
    rubric = forms.ModelChoiceField(Rubric.objects.none(), required=False, empty_label="All versions")
    days = forms.TypedChoiceField(
        choices=[("", "All days"), *DAYS], coerce=int, empty_value=None, required=False, label="Submitted"
    )
    reviewer = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Everybody")

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "queue": Queue.objects.filter(project=project).order_by("name"),
            "rubric": Rubric.objects.filter(project=project).order_by("name", "-version"),
            "reviewer": reviewers_of(project),
        }
        for name, rows in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows

    @property
    def chosen(self) -> Chosen:
        """What is asked for; whatever cannot be read is left out, and is named in `errors`."""
        self.is_valid()
        asked = {name: self.cleaned_data.get(name) for name in ("queue", "rubric", "days")}
        return Chosen(**asked)


class SettleForm(forms.Form):
    """What a lead decides about a session. What a settlement needs is the action's to say."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    instead_of = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # Which version's questions the page showed.
    rubric = forms.IntegerField(widget=forms.HiddenInput, required=False)
    opened_at = forms.DateTimeField(
        widget=forms.HiddenInput, required=False, initial=lambda: timezone.now().isoformat()
    )
    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        error_messages={"required": "Say first whether it worked: success, failure, or can't tell."},
    )
    adopted = forms.TypedMultipleChoiceField(choices=[], coerce=int, required=False)
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "Reviewers read this to learn from it"}),
        error_messages={"required": "Say why you settle it so: reviewers learn from it."},
    )

    def __init__(self, told: SideBySide, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = told
        self.asks = {f"{ANSWER}{one.asked.key}": one for one in told.questions}
        self.fields.update({name: _settled_field(one) for name, one in self.asks.items()})
        field = self.fields["adopted"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            field.choices = [(pk, str(pk)) for pk in told.failure_ids]
            field.error_messages["invalid_choice"] = (
                "One of these failures was taken back meanwhile. Look at them again."
            )

    def clean_rubric(self) -> int | None:
        """Refused where the page asked other questions: its answers would be lost, or mean another thing."""
        shown: int | None = self.cleaned_data["rubric"]
        if self.told.rubric is not None and shown not in (None, self.told.rubric.pk):
            raise ValidationError(ANOTHER_RUBRIC)
        return shown

    @property
    def questions(self) -> list[tuple[forms.BoundField, ToSettle]]:
        """The fields of the questions, each with what reviewers answered."""
        return [(self[name], one) for name, one in self.asks.items()]

    def decision(self) -> dict[str, Any]:
        """What `annotate.actions.gold.settle` is told."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in self.asks}
        return {**said, "answers": self.answers()}

    def answers(self) -> dict[str, Value]:
        """What was answered, by the question's key."""
        given = {one.asked.key: self.cleaned_data.get(name) for name, one in self.asks.items()}
        return {key: value for key, value in given.items() if value is not None}


def as_answers(values: Mapping[str, Value | None]) -> dict[str, Any]:
    """Answers by the question's key as the form begins with them."""
    return {f"{ANSWER}{key}": value for key, value in values.items()}


def _settled_field(one: ToSettle) -> AnswerField:
    """The field of a question that may be left open, also after something was chosen."""
    field = AnswerField(one.question, one.asked)
    # Several boxes can all be unticked; of radio buttons one stays chosen.
    if isinstance(field.widget, forms.RadioSelect) and not field.widget.allow_multiple_selected:
        field.widget.choices = [*field.widget.choices, ("", LEFT_OPEN)]
    return field
