"""Intervals of shares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.intervals import wilson


def test_wilson_gives_the_published_interval() -> None:
    # Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (found, of), interval in published.items():
        assert wilson(found, of) == pytest.approx(interval, abs=0.00005)


def test_wilson_of_none_is_everything() -> None:
    assert wilson(0, 0) == (0, 1)


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_holds_the_share(found: int, more: int) -> None:
    low, high = wilson(found, found + more)
    assert 0 <= low <= found / (found + more) <= high <= 1
