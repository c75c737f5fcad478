"""What the page of an issue takes in."""

from django import forms

from common.keys import LARGEST_KEY


class NewIssueForm(forms.Form):
    """An issue made by hand from one failure."""

    failure = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)
    title = forms.CharField(max_length=200)
