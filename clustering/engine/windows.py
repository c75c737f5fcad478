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


def join_nearest(points: Vectors, parts: list[list[int]], left: Rows, joining: float) -> Rows:
    """Adds each left-over to the part of two or more whose mean cosine is highest, from `joining` on.

    Returns those near to none, in their order.
    """
    dense = [part for part in parts if len(part) > 1]
    if not dense or not len(left):
        return left
    means = np.stack([points[part].mean(axis=0) for part in dense])
    far: list[Rows] = []
    for at in range(0, len(left), PIECE):
        piece = left[at : at + PIECE]
        near = points[piece] @ means.T
        best = near.argmax(axis=1)
        joins = near[np.arange(len(piece)), best] >= joining
        for row, place in zip(piece[joins].tolist(), best[joins].tolist(), strict=True):
            dense[place].append(row)
        far.append(piece[~joins])
    return np.concatenate(far)
