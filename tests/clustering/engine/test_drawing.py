"""Points drawn to their neighbours."""

import numpy as np
import pytest

from clustering.engine import drawing
from clustering.engine.drawing import draw, strength_of
from tests.clustering.engine.vectors import clouds, unit


def test_the_more_points_there_are_the_further_they_are_drawn() -> None:
    assert [strength_of(count) for count in (0, 200, 2000, 4000)] == [0.0, 0.1, 1.0, 1.0]


def test_a_point_is_drawn_towards_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "FULL", 2)
    near = draw(unit([1, 0], [1, 1]))
    assert np.allclose(near, unit([1 + 0.5**0.5, 0.5**0.5], [1 + 0.5**0.5, 0.5**0.5]))


def test_a_point_with_nothing_like_it_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "FULL", 3)
    points = unit([1, 0], [-1, 1], [-1, -1])
    assert np.allclose(draw(points)[0], points[0])


def test_points_of_one_kind_are_more_alike_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "FULL", 40)
    _, points = clouds([20, 20])
    drawn = draw(points)
    assert (drawn[:20] @ drawn[:20].T).mean() > (points[:20] @ points[:20].T).mean() + 0.05
    assert np.allclose(np.linalg.norm(drawn, axis=1), 1)


def test_one_point_and_none_stay_as_they_are() -> None:
    assert draw(unit([1, 0])).tolist() == [[1, 0]]
    assert draw(unit([1, 0])[:0]).shape == (0, 2)
