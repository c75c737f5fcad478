"""Vectors of texts: made, stored and read back."""

import numpy as np
import pytest

from clustering.engine.embed import Embedder, EmbedderBroken, SentenceEmbedder, from_bytes, to_bytes


@pytest.mark.slow
def test_vectors_are_float32_of_unit_length_and_repeatable(embedder: Embedder) -> None:
    vectors = embedder.embed(["Refund failed", "Loop"])
    assert (str(vectors.dtype), vectors.shape) == ("float32", (2, 384))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.allclose(embedder.embed(["Loop"])[0], vectors[1], atol=1e-5)


def test_a_model_that_is_not_there_says_so() -> None:
    with pytest.raises(EmbedderBroken, match="cannot be loaded"):
        SentenceEmbedder("/nowhere/at/all")


def test_stored_vectors_come_back_as_they_were() -> None:
    vectors = np.array([[0.6, 0.8], [1, 0]], dtype=np.float32)
    assert from_bytes([to_bytes(row) for row in vectors]).tolist() == vectors.tolist()
    assert from_bytes([]).shape == (0, 0)
