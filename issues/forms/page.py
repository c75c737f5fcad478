"""What the page of an issue takes in."""

from django import forms

from common.keys import LARGEST_KEY
from issues.lifecycle import State


class MoveForm(forms.Form):
    """A move of state; `source` is where the reader saw the issue stand."""

    source = forms.ChoiceField(choices=State.choices)
    target = forms.ChoiceField(choices=State.choices)
    fixed_in_release = forms.CharField(required=False, max_length=100)
    now = forms.BooleanField(required=False)
    reason = forms.CharField(required=False, max_length=300)


class NewIssueForm(forms.Form):
    """An issue made by hand from one failure."""

    failure = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)
    title = forms.CharField(max_length=200)
