"""What the pages of issues take in. Each form turns a post into plain values; the actions decide."""

from typing import Any

from django import forms

from common.errors import Refused
from common.keys import LARGEST_KEY
from issues.lifecycle import State
from issues.models import Issue


def checked(form: forms.Form) -> dict[str, Any]:
    """The form's values; raises Refused with what is wrong, in words."""
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise Refused(f"{field.replace('_', ' ').capitalize()}: {errors[0]}", field=field)
    return form.cleaned_data


class NearForm(forms.Form):
    """A note as far as it is typed, and the session that it is about."""

    session = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)
    note = forms.CharField(max_length=5000)


class MoveForm(forms.Form):
    """A move of state; `source` is where the reader saw the issue stand."""

    source = forms.ChoiceField(choices=State.choices)
    target = forms.ChoiceField(choices=State.choices)
    fixed_in_release = forms.CharField(required=False, max_length=100)
    now = forms.BooleanField(required=False)
    reason = forms.CharField(required=False, max_length=300)


class DecisionForm(forms.Form):
    """What a lead decided on a proposal: its title, which failures, and the issue to attach to, if any."""

    decision = forms.ChoiceField(choices=[("accept", "Accept"), ("decline", "Decline")])
    title = forms.CharField(required=False, max_length=200)
    failures = forms.TypedMultipleChoiceField(required=False, coerce=int)
    issue = forms.ModelChoiceField(required=False, queryset=Issue.objects.none(), to_field_name="number")

    def __init__(self, *args: Any, members: list[int], issues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["failures"] = forms.TypedMultipleChoiceField(
            required=False, coerce=int, choices=[(str(pk), str(pk)) for pk in members]
        )
        self.fields["issue"] = forms.ModelChoiceField(required=False, queryset=issues, to_field_name="number")


class NewIssueForm(forms.Form):
    """An issue made by hand from one failure."""

    failure = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)
    title = forms.CharField(max_length=200)
