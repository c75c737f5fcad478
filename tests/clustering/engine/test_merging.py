"""Average linkage of many groups by their near pairs: the same answer as the plain one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine import linkage, merging
from clustering.engine.embed import Vectors
from clustering.engine.linked import rows_by
from clustering.engine.merging import Pairs, merge, mutual, near_pairs
from clustering.engine.windows import Rows
from tests.clustering.engine.vectors import unit


def cloud(count: int, dimensions: int, seed: int, lean: float = 0.0) -> tuple[Vectors, Rows]:
    """Directions without structure, and sizes; `lean`: how alike all are."""
    draw = np.random.default_rng(seed)
    return unit(*(draw.normal(size=(count, dimensions)) + lean).tolist()), draw.integers(1, 6, size=count)


def plainly(means: Vectors, sizes: Rows, threshold: float) -> set[frozenset[int]]:
    """What the plain linkage over all of them finds."""
    parts = linkage.link(means.astype(np.float64), sizes.astype(np.float64), [], threshold)
    return {frozenset(part.points()) for part in parts}


def merged(means: Vectors, sizes: Rows, threshold: float) -> set[frozenset[int]]:
    return {frozenset(rows.tolist()) for rows in rows_by(merge(means, sizes, threshold))}


CLOUDS = {
    "count": st.integers(1, 70),
    "dimensions": st.integers(3, 12),
    "seed": st.integers(0, 10_000),
    "lean": st.sampled_from([0.0, 0.5, 2.0]),
    "threshold": st.floats(0.05, 0.95),
}


@settings(max_examples=150, deadline=None)
@given(**CLOUDS)
def test_merging_finds_what_the_plain_linkage_finds(
    count: int, dimensions: int, seed: int, lean: float, threshold: float
) -> None:
    means, sizes = cloud(count, dimensions, seed, lean)
    assert merged(means, sizes, threshold) == plainly(means, sizes, threshold)


@settings(max_examples=100, deadline=None)
@given(**CLOUDS)
def test_merging_finds_the_same_where_few_pairs_and_few_cosines_fit(
    count: int, dimensions: int, seed: int, lean: float, threshold: float
) -> None:
    means, sizes = cloud(count, dimensions, seed, lean)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "MOST_PAIRS", 8)
        patch.setattr(merging, "PIECE", 50)
        patch.setattr(merging, "NEAR_AT_HAND", 3)
        assert merged(means, sizes, threshold) == plainly(means, sizes, threshold)


def test_means_that_are_shorter_than_one_are_compared_as_they_are() -> None:
    """The mean cosine of two groups is the product of their means, however loose each is in itself."""
    means = np.array([[0.6, 0.0], [0.8, 0.0]], dtype=np.float32)
    assert merged(means, np.array([3, 2]), 0.47) == {frozenset({0, 1})}
    assert merged(means, np.array([3, 2]), 0.49) == {frozenset({0}), frozenset({1})}


def test_a_group_is_named_by_its_lowest_row() -> None:
    means = unit([0, 1], [1, 0], [0, 1], [1, 0], [0.01, 1])
    assert merge(means, np.ones(5, dtype=np.int64), 0.9).tolist() == [0, 1, 0, 1, 0]


@pytest.mark.parametrize("most", [4, 1000])
def test_equally_near_groups_are_one(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(merging, "MOST_PAIRS", most)
    assert set(merge(unit(*([[1.0, 0.0]] * 40)), np.ones(40, dtype=np.int64), 0.9).tolist()) == {0}


def test_of_equally_near_pairs_the_first_by_row_merges() -> None:
    pairs = Pairs(np.array([1, 0, 2]), np.array([2, 1, 3]), np.array([0.7, 0.7, 0.7]))
    found = mutual(pairs, 4)
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == [(0, 1), (2, 3)]


def test_only_mutual_nearest_merge() -> None:
    pairs = Pairs(np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([0.6, 0.9, 0.8]))
    found = mutual(pairs, 4)
    assert (found.first.tolist(), found.second.tolist()) == ([1], [2])


def test_near_pairs_are_those_from_the_threshold_on() -> None:
    found, is_all = near_pairs(unit([1, 0], [0.8, 0.6], [0, 1]), 0.6 - 1e-6)
    assert is_all
    assert (found.first.tolist(), found.second.tolist()) == ([0, 1], [1, 2])
    assert found.near == pytest.approx([0.8, 0.6])
    assert len(near_pairs(unit([1, 0], [0.8, 0.6], [0, 1]), 0.7)[0]) == 1


def test_of_too_many_pairs_the_nearest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    means, _ = cloud(60, 4, seed=3)
    every, _ = near_pairs(means, 0.2)
    monkeypatch.setattr(merging, "MOST_PAIRS", 100)
    monkeypatch.setattr(merging, "PIECE", 60 * 5)
    found, is_all = near_pairs(means, 0.2)

    assert len(every) > 100
    assert (is_all, 50 <= len(found) <= 100) == (False, True)
    assert np.sort(found.near) == pytest.approx(np.sort(every.near)[-len(found) :])


def test_none_and_one_stay_as_they_are() -> None:
    empty = np.zeros((0, 3), dtype=np.float32)
    assert merge(empty, np.zeros(0, dtype=np.int64), 0.5).tolist() == []
    assert merge(unit([1, 0]), np.ones(1, dtype=np.int64), 0.5).tolist() == [0]
