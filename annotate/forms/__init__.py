"""What people may type into annotate's pages."""

from annotate.forms.judging import (
    DraftForm,
    FailureForm,
    FailureForms,
    FailureFormSet,
    JudgementForm,
    LeaseForm,
    ReadyForm,
    SkipForm,
    TimesForm,
    UndoForm,
    half_told,
    told_by,
)
from annotate.forms.queues import AddForm, FilterForm, PersonForm, QueueForm

__all__ = [
    "AddForm",
    "DraftForm",
    "FailureForm",
    "FailureFormSet",
    "FailureForms",
    "FilterForm",
    "JudgementForm",
    "LeaseForm",
    "PersonForm",
    "QueueForm",
    "ReadyForm",
    "SkipForm",
    "TimesForm",
    "UndoForm",
    "half_told",
    "told_by",
]
