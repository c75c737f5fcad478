"""Comparing failures by their texts and their types."""

import numpy as np
import pytest

from clustering.engine.compare import join_types
from tests.clustering.engine.vectors import unit


def test_equal_types_draw_together_and_different_ones_apart() -> None:
    alike = unit([1, 0], [0.6, 0.8], [0.6, 0.8], [0.6, 0.8])  # a cosine of 0.6 to the first
    joined = join_types(alike, ["Loop", "Loop", "Guess", ""], ["Guess", "Loop"])
    assert np.linalg.norm(joined, axis=1) == pytest.approx(1)
    assert (joined[1:] @ joined[0]).tolist() == pytest.approx([0.85 / 1.25, 0.6 / 1.25, 0.6 / 1.25**0.5])


def test_without_types_the_texts_alone_are_compared() -> None:
    vectors = unit([1, 0], [0.6, 0.8])
    assert join_types(vectors, ["", ""], ["Loop"])[:, :2].tolist() == vectors.tolist()


def test_no_rows_stay_no_rows() -> None:
    assert join_types(np.zeros((0, 0), dtype=np.float32), [], ["Loop"]).shape == (0, 0)
