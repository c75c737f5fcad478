"""What is usual, from plain values."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.baselines import Usual, by_group, cost_per_success, numbers, usual_of

VALUES = st.lists(st.none() | st.floats(0, 1e9), max_size=200)


def test_usual_is_median_spread_and_percentiles() -> None:
    found = usual_of(numbers([*range(101), None]))
    assert found == Usual(known=101, mean=50, median=50, mad=25, p90=90, p95=95, p99=99)


def test_usual_of_few_leaves_out_what_would_only_repeat_the_highest() -> None:
    found = usual_of(numbers([1, 2, 3]))
    assert found is not None
    assert (found.median, found.p90, found.p95, found.p99) == (2, 2.8, None, None)


def test_usual_of_what_nobody_says_is_unknown() -> None:
    assert usual_of(numbers([None, None])) is None
    assert usual_of(numbers([])) is None


@given(VALUES)
def test_usual_is_ordered_and_within_what_was_measured(values: list[float | None]) -> None:
    known = [value for value in values if value is not None]
    found = usual_of(numbers(values))
    assert (found is None) == (not known)
    if found is not None:
        rising = [found.median, found.p90, found.p95, found.p99]
        assert [one for one in rising if one is not None] == sorted(one for one in rising if one is not None)
        assert min(known) <= found.median <= max(known)
        assert found.mad <= max(known) - min(known)
        assert found.known == len(known)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=200))
def test_usual_is_what_numpy_says(values: list[float]) -> None:
    found = usual_of(numbers(values))
    assert found is not None
    median, *high = np.percentile(values, [50, 90, 95, 99])
    told = [found.mean, found.median, found.mad, found.p90, found.p95, found.p99]
    expected = [np.mean(values), median, np.median(np.abs(values - median)), *high]
    pairs = [(one, other) for one, other in zip(told, expected, strict=True) if one is not None]
    assert [one for one, _ in pairs] == pytest.approx([other for _, other in pairs])


@given(st.lists(st.tuples(st.sampled_from("abc "), st.none() | st.floats(0, 1e6)), max_size=100))
def test_groups_are_what_each_is_alone(rows: list[tuple[str, float | None]]) -> None:
    names = [name for name, _ in rows]
    found = by_group(names, {"cost": numbers([value for _, value in rows])})
    alone = {name: {"cost": usual_of(numbers([value for of, value in rows if of == name]))} for name in {*names}}
    assert found == alone


def test_groups_without_a_row_are_none() -> None:
    assert by_group([], {"cost": np.array([])}) == {}


@pytest.mark.parametrize(
    ("costs", "failed", "dollars"),
    [
        ([1.0, 3.0], 0.5, 4.0),
        ([1.0, 3.0, None], 0.0, 2.0),
        ([None], 0.5, None),
        ([1.0], None, None),
        ([1.0], 1.0, None),
    ],
)
def test_cost_per_success_spreads_what_failures_cost(
    costs: list[float | None], failed: float | None, dollars: float | None
) -> None:
    found = cost_per_success(usual_of(numbers(costs)), failed)
    assert found == dollars or (found is not None and dollars is not None and math.isclose(found, dollars))
