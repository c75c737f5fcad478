"""v1 knows no links: they are laid over what it found."""

from itertools import pairwise

import numpy as np
import pytest

from clustering.engine import group as v1
from clustering.engine.linked import ALONE, group, strengths_of
from clustering.engine.links import Links
from tests.clustering.engine.vectors import clouds, shuffled, unit


def test_without_links_the_groups_are_those_of_v1() -> None:
    texts, vectors = clouds([20, 8, 3, 1])
    found = group(texts, vectors)
    assert found.groups == v1.group(texts, vectors).groups
    assert (found.strengths > 0).tolist() == [True] * 31 + [False]


def test_strength_is_the_likeness_to_the_mean_of_the_group() -> None:
    vectors = unit([1, 0, 0], [0, 1, 0], [1, 1, 0], [-1, 0, 0], [0, 0, 1])
    labels = np.array([0, 0, ALONE, 1, 1])

    strengths = strengths_of(labels, vectors)

    assert strengths == pytest.approx([0.5, 0.5, 0, 0.5, 0.5])
    opposed = strengths_of(np.array([0, 0, 0, 0, ALONE]), vectors)
    assert opposed == pytest.approx([0.1768, 0.4268, 0.4268, 0, 0], abs=1e-4)


def test_bound_rows_go_where_most_of_them_are() -> None:
    texts, vectors = clouds([20, 8, 3, 1])
    [largest, *_] = group(texts, vectors, Links(together=((0, 1), (0, 31)))).groups
    assert largest == (*range(20), 31)


def test_bound_rows_of_no_group_are_one() -> None:
    texts, vectors = clouds([20, 8, 1, 1])
    assert group(texts, vectors, Links(together=((28, 29),))).groups[-1] == (28, 29)


def test_of_two_that_are_apart_one_leaves() -> None:
    texts, vectors = clouds([20, 8])
    [first, second] = group(texts, vectors, Links(apart=((0, 1),))).groups
    assert len(first) == 19
    assert second == tuple(range(20, 28))
    assert len({0, 1} & set(first)) == 1


def test_several_that_are_apart_leave_alike_in_any_order() -> None:
    texts, vectors = clouds([20, 8])
    # Each apart from the next more typical one: who leaves first decides who needs not leave any more.
    chain = np.argsort(vectors[:20] @ vectors[:20].mean(axis=0))[:6].tolist()
    apart = list(pairwise(chain))

    def found(order: list[int]) -> set[frozenset[str]]:
        place = {row: number for number, row in enumerate(order)}
        links = Links(apart=tuple((place[one], place[other]) for one, other in apart))
        told = [texts[row] for row in order]
        return {frozenset(told[row] for row in rows) for rows in group(told, vectors[order], links).groups}

    assert len({frozenset(found(shuffled(len(texts), seed))) for seed in range(8)}) == 1


def test_a_bundle_that_is_apart_leaves_as_one() -> None:
    texts, vectors = clouds([20, 8])
    found = group(texts, vectors, Links(together=((0, 1),), apart=((1, 2),))).groups
    assert (0, 1) in found or 2 not in {row for rows in found for row in rows}
    assert sum(len(rows) for rows in found) >= 27


def test_bound_rows_of_two_groups_are_where_most_of_them_are() -> None:
    texts, vectors = clouds([20, 8])
    [largest, *_] = group(texts, vectors, Links(together=((0, 20), (0, 1)))).groups
    assert largest == tuple(range(21))


def test_of_two_that_are_apart_the_less_typical_one_leaves() -> None:
    texts, vectors = clouds([20, 8])
    order = np.argsort(vectors[:20] @ vectors[:20].mean(axis=0)).tolist()
    [largest, *_] = group(texts, vectors, Links(apart=((order[0], order[-1]),))).groups
    assert (order[0] in largest, order[-1] in largest) == (False, True)
