"""v1 knows no links: they are laid over what it found."""

from clustering.engine import group as v1
from clustering.engine.linked import group
from clustering.engine.links import Links
from tests.clustering.engine.vectors import clouds


def test_without_links_the_groups_are_those_of_v1() -> None:
    texts, vectors = clouds([20, 8, 3, 1])
    found = group(texts, vectors)
    assert found.groups == v1.group(texts, vectors).groups
    assert (found.strengths > 0).tolist() == [True] * 31 + [False]


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
