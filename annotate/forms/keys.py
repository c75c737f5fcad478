"""One's own keys, as a form."""

from typing import Any

from django import forms

from annotate.keys import CHANGEABLE, faults
from annotate.models import KeyUse

LONGEST = 10


class KeysForm(forms.Form):
    """A field for the key of each action, by its name; what is left empty, or as usual, is nobody's own."""

    prefix = "keys"  # one of the actions is called next, as is where the page leads back to
    use = forms.ChoiceField(label="How keys are pressed", choices=KeyUse.choices, widget=forms.RadioSelect)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for action in CHANGEABLE.values():
            attributes = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "size": 4}
            self.fields[action.name] = forms.CharField(
                label=action.does,
                required=False,
                max_length=LONGEST,
                strip=False,
                widget=forms.TextInput(
                    attrs={**attributes, "data-usual": action.key, "data-pages": " ".join(action.pages)}
                ),
            )

    def clean(self) -> dict[str, Any]:
        """What was chosen, checked all together: no key may do two things."""
        for name, sentence in faults(self.own).items():
            self.add_error(name, sentence)
        return self.cleaned_data

    @property
    def own(self) -> dict[str, str]:
        """The keys that are not as usual, by action."""
        given = {name: self.cleaned_data.get(name, "") for name in CHANGEABLE}
        return {name: key for name, key in given.items() if key and key != CHANGEABLE[name].key}

    def groups(self) -> dict[str, list[forms.BoundField]]:
        """The fields of the actions, by the title of their group."""
        found: dict[str, list[forms.BoundField]] = {}
        for action in CHANGEABLE.values():
            found.setdefault(action.group, []).append(self[action.name])
        return found
