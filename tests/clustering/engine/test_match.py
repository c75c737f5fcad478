"""Whether a failure belongs to a known issue."""

import numpy as np

from clustering.engine.match import EXEMPLARS, Match, match, pick_exemplars, rank
from tests.clustering.engine.vectors import unit

X, Y = unit([1, 0])[0], unit([0, 1])[0]


def test_match_is_half_nearest_and_half_mean() -> None:
    assert match(X, {7: unit([1, 0], [0, 1])}, 0.5) == Match(issue=7, score=0.75, margin=1.75)


def test_match_says_none_below_the_threshold() -> None:
    assert match(X, {7: unit([0, 1])}, 0.3) is None


def test_match_says_none_where_two_issues_are_equally_near() -> None:
    near = unit([1, 0.2])
    assert match(X, {1: near, 2: unit([1, 0.21])}, 0.5) is None
    assert match(X, {1: near, 2: unit([0, 1])}, 0.5) is not None


def test_match_says_none_without_issues() -> None:
    assert match(X, {}, 0.1) is None


def test_rank_breaks_ties_by_number() -> None:
    assert [found.issue for found in rank(X, {5: unit([1, 0]), 2: unit([1, 0]), 3: unit([0, 1])})] == [2, 5, 3]


def test_exemplars_are_few_and_spread() -> None:
    many = np.concatenate([np.tile(X, (40, 1)), np.tile(Y, (1, 1))])
    chosen = pick_exemplars(many)
    assert len(chosen) == EXEMPLARS
    assert chosen[1].tolist() == Y.tolist()
