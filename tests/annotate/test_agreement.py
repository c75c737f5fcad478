"""Alpha against published tables and simulated raters, kappa against scikit-learn."""

import random
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from annotate.agreement import (
    Agreement,
    Pair,
    Scale,
    agreement,
    in_words,
    pairs_of,
    pairs_that,
    share_of,
    together,
)

# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability": four observers, twelve units, some of it missing.
FOUR = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""
BINARY = """
0 1 0 0 0 0 0 0 1 0
1 1 1 0 0 1 0 0 0 0
"""
LETTERS = """
a a b b d c c c e d d a
b a b b b c c c e d d d
"""


def units_of(table: str) -> list[list[str]]:
    return [
        [value for value in unit if value != "."]
        for unit in zip(*(row.split() for row in table.split("\n") if row), strict=True)
    ]


def numbers_of(table: str) -> list[list[int]]:
    return [[int(value) for value in unit] for unit in units_of(table)]


def alpha_of(units: Sequence[Sequence[object]], scale: Scale = Scale.NOMINAL) -> float:
    found = agreement(units, scale).alpha
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("scale", "published"), [(Scale.NOMINAL, 0.743), (Scale.ORDINAL, 0.815), (Scale.INTERVAL, 0.849)]
)
def test_alpha_is_what_krippendorff_computed_for_four_observers(scale: Scale, published: float) -> None:
    assert alpha_of(numbers_of(FOUR), scale) == pytest.approx(published, abs=0.0006)


def test_alpha_is_what_krippendorff_computed_for_two_observers() -> None:
    assert alpha_of(units_of(BINARY)) == pytest.approx(0.095, abs=0.0006)
    assert alpha_of(units_of(LETTERS)) == pytest.approx(0.692, abs=0.0006)


def test_alpha_of_sets_of_one_is_that_of_names() -> None:
    sets = [[frozenset({value}) for value in unit] for unit in units_of(LETTERS)]
    assert agreement(sets, Scale.SETS) == agreement(units_of(LETTERS))


def test_sets_that_share_something_disagree_less() -> None:
    apart = [[frozenset("ab"), frozenset("cd")], *([frozenset("ab")] * 2, [frozenset("cd")] * 2) * 5]
    near = [[frozenset("ab"), frozenset("a")], *apart[1:]]
    assert alpha_of(apart, Scale.SETS) < alpha_of(near, Scale.SETS) < 1


def test_a_unit_that_only_one_judged_counts_for_nothing() -> None:
    assert agreement([*numbers_of(FOUR), [5], []]) == agreement(numbers_of(FOUR))


def test_who_agrees_perfectly_has_an_alpha_of_one_that_is_not_certain() -> None:
    found = agreement([["success"] * 2, ["failure"] * 2] * 6)
    assert (found.alpha, found.high, found.share.agreed) == (1.0, 1.0, 12)
    assert found.low is not None
    assert 0.3 < found.low < 0.7
    again = agreement([["success"] * 2, ["failure"] * 2] * 60)
    assert again.low is not None
    assert 0.9 < again.low < 1


def test_nothing_is_told_where_nothing_varies_or_few_were_judged_twice() -> None:
    same = agreement([["success"] * 2] * 30)
    assert (same.alpha, same.units, same.share.agreed) == (None, 30, 30)
    assert same.words == "cannot be told: everybody always said the same"
    few = agreement([["success"] * 2, ["failure", "success"]] * 2)
    assert (few.alpha, few.words) == (None, "too few: 4 of the 10 sessions that it takes")
    assert agreement([]).words == "nothing to compare"


def guesses(units: int, raters: int, seed: int, weights: Sequence[int] = (7, 2, 1)) -> list[list[str]]:
    dice = random.Random(seed)  # noqa: S311  # no secret
    return [dice.choices(["success", "failure", "unknown"], weights, k=raters) for _ in range(units)]


@pytest.mark.parametrize("raters", [2, 3, 5])
def test_guessing_has_an_alpha_of_nought(raters: int) -> None:
    alphas = [alpha_of(guesses(200, raters, seed)) for seed in range(30)]
    assert sum(alphas) / len(alphas) == pytest.approx(0, abs=0.02)


def test_the_interval_holds_the_true_alpha_about_as_often_as_it_says() -> None:
    """Raters who copy each other in half of the units, and guess in the rest, have an alpha of 0.5."""
    hits = 0
    for seed in range(120):
        dice = random.Random(seed)  # noqa: S311  # no secret
        units = [unit if dice.random() < 0.5 else unit[:1] * 2 for unit in guesses(80, 2, seed + 1000, (1, 1, 1))]
        found = agreement(units)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0.5 <= found.high
    assert 0.88 <= hits / 120 <= 1


