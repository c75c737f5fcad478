"""What leads may type about failure types."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from annotate.models import FailureType
from annotate.taxonomies import TAXONOMIES


class TypeForm(forms.Form):
    """One failure type: what it is called, when it is the right one, and the wider kind that it belongs to."""

    name = forms.CharField(max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(
        required=False,
        max_length=2000,
        label="When it is the right one",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A sentence or two, so that everybody uses it in the same way.",
    )
    group = forms.CharField(
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "type-groups", "autocomplete": "off"}),
        help_text="The wider kind that it belongs to. Leave it empty for none.",
    )

    def __init__(self, *args: Any, kind: FailureType | None = None, **kwargs: Any) -> None:
        """`kind`: the one that the form begins with."""
        initial = {name: getattr(kind, name) for name in self.base_fields} if kind else {}
        super().__init__(*args, **{"label_suffix": "", "initial": initial, **kwargs})


class ChosenTypesForm(forms.Form):
    """Failure types that were ticked, by id, of those `offered`; and what they go into: a group, or another type."""

    type = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": "Tick the failure types first."})
    group = forms.CharField(required=False, max_length=80)
    into = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)

    def __init__(self, offered: QuerySet[FailureType], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(offered.values_list("pk", "name"))
        for name in ("type", "into"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
                field.error_messages["invalid_choice"] = "One of these is gone or merged by now. Choose again."

    @property
    def refusal(self) -> str:
        """The first thing that is wrong, in words."""
        return next((str(message) for messages in self.errors.values() for message in messages), "")


class TaxonomyForm(forms.Form):
    """Which set of failure types to begin with."""

    taxonomy = forms.ChoiceField(choices=[(each.key, each.title) for each in TAXONOMIES.values()])
