"""What people may say about scores, and how they name what they come back to."""

from typing import Any

from django import forms

from accounts.models import Membership, Role
from common.errors import Refused
from traces.actions import save_view
from traces.meanings import Reading
from traces.models import Place, Polarity, SavedView

NOT_SET = [("", "Not set")]
FAR = 1e12
LONGEST_QUERY = 2_000
TOO_LONG = "These filters are too long to be saved."


class MeaningForm(forms.Form):
    """How the scores of one name are read."""

    name = forms.CharField(max_length=120, widget=forms.HiddenInput)
    polarity = forms.ChoiceField(choices=NOT_SET + Polarity.choices, required=False)
    middle = forms.FloatField(
        min_value=-FAR,
        max_value=FAR,
        required=False,
        widget=forms.NumberInput(attrs={"step": "any"}),
        error_messages={"invalid": "Give a number, such as 0.5."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A row of a table says by its head what a field is; who does not see the table hears it with the name."""
        super().__init__(*args, **kwargs)
        name = self["name"].value() or ""
        self.fields["polarity"].widget.attrs["aria-label"] = f"What {name} says"
        self.fields["middle"].widget.attrs["aria-label"] = f"{name} is high above"

    def meaning(self) -> Reading | None:
        """What was chosen; None for not set."""
        said = self.cleaned_data
        middle = 0.5 if said["middle"] is None else said["middle"]
        return Reading(said["polarity"], middle) if said["polarity"] else None


MeaningFormSet = forms.formset_factory(MeaningForm, extra=0, max_num=500, validate_max=True)


class ViewForm(forms.Form):
    """The name of a saved view."""

    name = forms.CharField(max_length=60, error_messages={"required": "Give the view a name."})


class SaveViewForm(ViewForm):
    """A view to be saved: the filters as they stand in the URL."""

    query = forms.CharField(max_length=LONGEST_QUERY, required=False, error_messages={"max_length": TOO_LONG})
    is_shared = forms.BooleanField(required=False)

    def save(self, reader: Membership, place: Place, query: str) -> SavedView | None:
        """The reader's view of a list, with the filters that it knows; None where `errors` say why not. Leads share."""
        if not self.is_valid():
            return None
        if len(query) > LONGEST_QUERY:  # written out it can be longer than it was sent
            self.add_error("query", TOO_LONG)
            return None
        given = {"name": self.cleaned_data["name"], "query": query, "place": place}
        is_shared = self.cleaned_data["is_shared"] and reader.may(Role.LEAD)
        try:
            return save_view(project=reader.project, owner=reader.user, is_shared=is_shared, **given)
        except Refused as refusal:
            self.add_error(refusal.field or None, refusal.message)
            return None
