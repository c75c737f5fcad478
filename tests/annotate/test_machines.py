"""Machines beside people, in numbers."""

import math

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, cohen_kappa_score, matthews_corrcoef

from annotate.calibration import Rate
from annotate.machines import Given, best_threshold, compare, drift


def pairs(both_bad: int, missed: int, false_alarm: int, both_good: int) -> list[tuple[bool, bool]]:
    cells = ((True, True), (False, True), (True, False), (False, False))
    return [
        cell
        for cell, times in zip(cells, (both_bad, missed, false_alarm, both_good), strict=True)
        for _ in range(times)
    ]


@pytest.mark.parametrize("cells", [(20, 5, 10, 65), (1, 9, 2, 88), (30, 30, 30, 30), (7, 0, 4, 9)])
def test_measures_are_those_of_scikit_learn(cells: tuple[int, int, int, int]) -> None:
    told = pairs(*cells)
    says, failed = zip(*told, strict=True)
    found = compare(told)
    assert found.balanced.value == pytest.approx(balanced_accuracy_score(failed, says))
    assert found.mcc.value == pytest.approx(matthews_corrcoef(failed, says))
    assert found.kappa.value == pytest.approx(cohen_kappa_score(failed, says))
    assert (found.both_bad, found.missed, found.false_alarm, found.both_good) == cells


def test_rates_are_of_the_failed_and_of_the_others() -> None:
    found = compare(pairs(8, 2, 3, 27))
    assert [(rate.found, rate.of) for rate in (found.true_positive, found.true_negative, found.agreed)] == [
        (8, 10),
        (27, 30),
        (35, 40),
    ]


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    chances, draws = np.array([0.2, 0.05, 0.1, 0.65]), np.random.default_rng(1)
    truth = compare(pairs(200, 50, 100, 650))
    held = 0
    for _ in range(200):
        found = compare(pairs(*draws.multinomial(120, chances).tolist()))
        assert found.mcc.low is not None
        assert found.mcc.high is not None
        held += found.mcc.low <= (truth.mcc.value or 0) <= found.mcc.high
    assert held >= 180


def test_of_too_few_or_of_one_kind_no_measure_is_told() -> None:
    assert compare(pairs(4, 1, 1, 3)).mcc.value is None
    assert not compare(pairs(4, 1, 1, 3)).is_enough
    assert compare(pairs(20, 0, 0, 0)).balanced.value is None
    assert compare([]).sessions == 0


def test_the_best_threshold_lies_half_way_between_the_values_it_separates() -> None:
    given = [Given(0.2, failed=False)] * 10 + [Given(0.6, failed=True)] * 10
    found = best_threshold(given)
    assert found is not None
    assert found.badness == pytest.approx(0.4)
    assert (found.on_all.balanced.value, found.held_out.balanced.value) == (1, 1)
    assert found.held_out.sessions == 20


def test_a_threshold_fitted_to_noise_is_seen_through() -> None:
    draws = np.random.default_rng(3)
    flattered, honest = [], []
    for _ in range(20):
        found = best_threshold([Given(float(draws.random()), failed=n % 2 == 0) for n in range(40)])
        if found is not None:
            flattered.append(found.on_all.balanced.value or 0)
            honest.append(found.held_out.balanced.value or 0)
    assert len(honest) > 15
    assert np.mean(flattered) > 0.58
    assert np.mean(honest) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize(
    "given",
    [
        [Given(0.1, failed=False)] * 20 + [Given(0.9, failed=True)] * 4,
        [Given(0.5, failed=n % 2 == 0) for n in range(20)],
        [Given(0.9, failed=False)] * 10 + [Given(0.1, failed=True)] * 10,
        [],
    ],
    ids=["too few failed", "one value", "the wrong way round", "nothing"],
)
def test_no_threshold_where_none_splits(given: list[Given]) -> None:
    assert best_threshold(given) is None


def test_drift_is_clear_only_where_the_interval_excludes_none() -> None:
    worse, unclear = drift(Rate(10, 40), Rate(90, 100)), drift(Rate(34, 40), Rate(90, 100))
    assert worse is not None
    assert unclear is not None
    assert (worse.is_clear, worse.is_worse) == (True, True)
    assert not unclear.is_clear
    assert drift(Rate(9, 9), Rate(90, 100)) is None


def test_the_interval_of_a_change_is_newcombes() -> None:
    # Newcombe (1998), example (a): 56/70 and 48/80, 0.2 (0.0524 to 0.3339).
    found = drift(Rate(56, 70), Rate(48, 80))
    assert found is not None
    assert math.isclose(found.change, 0.2)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
