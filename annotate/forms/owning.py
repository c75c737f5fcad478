"""The failures that a lead tells of in their own words while settling a session."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django import forms

from annotate.forms.judging import FailureForm, FailureForms
from annotate.told import MOST_FAILURES, Told
from traces.reading import Conversation

OWN = "own"
# What is chosen beforehand, or is carried along unseen, tells of nothing by itself.
TELLING = {"root_step", "surfaced_step", "note", "failure_type", "expected"}
_OwnFormSet = forms.formset_factory(FailureForm, extra=0, min_num=1, max_num=MOST_FAILURES, absolute_max=MOST_FAILURES)


def own_failures(
    conversation: Conversation, data: Mapping[str, Any] | None = None, *, told: Sequence[Told] = ()
) -> FailureForms:
    """A form for each failure that was `told` before, or one that is blank; or what was sent."""
    initial = [asdict(one) for one in told]
    return _OwnFormSet(data, prefix=OWN, initial=initial, form_kwargs={"conversation": conversation})


def told_in(own: FailureForms) -> list[FailureForm]:
    """Of what was sent, the forms that tell of something."""
    return [form for form in own if TELLING & set(form.changed_data)]
