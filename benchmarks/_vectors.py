"""Texts to vectors, each distinct one once, and what that took; kept in a folder for the next time."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clustering.engine.embed import BUNDLED, Embedder, Vectors, get_embedder

WARM_UP = ["The model is loaded and has read one text before the clock runs."]


@dataclass(frozen=True)
class Embedded:
    """One unit row per text; wall and CPU seconds, None where they were read from a file."""

    vectors: Vectors
    seconds: float | None = None
    cpu: float | None = None
    model: str = "given"
    dtype: str = "float32"


def vectors_of(texts: Sequence[str], cache: Path | None = None) -> Embedded:
    """By the product's own model, in its own way. `cache`: a folder where they are looked for first, and kept."""
    file = cache / f"{_digest(texts)}.npy" if cache else None
    if file and file.exists():
        return Embedded(np.load(file), model=BUNDLED)
    embedded = embed(texts, get_embedder())
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, embedded.vectors)
    return embedded


def embed(texts: Sequence[str], embedder: Embedder) -> Embedded:
    """The clock runs once the model is there."""
    embedder.embed(WARM_UP)
    places: dict[str, int] = {}
    rows = [places.setdefault(text, len(places)) for text in texts]
    began, cpu = time.perf_counter(), time.process_time()
    distinct = embedder.embed(list(places)) if places else np.zeros((0, 1), dtype=np.float32)
    return Embedded(
        vectors=distinct[rows],
        seconds=time.perf_counter() - began,
        cpu=time.process_time() - cpu,
        model=embedder.name,
        dtype=str(getattr(embedder, "dtype", "float32")),
    )


def _digest(texts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(texts)).encode()).hexdigest()[:32]
