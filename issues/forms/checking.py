"""A form's values, or what is wrong with them."""

from typing import Any

from django import forms

from common.errors import Refused


def checked(form: forms.Form) -> dict[str, Any]:
    """The form's values; raises Refused with what is wrong, in words."""
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise Refused(f"{field.replace('_', ' ').capitalize()}: {errors[0]}", field=field)
    return form.cleaned_data
