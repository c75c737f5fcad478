"""What leads may say of detectors."""

from django import forms

from annotate.queries.signals import KindRow


class LimitsForm(forms.Form):
    """The limits of one detector, each within its range."""

    def __init__(self, row: KindRow, data: dict[str, str] | None = None) -> None:
        super().__init__(data, prefix=row.detector)
        for limit in row.limits:
            low, high = limit.threshold.lowest, limit.threshold.highest
            self.fields[limit.name] = forms.FloatField(
                label=limit.threshold.label,
                min_value=low,
                max_value=high,
                initial=f"{limit.value:g}",
                help_text=f"{low:g} to {high:g}; usually {limit.threshold.default:g}.",
                widget=forms.NumberInput(attrs={"step": "any"}),
            )
