"""Many points, a window of them at a time: who comes first, and who joins what the window found."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clustering.engine.embed import Vectors

Rows = NDArray[np.int64]
# How many points are compared with all groups at once: what keeps memory from growing with their number.
PIECE = 8192


def by_content(texts: Sequence[str]) -> dict[str, list[int]]:
    """The rows of each text, sorted by text: the order in which they came is gone from here on."""
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        rows_of[text].append(row)
    return {text: rows_of[text] for text in sorted(rows_of)}


def by_hash(texts: Sequence[str]) -> Rows:
    """The rows in an order that says nothing of what they are about, the same for the same texts."""
    hashes = [hashlib.sha256(text.encode(errors="replace")).digest() for text in texts]
    return np.array(sorted(range(len(texts)), key=hashes.__getitem__), dtype=np.int64)


def join_nearest(points: Vectors, parts: Sequence[Rows], left: Rows, joining: float) -> tuple[list[Rows], Rows]:
    """Each left-over joins the part of two or more whose mean cosine is highest, from `joining` on.

    Returns the parts, and those near to none: beside each other if the same part is the nearest to them.
    """
    alone = [part for part in parts if len(part) == 1]
    dense = [part for part in parts if len(part) > 1]
    if not dense:
        return alone, left
    nearest, near = _nearest(points, left, means_of(points, dense))
    joins = near >= joining
    joined = [np.concatenate([part, left[joins & (nearest == place)]]) for place, part in enumerate(dense)]
    return [*joined, *alone], left[~joins][np.argsort(nearest[~joins], kind="stable")]


def means_of(points: Vectors, parts: Sequence[Rows]) -> Vectors:
    """The mean vector of each part."""
    means = points[[part[0] for part in parts]]
    for place, part in enumerate(parts):
        if len(part) > 1:
            means[place] = points[part].mean(axis=0, dtype=np.float64)
    return means


def _nearest(points: Vectors, rows: Rows, means: Vectors) -> tuple[Rows, NDArray[np.float32]]:
    """Per row the nearest mean, and its cosine."""
    nearest, near = np.empty(len(rows), dtype=np.int64), np.empty(len(rows), dtype=np.float32)
    for at in range(0, len(rows), PIECE):
        piece = slice(at, at + PIECE)
        cosines = points[rows[piece]] @ means.T
        nearest[piece] = cosines.argmax(axis=1)
        near[piece] = cosines.max(axis=1)
    return nearest, near
