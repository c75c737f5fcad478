"""What a lead sends who takes a threshold."""

from django import forms

from annotate.queries.evaluators import MACHINES, Evaluator


class ThresholdForm(forms.Form):
    """The evaluator, and the threshold that the page showed for it."""

    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=[(kind.value, kind.label) for kind in MACHINES])
    author = forms.CharField(max_length=120, required=False, strip=False)
    version = forms.CharField(max_length=120, required=False, strip=False)
    shown = forms.FloatField()

    def evaluator(self) -> Evaluator:
        return Evaluator(*(self.cleaned_data[field] for field in Evaluator._fields))
