"""Unit vectors for tests of the engine."""

import numpy as np

from clustering.engine.embed import Vectors


def unit(*rows: list[float]) -> Vectors:
    vectors = np.array(rows, dtype=np.float32)
    normed: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return normed


def clouds(sizes: list[int], seed: int = 7) -> tuple[list[str], Vectors]:
    """Made-up texts in well separated directions, and the mode in each text's first word."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(len(sizes), 64))
    texts, rows = [], []
    for mode, size in enumerate(sizes):
        for number in range(size):
            texts.append(f"mode{mode} {number}")
            rows.append(centres[mode] + 0.5 * generator.normal(size=64))
    return texts, unit(*rows)


def shuffled(count: int, seed: int) -> list[int]:
    return [int(index) for index in np.random.default_rng(seed).permutation(count)]
