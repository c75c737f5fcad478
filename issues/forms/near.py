"""A note as far as it is typed."""

from django import forms

from common.keys import LARGEST_KEY


class NearForm(forms.Form):
    """A note as far as it is typed, and the session that it is about."""

    session = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)
    note = forms.CharField(max_length=5000)
