"""Points drawn to their neighbours, so that what lies between two members of one kind parts them less.

The more points there are, the nearer are a point's neighbours and the likelier are they of its kind: among 200 it
hardly moves, from FULL on as far as it can. Stronger drawing among few points, or that of graphs and random walks,
found less (docs/decisions/0014).
"""

import numpy as np

from clustering.engine.embed import Vectors

NEIGHBOURS = 5
FULL = 2000


def draw(points: Vectors) -> Vectors:
    """Each unit row moved towards the mean of its nearest, the nearer the weightier, and made a unit row again.

    All cosines are there at once: for a window of points, not for all.
    """
    count = min(NEIGHBOURS, len(points) - 1)
    if count < 1:
        return points
    near = points @ points.T
    np.fill_diagonal(near, -1)
    nearest = np.argpartition(-near, count - 1, axis=1)[:, :count]
    weights = np.take_along_axis(near, nearest, axis=1).clip(0)
    weights *= strength_of(len(points)) / np.maximum(weights.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    drawn = points + np.einsum("ij,ijk->ik", weights, points[nearest])
    unit: Vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return unit


def strength_of(count: int) -> float:
    """What a point's neighbours weigh against itself where there are so many points: 1 is half of the way to them."""
    return min(1.0, count / FULL)
