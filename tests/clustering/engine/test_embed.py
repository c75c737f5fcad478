"""Vectors of texts: made, stored and read back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from clustering.engine import embed
from clustering.engine.embed import BUNDLED, Embedder, EmbedderBroken, SentenceEmbedder, from_bytes, to_bytes
from tests.clustering.tiny import make_tiny_model

TEXTS = ["Claimed a refund that had failed", "Looped on search", "Said the order had been sent, and it had not been"]


Rows = NDArray[np.float64]


class Spoilt:
    """A model that short numbers do something to; each loading makes another one."""

    made = 0

    def __init__(self, spoil: Callable[[Rows], Rows]) -> None:
        type(self).made += 1
        self.spoil = spoil
        self.is_short = False

    def bfloat16(self) -> None:
        self.is_short = True

    def encode(self, texts: list[str], **_: Any) -> Rows:
        rows = np.array([[len(text), 20.0, 3.0] for text in texts])
        return self.spoil(rows) if self.is_short else rows


def turned(rows: Rows) -> Rows:
    return np.asarray(rows + np.array([0.0, 0.0, 5.0]))


def lost(rows: Rows) -> Rows:
    return rows * np.nan


def missing(rows: Rows) -> Rows:
    raise RuntimeError("not implemented for 'BFloat16'")


@pytest.mark.slow
def test_vectors_are_float32_of_unit_length_and_repeatable(embedder: Embedder) -> None:
    vectors = embedder.embed(["Refund failed", "Loop"])
    assert (str(vectors.dtype), vectors.shape) == ("float32", (2, 384))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)
    # In short numbers, who else is read at the same time changes the fourth digit of the cosine, or the fifth.
    assert embedder.embed(["Loop"])[0] @ vectors[1] == pytest.approx(1, abs=5e-4)


@pytest.mark.slow
def test_short_numbers_give_the_vectors_that_long_ones_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "has_bfloat16", lambda: False)
    long = SentenceEmbedder(BUNDLED)
    monkeypatch.setattr(embed, "has_bfloat16", lambda: True)
    short = SentenceEmbedder(BUNDLED)

    assert (long.dtype, short.dtype) == ("float32", "bfloat16")
    assert (long.embed(TEXTS) * short.embed(TEXTS)).sum(axis=1).min() >= 0.999
    assert not np.array_equal(long.embed(TEXTS), short.embed(TEXTS))


@pytest.mark.parametrize("spoil", [turned, lost, missing])
def test_a_model_that_short_numbers_spoil_calculates_in_long_ones(
    monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Rows], Rows]
) -> None:
    monkeypatch.setattr(embed, "has_bfloat16", lambda: True)
    monkeypatch.setattr(embed, "_load", lambda _name: Spoilt(spoil))
    before = Spoilt.made
    embedder = SentenceEmbedder("spoilt")

    assert (embedder.dtype, Spoilt.made - before) == ("float32", 2)
    assert embedder.embed(["twenty letters of it"])[0] == pytest.approx(np.array([20, 20, 3]) / np.sqrt(809))


def test_a_processor_without_short_numbers_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "has_bfloat16", lambda: False)
    monkeypatch.setattr(embed, "_load", lambda _name: Spoilt(turned))
    before = Spoilt.made
    assert (SentenceEmbedder("spoilt").dtype, Spoilt.made - before) == ("float32", 1)


@pytest.mark.slow
def test_any_other_model_serves_by_its_folder(tmp_path: Path) -> None:
    folder = make_tiny_model(tmp_path / "tiny")
    embedder = SentenceEmbedder(folder)
    vectors = embedder.embed(TEXTS)

    assert (embedder.name, vectors.shape) == (folder, (3, 16))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)


def test_a_model_that_is_not_there_says_so() -> None:
    with pytest.raises(EmbedderBroken, match="cannot be loaded"):
        SentenceEmbedder("/nowhere/at/all")


def test_stored_vectors_come_back_as_they_were() -> None:
    vectors = np.array([[0.6, 0.8], [1, 0]], dtype=np.float32)
    assert from_bytes([to_bytes(row) for row in vectors]).tolist() == vectors.tolist()
    assert from_bytes([]).shape == (0, 0)
