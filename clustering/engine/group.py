"""Mechanism v1: dense cores by HDBSCAN, grown by average linkage down to a threshold read from the data itself.

HDBSCAN finds dense cores well and judges badly where a group ends; how alike two notes must be depends on how alike
*everything* here is, and two groups with a gap between them stay apart all the same. Nothing depends on the order of
arrival: points are sorted by content first, and no random number is drawn.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clustering.engine.embed import Vectors
from clustering.engine.linkage import Matrix, cohesion, link, split

FEWEST = 5
SAMPLE = 2000
# What the study of four text sets found as the usual background of short notes under all-MiniLM-L6-v2.
PRIOR_MEAN, PRIOR_DEVIATION, PRIOR_WEIGHT = 0.12, 0.12, 30
LOWEST, HIGHEST = 0.25, 0.60
LOOSE_CORE = 0.5
RAW_UP_TO = 1500
DIMENSIONS = 50
WINDOW = 4000


@dataclass(frozen=True)
class Background:
    """How alike any two texts of a project are: mean and deviation of their cosine, over `size` distinct texts."""

    mean: float
    deviation: float
    size: int

    def threshold(self, extra: float = 0.0) -> float:
        """The cosine above which two things belong together; `extra` deviations more for a stricter one."""
        new = float(np.clip(1.75 + 0.65 * np.log10(max(self.size, 1) / 500), 1.75, 3.0))
        return float(np.clip(self.mean + (new + extra) * self.deviation, LOWEST, HIGHEST))


@dataclass(frozen=True)
class Grouping:
    """`groups` hold indices into the input, each of two or more, largest first; what is in none stays alone."""

    groups: tuple[tuple[int, ...], ...]
    threshold: float
    background: Background


def measure_background(texts: Sequence[str], vectors: Vectors) -> Background:
    """The background of these texts, exact repeats counted once, shrunk towards the prior where there are few."""
    distinct = sorted({text: row for row, text in enumerate(texts)}.items(), key=lambda pair: _hash(pair[0]))[:SAMPLE]
    count = len(distinct)
    if count < 2:  # noqa: PLR2004  # a pair needs two
        return Background(PRIOR_MEAN, PRIOR_DEVIATION, count)
    rows = vectors[[row for _, row in distinct]].astype(np.float64)
    cosines = (rows @ rows.T)[np.triu_indices(count, k=1)]
    weight = count / (count + PRIOR_WEIGHT)
    return Background(
        mean=float(weight * cosines.mean() + (1 - weight) * PRIOR_MEAN),
        deviation=float(weight * cosines.std() + (1 - weight) * PRIOR_DEVIATION),
        size=count,
    )


def group(texts: Sequence[str], vectors: Vectors) -> Grouping:
    """Which of these texts say the same thing. `vectors`: one unit row per text. Fewer than FEWEST: no groups."""
    background = measure_background(texts, vectors)
    threshold = background.threshold()
    if len(texts) < FEWEST:
        return Grouping((), threshold, background)
    members = _by_content(texts)
    points = vectors[[rows[0] for rows in members]].astype(np.float64)
    weights = np.array([len(rows) for rows in members], dtype=np.float64)
    found = _grow(points, weights, threshold, background.threshold(0.5), [_hash(texts[rows[0]]) for rows in members])
    groups = [tuple(sorted(index for point in part for index in members[point])) for part in found]
    kept = [(rows, min(texts[row] for row in rows)) for rows in groups if len(rows) > 1]
    return Grouping(
        tuple(rows for rows, _ in sorted(kept, key=lambda pair: (-len(pair[0]), pair[1]))), threshold, background
    )


def _by_content(texts: Sequence[str]) -> list[list[int]]:
    """Rows of equal text together, sorted by text: the order in which they came is gone from here on."""
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        rows_of[text].append(row)
    return [rows_of[text] for text in sorted(rows_of)]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _grow(points: Matrix, weights: Matrix, threshold: float, joining: float, hashes: Sequence[str]) -> list[list[int]]:
    """Groups of all points. More than a window's worth: windows by hash of content, then one merge over all groups."""
    if len(points) <= WINDOW:
        return _link_cores(points, weights, threshold)
    left = sorted(range(len(points)), key=lambda point: hashes[point])
    grown: list[list[int]] = []
    while left:
        window, left = sorted(left[:WINDOW]), left[WINDOW:]
        parts = _link_cores(points[window], weights[window], threshold)
        fresh = [[window[index] for index in part] for part in parts]
        left = _join_nearest(points, fresh, left, joining)
        grown += fresh
    return split(points, weights, link(points, weights, grown, threshold))


def _link_cores(points: Matrix, weights: Matrix, threshold: float) -> list[list[int]]:
    return split(points, weights, link(points, weights, find_cores(points), threshold))


def _join_nearest(points: Matrix, parts: list[list[int]], left: list[int], joining: float) -> list[int]:
    """Adds each left-over to the nearest part of two or more at `joining`; returns those near to none."""
    dense = [part for part in parts if len(part) > 1]
    if not dense or not left:
        return left
    means = np.stack([points[part].mean(axis=0) for part in dense])
    near = points[left] @ means.T
    best = near.argmax(axis=1)
    far = []
    for row, point in enumerate(left):
        if near[row, best[row]] >= joining:
            dense[best[row]].append(point)
        else:
            far.append(point)
    return far


def find_cores(points: Matrix) -> list[list[int]]:
    """The dense cores among distinct points, each of at least two; loose ones are dissolved."""
    if len(points) < 3:  # noqa: PLR2004  # HDBSCAN needs more points than neighbours
        return []
    # Web processes import this module by way of the tasks; only the one that groups pays for these.
    from hdbscan import HDBSCAN  # noqa: PLC0415  # as said above
    from sklearn.decomposition import PCA  # noqa: PLC0415  # as said above

    raw = len(points) < RAW_UP_TO
    # The exact spanning tree of HDBSCAN's generic way is 7 times faster on small sets in 384 dimensions.
    space = points if raw else PCA(n_components=DIMENSIONS, svd_solver="full").fit_transform(points)
    labels = (
        HDBSCAN(
            min_cluster_size=2,
            min_samples=1,
            cluster_selection_method="leaf",
            algorithm="generic" if raw else "boruvka_kdtree",
            core_dist_n_jobs=1,
        )
        .fit(space)
        .labels_
    )
    cores = [np.flatnonzero(labels == label).tolist() for label in range(int(labels.max(initial=-1)) + 1)]
    return [core for core in cores if cohesion(points[core]) >= LOOSE_CORE]
