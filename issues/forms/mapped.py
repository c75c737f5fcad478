"""What the map of all failures takes in."""

from typing import Any

from django import forms

from common.keys import is_key

MOST_CHOSEN = 2000


class ChosenField(forms.CharField):
    """Ids of failures, written one after another with commas between them."""

    def __init__(self, *, most: int = MOST_CHOSEN, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def clean(self, value: Any) -> list[int]:
        """The ids, each once, in their order."""
        sent = super().clean(value)
        written = dict.fromkeys(sent.split(",") if sent else ())
        if not all(is_key(one) for one in written):
            raise forms.ValidationError("Send the ids of failures, with commas between them.")
        if len(written) > self.most:
            raise forms.ValidationError(f"Choose at most {self.most:,} failures at once.")
        return [int(one) for one in written]


class NotesForm(forms.Form):
    """The failures whose notes are asked for."""

    failures = ChosenField(most=50, required=False)


class PlaceForm(forms.Form):
    """What is done with the failures that were chosen on the map: an issue of their own, or one that there is."""

    failures = ChosenField()
    act = forms.ChoiceField(choices=[("make", "Make an issue"), ("move", "Move to an issue")])
    title = forms.CharField(required=False, max_length=200)
    issue = forms.CharField(required=False, max_length=300)
    overrule = forms.BooleanField(required=False)
    client_id = forms.UUIDField()
