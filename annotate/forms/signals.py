"""What leads may say of detectors."""

from django import forms

from annotate.queries.signals import KindRow


class LimitsForm(forms.Form):
    """The limits of one kind of signal, its detector's among them, each within its range."""

    def __init__(self, row: KindRow, data: dict[str, str] | None = None) -> None:
        super().__init__(data, prefix=row.kind)
        for limit in row.all_limits:
            low, high = limit.threshold.lowest, limit.threshold.highest
            self.fields[limit.name] = forms.FloatField(
                label=limit.threshold.label,
                min_value=low,
                max_value=high,
                initial=f"{limit.value:g}",
                help_text=f"{low:g} to {high:g}; usually {limit.threshold.default:g}.",
                widget=forms.NumberInput(attrs={"step": "any"}),
            )
        self.fields[row.least.name].help_text = _of_strength(row)


def _of_strength(row: KindRow) -> str:
    """What a lead has to know to choose one."""
    told = "Strength says how plainly a session shows it, from 0 to 1. Usually 0: all count."
    if not row.sessions:
        return told
    ends = dict.fromkeys(f"{end:g}" for end in (row.weakest, row.strongest))
    return f"{told} Those found so far have {' to '.join(ends)}."
