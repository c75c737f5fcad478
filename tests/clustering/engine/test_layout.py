"""The map keeps together what is alike, is the same in any order of arrival, and takes more than t-SNE could."""

import numpy as np
import pytest

from clustering.engine import layout
from clustering.engine.embed import Vectors
from clustering.engine.layout import lay_out
from tests.clustering.engine.vectors import clouds, shuffled, unit


def same_mode_nearby(texts: list[str], places: Vectors) -> float:
    """The share of points whose nearest point is of their own mode."""
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argmin(axis=1)
    return float(np.mean([texts[row].split()[0] == texts[near].split()[0] for row, near in enumerate(nearest)]))


def test_nothing_has_no_places() -> None:
    assert lay_out([], np.zeros((0, 0), dtype=np.float32)).shape == (0, 2)


@pytest.mark.parametrize("count", [1, 2, 3, 9, 10, 11, 40])
def test_few_lie_within_the_square_each_on_its_own(count: int) -> None:
    texts, vectors = clouds([count])
    places = lay_out(texts, vectors)
    assert (places.shape, places.dtype) == ((count, 2), np.dtype(np.float32))
    assert np.abs(places).max() == (1 if count > 1 else 0)
    assert len(np.unique(places, axis=0)) == count


@pytest.mark.parametrize("sizes", [[5, 4], [60, 40, 25, 12]])
def test_what_is_alike_lies_together(sizes: list[int]) -> None:
    texts, vectors = clouds(sizes)
    assert same_mode_nearby(texts, lay_out(texts, vectors)) >= 0.95


@pytest.mark.parametrize("sample", [layout.SAMPLE, 50])
def test_order_of_arrival_changes_nothing(sample: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "SAMPLE", sample)
    texts, vectors = clouds([40, 30, 20])
    places = lay_out(texts, vectors)
    for seed in range(3):
        order = shuffled(len(texts), seed)
        again = lay_out([texts[row] for row in order], vectors[order])
        assert np.array_equal(again, places[order])


def test_those_beyond_the_sample_lie_beside_their_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "SAMPLE", 60)
    texts, vectors = clouds([200, 150, 100])
    places = lay_out(texts, vectors)
    assert same_mode_nearby(texts, places) >= 0.95
    assert len(np.unique(places, axis=0)) == len(texts)


def test_repeats_lie_around_one_place() -> None:
    texts, vectors = clouds([12, 12])
    places = lay_out([*texts, *[texts[0]] * 6], np.vstack([vectors, np.repeat(vectors[:1], 6, axis=0)]))
    repeats = np.vstack([places[:1], places[len(texts) :]])
    assert len(np.unique(repeats, axis=0)) == 7
    assert np.linalg.norm(repeats - repeats.mean(axis=0), axis=1).max() < 0.25


def test_the_same_words_twice_and_nothing_else() -> None:
    places = lay_out(["a", "a"], unit([1, 0], [1, 0]))
    assert len(np.unique(places, axis=0)) == 2


def test_vectors_that_are_all_the_same_have_places() -> None:
    places = lay_out(["a", "b", "c"], unit([1, 0], [1, 0], [1, 0]))
    assert np.isfinite(places).all()