TABLES = st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=4), min_size=12, max_size=25)


@given(TABLES, st.sampled_from([Scale.NOMINAL, Scale.ORDINAL, Scale.INTERVAL]), st.randoms(use_true_random=False))
def test_neither_the_order_of_units_nor_that_of_raters_matters(
    units: list[list[int]], scale: Scale, dice: random.Random
) -> None:
    shuffled = [dice.sample(unit, len(unit)) for unit in dice.sample(units, len(units))]
    before, after = agreement(units, scale), agreement(shuffled, scale)
    assert (before.units, before.share) == (after.units, after.share)
    assert (before.alpha, before.low, before.high) == pytest.approx((after.alpha, after.low, after.high), nan_ok=True)


@given(TABLES, st.sampled_from([Scale.NOMINAL, Scale.ORDINAL, Scale.INTERVAL]))
def test_alpha_is_by_definition(units: list[list[int]], scale: Scale) -> None:
    """Against a plain reading of the definition: pairs within units over pairs of all that can be paired."""
    found = agreement(units, scale)
    paired = [unit for unit in units if len(unit) > 1]
    given_ = [value for unit in paired for value in unit]

    def apart(one: int, other: int) -> float:
        if scale is Scale.NOMINAL:
            return float(one != other)
        if scale is Scale.INTERVAL:
            return float((one - other) ** 2)
        low, high = min(one, other), max(one, other)
        ends = (given_.count(low) + given_.count(high)) / 2
        return (sum(given_.count(rank) for rank in range(low, high + 1)) - ends) ** 2 if low < high else 0.0

    expected = sum(2 * apart(*pair) for pair in combinations(given_, 2))
    if len(paired) < 10 or not expected:
        assert found.alpha is None
        return
    observed = sum(2 * apart(*pair) / (len(unit) - 1) for unit in paired for pair in combinations(unit, 2))
    assert found.alpha == pytest.approx(1 - (len(given_) - 1) * observed / expected)
    assert [found.low, found.alpha, found.high] == sorted([found.low or 0, found.alpha or 0, found.high or 0])


def test_the_same_judgements_give_the_same_interval() -> None:
    assert agreement(guesses(100, 3, seed=1)) == agreement(guesses(100, 3, seed=1))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.62, 0.7, "substantial"),
        (0.3, 0.7, "fair to substantial"),
        (-0.2, 0.1, "no better than chance to slight"),
        (0.85, 1, "almost perfect"),
    ],
)
def test_words_name_both_ends_of_the_interval(low: float, high: float, words: str) -> None:
    assert in_words(low, high) == words
    assert Agreement(20, share_of([]), 0.65, low, high).words == words


def test_a_share_of_pairs_has_an_interval_over_units() -> None:
    steps = [[3, 3], [3, 5], [3, 9]] * 10
    exact = share_of(pairs_that(lambda one, other: one == other, steps))
    near = share_of(pairs_that(lambda one, other: abs(one - other) <= 2, steps))
    assert (exact.agreed, exact.pairs, near.agreed) == (10, 30, 20)
    assert exact.low is not None
    assert exact.high is not None
    assert 0.1 < exact.low < 1 / 3 < exact.high < 0.6
    assert share_of([]).share is None
    nobody = share_of(pairs_that(lambda one, other: one == other, [[1, 2]] * 10))
    assert (nobody.low, nobody.share) == (0, 0)
    assert nobody.high == pytest.approx(0.2775, abs=0.001)


@given(st.lists(st.tuples(st.sampled_from("sfu"), st.sampled_from("sfu")), min_size=1, max_size=40))
def test_kappa_is_that_of_scikit_learn(said: list[tuple[str, str]]) -> None:
    [pair] = pairs_of([{1: one, 2: other} for one, other in said]).values()
    first, second = [one for one, _ in said], [other for _, other in said]
    assert (pair.both, pair.agreed) == (len(said), sum(one == other for one, other in said))
    if len({*first, *second}) == 1:
        assert pair.kappa is None
    else:
        assert pair.kappa == pytest.approx(cohen_kappa_score(first, second))


def test_pairs_are_named_once_and_in_one_direction() -> None:
    found = pairs_of([{2: "s", 1: "f"}, {1: "s", 2: "s", 3: "f"}, {3: "s"}])
    assert found == {
        (1, 2): Pair({("f", "s"): 1, ("s", "s"): 1}),
        (1, 3): Pair({("s", "f"): 1}),
        (2, 3): Pair({("s", "f"): 1}),
    }
    assert together(found.values()) == {("f", "s"): 3, ("s", "f"): 3, ("s", "s"): 2}
