"""Mechanism v2: average linkage of distinct texts, down to one cosine for all projects but those where all is alike.

Measured on seven families of texts, that one rule found more of the classes than cores, gaps and thresholds read from
the data did (docs/decisions/0014). Nothing depends on the order of arrival: points are sorted by content first, and no
random number is drawn.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from clustering.engine.embed import Vectors
from clustering.engine.group import FEWEST, Background, Grouping, measure_background
from clustering.engine.linkage import link
from clustering.engine.windows import by_content, by_hash, join_nearest

# The mean cosine of two groups that are one. Left out one by one, each of the seven families got 0.50 from the others.
SAME = 0.50
# Where everything is alike, being one asks for this many deviations above the usual.
ABOVE_USUAL = 1.5
# Who is joined unseen by the linkage must be nearer by this many deviations.
SURER = 0.5
WINDOW = 4000


def group(texts: Sequence[str], vectors: Vectors) -> Grouping:
    """Which of these texts say the same thing. `vectors`: one unit row per text. Fewer than FEWEST: no groups."""
    background = measure_background(texts, vectors)
    threshold = threshold_of(background)
    if len(texts) < FEWEST:
        return Grouping((), threshold, background)
    rows_of = by_content(texts)
    points = vectors[[rows[0] for rows in rows_of.values()]]
    joining = threshold + SURER * background.deviation
    parts = _link(points, threshold) if len(points) <= WINDOW else _grow(list(rows_of), points, threshold, joining)
    members = list(rows_of.values())
    groups = [tuple(sorted(row for point in part for row in members[point])) for part in parts]
    kept = [(rows, min(texts[row] for row in rows)) for rows in groups if len(rows) > 1]
    found = tuple(rows for rows, _ in sorted(kept, key=lambda pair: (-len(pair[0]), pair[1])))
    return Grouping(found, threshold, background)


def threshold_of(background: Background) -> float:
    """The mean cosine above which two groups are one."""
    return max(SAME, background.mean + ABOVE_USUAL * background.deviation)


def _link(points: Vectors, threshold: float) -> list[list[int]]:
    """Average linkage down to `threshold`; all points, those alone too."""
    if len(points) == 1:
        return [[0]]
    rows = points.astype(np.float64)
    distances: NDArray[np.float64] = np.maximum(1 - rows @ rows.T, 0)
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), method="average")
    return _parts(fcluster(tree, 1 - threshold, criterion="distance"))


def _parts(labels: NDArray[np.int64]) -> list[list[int]]:
    order = np.argsort(labels, kind="stable")
    return [part.tolist() for part in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)]


def _grow(texts: Sequence[str], points: Vectors, threshold: float, joining: float) -> list[list[int]]:
    """A window by hash of content, whoever is near its groups, a window of the rest; at last one linkage over all."""
    left = by_hash(texts)
    grown: list[list[int]] = []
    while len(left):
        window, left = np.sort(left[:WINDOW]), left[WINDOW:]
        parts = [window[part].tolist() for part in _link(points[window], threshold)]
        left = join_nearest(points, parts, left, joining)
        grown += parts
    whole = link(points.astype(np.float64), np.ones(len(points)), grown, threshold)
    return [part.points() for part in whole]
