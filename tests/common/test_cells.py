"""Texts in cells of a spreadsheet."""

import pytest

from common.cells import as_cell, from_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert as_cell(text) == f"'{text}"
    assert from_cell(as_cell(text)) == text


@pytest.mark.parametrize("text", ["", "gpt-4o", "'tis", "a=b", "1 - 2"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert (as_cell(text), from_cell(text)) == (text, text)
