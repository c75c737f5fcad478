"""What the inbox takes in."""

from typing import Any

from django import forms

from issues.models import Issue


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
