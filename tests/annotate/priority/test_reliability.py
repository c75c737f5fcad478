"""Honesty of probabilities: bins of equal number, Wilson's intervals, and the area under the curve."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from annotate.priority.reliability import auc, bins, report_on


def test_auc_is_the_rank_sum_statistic_with_ties() -> None:
    dice = np.random.default_rng(5)
    expected = dice.integers(0, 20, 300) / 20
    failed = dice.random(300) < expected
    found = auc(list(expected), list(failed))

    u = mannwhitneyu(expected[failed], expected[~failed]).statistic
    assert found is not None
    assert found[0] == pytest.approx(u / failed.sum() / (~failed).sum(), abs=1e-4)
    assert found[1] < found[0] < found[2] <= 1


def test_auc_cannot_be_told_of_too_few_failures_or_successes() -> None:
    four = [number / 20 for number in range(20)]

    assert [auc([], []), auc(four, [True] * 20), auc(four, [False] * 16 + [True] * 4)] == [None, None, None]
    assert auc(four, [False] * 15 + [True] * 5) is not None


def test_bins_are_of_equal_number_and_ascending() -> None:
    found = bins([number / 100 for number in range(100)], [number >= 50 for number in range(100)])

    assert [one.reviews for one in found] == [12, 13, 13, 12, 12, 13, 13, 12]
    assert [one.failures for one in found][:3] == [0, 0, 0]
    assert [one.expected for one in found] == sorted(one.expected for one in found)
    assert all(one.low <= one.seen <= one.high for one in found)


def test_few_reviews_are_one_bin_and_none_are_no_bin() -> None:
    assert [(one.reviews, one.failures) for one in bins([0.2, 0.1], [True, False])] == [(2, 1)]
    assert bins([], []) == []


def test_report_is_plain_json() -> None:
    assert report_on([], []) == {"bins": [], "auc": None, "reviews": 0, "failures": 0}
    assert report_on([0.5], [True])["bins"] == [
        {"expected": 0.5, "reviews": 1, "failures": 1, "low": 0.2065, "high": 1.0}
    ]
