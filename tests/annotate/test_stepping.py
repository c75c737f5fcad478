"""A select of many steps, written without Django's templates."""

import pytest
from django import forms
from django.test.html import parse_html

from annotate.forms.stepping import StepSelect

STEPS = [("", "Choose one"), ("k1", "1 · <b>user</b>"), ('k"2', "2 · a & b")]


@pytest.mark.parametrize("chosen", ["", "k1", 'k"2', "gone", None])
def test_it_is_the_select_that_django_writes(chosen: str | None) -> None:
    attrs = {"id": "id_root", "aria-invalid": True}
    ours, theirs = (widget(choices=STEPS).render("root", chosen, attrs) for widget in (StepSelect, forms.Select))
    assert parse_html(ours) == parse_html(theirs)
