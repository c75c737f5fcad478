"""The logistic regression behind priorities, against scikit-learn and scipy."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from annotate.priority import PRIOR, fit, probability
from annotate.priority.model import BIAS, Model, learned

NAMES = ("loud", "late", "long")


def drawn(count: int, seed: int = 1) -> tuple[list[dict[str, float]], list[bool]]:
    """Reviews whose failures follow known weights."""
    random = np.random.default_rng(seed)
    values = random.random((count, len(NAMES)))
    failed = random.random(count) < 1 / (1 + np.exp(1 - values @ np.array([3.0, -1.0, 0.5])))
    return [dict(zip(NAMES, row, strict=True)) for row in values.tolist()], failed.tolist()


def matrix(rows: list[dict[str, float]]) -> np.ndarray:
    return np.array([[1.0, *(row[name] for name in NAMES)] for row in rows])


def test_learned_agrees_with_scikit_learn_where_the_prior_is_plain() -> None:
    rows, failed = drawn(300)
    plain = Model({BIAS: (0.0, 1e6), **dict.fromkeys(NAMES, (0.0, 2.0))})
    reference = LogisticRegression(C=4.0, tol=1e-12, max_iter=10_000).fit(matrix(rows)[:, 1:], failed)

    found = learned(plain, rows, failed)

    assert found.weight(BIAS) == pytest.approx(reference.intercept_[0], abs=1e-6)
    assert [found.weight(name) for name in NAMES] == pytest.approx(list(reference.coef_[0]), abs=1e-6)


def test_learned_agrees_with_a_general_optimiser_under_any_prior() -> None:
    rows, failed = drawn(80, seed=2)
    prior = Model({BIAS: (-3.0, 1.5), "loud": (1.0, 0.5), "late": (0.3, 0.2), "long": (-0.5, 3.0)})
    believed = np.array([prior.believed(name) for name in (BIAS, *NAMES)])
    values, outcome = matrix(rows), np.array(failed, dtype=float)

    def loss(weights: np.ndarray) -> float:
        logits = values @ weights
        fits = np.sum(np.logaddexp(0, logits) - outcome * logits)
        return float(fits + 0.5 * np.sum(((weights - believed[:, 0]) / believed[:, 1]) ** 2))

    def slope(weights: np.ndarray) -> np.ndarray:
        expected = 1 / (1 + np.exp(-values @ weights))
        return np.asarray(values.T @ (expected - outcome) + (weights - believed[:, 0]) / believed[:, 1] ** 2)

    best = minimize(loss, believed[:, 0], jac=slope, method="BFGS", options={"gtol": 1e-9})
    found = learned(prior, rows, failed)
    step = 1e-5
    bend = np.array([(slope(best.x + move) - slope(best.x - move)) / (2 * step) for move in step * np.eye(4)])

    assert [found.weight(name) for name in (BIAS, *NAMES)] == pytest.approx(list(best.x), abs=1e-6)
    sds = [found.believed(name)[1] for name in (BIAS, *NAMES)]
    assert sds == pytest.approx(list(np.sqrt(np.diag(np.linalg.inv(bend)))), abs=1e-6)


def test_learned_from_nothing_is_the_prior() -> None:
    assert fit([], []) == PRIOR


@pytest.mark.parametrize("outcome", [True, False])
def test_learned_from_one_outcome_only_stays_finite_and_moves_the_base_rate(*, outcome: bool) -> None:
    found = fit([{"tool_error": 1.0}] * 30 + [{}] * 30, [outcome] * 60)

    assert all(np.isfinite(number) for pair in found.weights.values() for number in pair)
    assert (found.weight(BIAS) > PRIOR.weight(BIAS)) == outcome


def test_learned_shares_out_between_features_that_always_come_together() -> None:
    rows = [{"one": 1.0, "other": 1.0}, {}] * 20
    found = fit(rows, [True, False] * 20)

    assert found.weight("one") == pytest.approx(found.weight("other"))


def test_learned_leaves_alone_what_no_review_showed() -> None:
    found = fit([{"tool_error": 1.0}] * 10, [True] * 10)

    assert found.believed("refused") == PRIOR.believed("refused")
    assert found.believed("tool_error") != PRIOR.believed("tool_error")


def test_learned_grows_surer_with_every_review() -> None:
    rows, failed = drawn(200)
    sds = [learned(Model(), rows[:count], failed[:count]).believed("loud")[1] for count in (1, 10, 50, 200)]

    assert all(more < fewer for fewer, more in pairwise(sds))


def test_learned_does_not_depend_on_the_order_of_reviews() -> None:
    rows, failed = drawn(60)
    one, other = fit(rows, failed), fit(rows[::-1], failed[::-1])

    assert {name: pytest.approx(pair) for name, pair in one.weights.items()} == other.weights


def test_learned_withstands_huge_values() -> None:
    found = fit([{"huge": 1e9}, {"huge": -1e9}, {}], [True, False, True])

    assert all(np.isfinite(number) for pair in found.weights.values() for number in pair)


def test_probability_of_extreme_features_stays_within_0_and_1() -> None:
    model = Model({BIAS: (0.0, 1.0), "loud": (1.0, 1.0)})

    assert [probability(model, {"loud": value}) for value in (-1e6, 0.0, 1e6)] == [0.0, 0.5, 1.0]
