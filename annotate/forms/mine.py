"""Which of a person's work is shown, from the URL."""

from typing import Any

from django import forms

from accounts.models import Project
from annotate.forms.agreement import DAYS
from annotate.models import Outcome, Queue
from annotate.queries.mine import Wanted


class WorkForm(forms.Form):
    """The closed list of what a person's work can be narrowed by."""

    queue = forms.ModelChoiceField(Queue.objects.none(), required=False, empty_label="All queues")
    outcome = forms.ChoiceField(choices=[("", "All"), *Outcome.choices], required=False)
    days = forms.TypedChoiceField(
        choices=[("", "All days"), *DAYS], coerce=int, empty_value=None, required=False, label="When"
    )

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["queue"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Queue.objects.filter(project=project).order_by("name")

    @property
    def wanted(self) -> Wanted:
        """What is asked for; whatever cannot be read is left out, and is named in `errors`."""
        self.is_valid()
        return Wanted(
            queue=self.cleaned_data.get("queue"),
            outcome=self.cleaned_data.get("outcome", ""),
            days=self.cleaned_data.get("days"),
        )
