"""An embedder that needs no model: texts that share words are near."""

import zlib
from collections.abc import Sequence

import numpy as np

from clustering.engine.embed import EmbedderBroken, Vectors

DIMENSIONS = 512


class WordEmbedder:
    """Counts words into hashed places; deterministic and fast."""

    name = "words"

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.full((len(texts), DIMENSIONS), 1e-6, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(word.encode()) % DIMENSIONS] += 1
        normed: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return normed


class BrokenEmbedder:
    """A model that does not answer."""

    name = "broken"

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise EmbedderBroken("The embedding model is out of order.")
