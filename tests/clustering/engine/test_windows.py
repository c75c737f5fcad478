"""Who comes first among many points, and who joins what a window found."""

import numpy as np
import pytest

from clustering.engine import windows
from clustering.engine.windows import by_content, by_hash, join_nearest, means_of
from tests.clustering.engine.vectors import unit

POINTS = unit(
    [1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0.9, 0.1], [0, 0, 1], [0.6, 0.5, 0], [0.5, 0.6, 0], [0.7, 0.5, 0]
)


def rows(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, dtype=np.int64)


def test_rows_are_by_text_and_texts_sorted() -> None:
    assert list(by_content(["b", "a", "b"]).items()) == [("a", [1]), ("b", [0, 2])]


def test_the_order_by_hash_is_that_of_the_texts_and_not_of_their_arrival() -> None:
    texts = [f"text {number}" for number in range(50)]
    order = [texts[row] for row in by_hash(texts)]
    assert sorted(order) == sorted(texts)
    assert order != texts
    assert [texts[::-1][row] for row in by_hash(texts[::-1])] == order


@pytest.mark.parametrize("piece", [1, 2, 100])
def test_who_is_near_joins_and_the_rest_lies_beside_its_like(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(windows, "PIECE", piece)
    parts, left = join_nearest(POINTS, [rows(0, 1), rows(4), rows(2, 3)], rows(6, 5, 7), 0.82)

    assert [part.tolist() for part in parts] == [[0, 1, 7], [2, 3], [4]]
    assert left.tolist() == [5, 6]


def test_nobody_joins_one_that_is_alone() -> None:
    parts, left = join_nearest(POINTS, [rows(0), rows(2)], rows(1, 3), 0.5)
    assert ([part.tolist() for part in parts], left.tolist()) == ([[0], [2]], [1, 3])


def test_means_are_of_each_part() -> None:
    found = means_of(POINTS, [rows(2), rows(0, 4)])
    assert found == pytest.approx(np.array([[0, 1, 0], [0.5, 0, 0.5]]))
