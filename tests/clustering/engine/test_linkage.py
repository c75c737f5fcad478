"""Average linkage, and when two dense groups stay apart."""

import numpy as np
import pytest

from clustering.engine.linkage import Matrix, cohesion, link, split
from tests.clustering.engine.vectors import clouds, unit


def near(cosine: float, count: int, *, axis: int) -> list[list[float]]:
    """Rows at `cosine` to one direction and at its square to each other: each has an axis of its own."""
    rows = np.zeros((count, 12))
    rows[:, axis] = cosine
    rows[np.arange(count), 2 + axis * 5 + np.arange(count)] = np.sqrt(1 - cosine**2)
    return [list(row) for row in rows]


def two_groups(bridge: float, *, first: int = 4, second: int = 4) -> Matrix:
    """Two groups of inner cosine 0.81, at `bridge` · 0.81 of each other."""
    points = np.array(near(0.9, first, axis=0) + near(0.9, second, axis=1))
    points[first:, 0] = 0.9 * bridge
    points[first:, 1] = 0.9 * np.sqrt(1 - bridge**2)
    return points


def parts_of(points: Matrix, weights: Matrix | None = None, threshold: float = 0.3) -> list[list[int]]:
    weights = np.ones(len(points)) if weights is None else weights
    return split(points, weights, link(points, weights, [], threshold))


def test_average_linkage_agrees_with_scipy() -> None:
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415  # only this test compares with it

    _, vectors = clouds([9, 9, 9], seed=11)
    points = vectors.astype(np.float64)
    ours = link(points, np.ones(len(points)), [], 0.4)
    tree = linkage(points, method="average", metric="cosine")
    labels = fcluster(tree, 0.6, criterion="distance")
    theirs = {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels)}
    assert {frozenset(part.points()) for part in ours} == theirs


def test_equally_near_points_do_not_run_in_a_circle() -> None:
    assert parts_of(np.ones((6, 3)) / np.sqrt(3)) == [[0, 1, 2, 3, 4, 5]]


def test_two_dense_groups_across_a_gap_stay_apart() -> None:
    points = two_groups(0.6)
    assert [part.points() for part in link(points, np.ones(8), [], 0.3)] == [[0, 1, 2, 3, 4, 5, 6, 7]]
    assert parts_of(points) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_two_dense_groups_without_a_gap_are_one() -> None:
    assert parts_of(two_groups(0.8)) == [[0, 1, 2, 3, 4, 5, 6, 7]]


def test_a_pair_is_too_few_to_stand_apart_unless_it_was_told_often() -> None:
    points = two_groups(0.6, second=2)
    assert parts_of(points) == [[0, 1, 2, 3, 4, 5]]
    assert parts_of(points, np.array([1.0, 1, 1, 1, 1, 2])) == [[0, 1, 2, 3], [4, 5]]


def test_cohesion_is_the_mean_cosine_of_pairs() -> None:
    assert cohesion(unit([1, 0], [1, 0], [0, 1])) == pytest.approx(1 / 3)
    assert cohesion(unit([1, 0])) == 1.0
