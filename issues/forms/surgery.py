"""What a lead asks for when failures move between issues, or issues become one."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from annotate.models import Failure
from issues.access import LARGEST_NUMBER, find_issue
from issues.models import Issue

NAME_LENGTH = 300  # "ISS-12345 " and a title


class OneActForm(forms.Form):
    """What a single button does, such as an undo. `client_id` is the browser's: sent twice it counts once.

    Where to go back to: the issue of this `number`, or the inbox of proposals.
    """

    client_id = forms.UUIDField()
    number = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER)
    inbox = forms.BooleanField(required=False)


class ChosenForm(forms.Form):
    """Failures ticked on the page of an issue; `overrule` ends what people said against it."""

    client_id = forms.UUIDField()
    overrule = forms.BooleanField(required=False)
    failures = forms.ModelMultipleChoiceField(
        queryset=Failure.objects.none(),
        error_messages={
            "required": "Tick at least one failure.",
            "invalid_choice": "Meanwhile one of them has left this issue. Look again.",
            "invalid_pk_value": "There is no such failure.",
        },
    )

    def __init__(self, *args: Any, members: QuerySet[Failure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["failures"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = members

    def clean_failures(self) -> list[int]:
        """Their ids: the actions ask for no more."""
        return sorted(failure.pk for failure in self.cleaned_data["failures"])


class NamingForm(forms.Form):
    """The name of another issue: `issues` are those that may be named."""

    issue = forms.CharField(max_length=NAME_LENGTH, error_messages={"required": "Say which one."})

    def __init__(self, *args: Any, issues: QuerySet[Issue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._issues = issues

    def clean_issue(self) -> Issue:
        """The issue that was named."""
        found = find_issue(self._issues, self.cleaned_data["issue"])
        if found is None:
            raise forms.ValidationError("No other issue has this number or title. Choose one of the list.")
        return found


class MoveFailuresForm(NamingForm, ChosenForm):
    """Ticked failures and the issue that they move to."""


class SplitForm(ChosenForm):
    """Ticked failures and the title of the issue that is made of them; without one it gets its own."""

    title = forms.CharField(required=False, max_length=200)


class MergeForm(NamingForm):
    """Two issues made one: the other one, and the number of that which stays."""

    client_id = forms.UUIDField()
    overrule = forms.BooleanField(required=False)
    into = forms.IntegerField(min_value=1, max_value=LARGEST_NUMBER)
