"""What a lead sends who takes a threshold."""

from django import forms

from annotate.queries.evaluators import MACHINES


class ThresholdForm(forms.Form):
    """The evaluator, and the threshold that the page showed for it."""

    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=[(kind.value, kind.label) for kind in MACHINES])
    author = forms.CharField(max_length=120, required=False, strip=False)
    shown = forms.FloatField()
