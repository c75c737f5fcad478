"""A picture of all failures: each a point in the plane, what says the same close together.

Only nearness means something: neither the axes nor the distance between two far groups do. t-SNE lays out a sample, a
few thousand at most; each of the others goes where its nearest of the sample lie. Nothing depends on the order of
arrival: contents are sorted by their hash, and what chance there is follows from it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clustering.engine.embed import Vectors

VERSION = 1
FEWEST = 5
SAMPLE = 3000
DIMENSIONS = 50
PERPLEXITY = 15.0  # about as many neighbours count: failure modes are often small
STEPS = 750
# Below this, t-SNE has too few neighbours to speak of: the two main directions say as much.
FEWEST_FOR_NEIGHBOURS = 10
NEIGHBOURS = 3
SHARPNESS = 20.0  # how much more the nearest of the sample counts than the next: e to the difference of cosines
AT_ONCE = 4096
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
Matrix = NDArray[np.float64]


def lay_out(contents: Sequence[str], vectors: Vectors) -> Vectors:
    """A place for each row: float32 of shape (n, 2), within -1 and 1. `vectors`: one unit row per content.

    Rows of the same content lie around one place, in their order.
    """
    if not contents:
        return np.zeros((0, 2), dtype=np.float32)
    rows_of = _by_content(contents)
    order = sorted(rows_of, key=_hash)
    places = _fit(_lay_out_distinct([_hash(content) for content in order], vectors[[rows_of[one][0] for one in order]]))
    spacing = _spacing(places)
    found = np.zeros((len(contents), 2))
    for place, content in zip(places, order, strict=True):
        rows = rows_of[content]
        found[rows] = place + spacing * _sunflower(len(rows))
    return _fit(found).astype(np.float32)


def _by_content(contents: Sequence[str]) -> dict[str, list[int]]:
    rows_of: defaultdict[str, list[int]] = defaultdict(list)
    for row, content in enumerate(contents):
        rows_of[content].append(row)
    return dict(rows_of)


def _hash(content: str) -> str:
    return hashlib.sha256(content.encode(errors="replace")).hexdigest()


def _lay_out_distinct(hashes: Sequence[str], vectors: Vectors) -> Matrix:
    """Places of distinct contents, sorted by their hashes: those of the first few thousand, then of all others."""
    # Web processes import this module by way of the tasks; only the one that draws pays for these.
    from sklearn.decomposition import PCA  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415  # it has no types

    sample = vectors[:SAMPLE]
    if not np.ptp(sample, axis=0).any():  # nothing to tell them apart by, as where there is but one
        return _sunflower(len(vectors))
    # More threads add up in another order: the last digits differ, and the picture after many steps.
    with threadpool_limits(1):
        narrow = PCA(n_components=min(DIMENSIONS, *sample.shape), svd_solver="full").fit(sample)
        known = narrow.transform(sample)
        places = _lay_out_sample(known)
        blocks = [vectors[start : start + AT_ONCE] for start in range(SAMPLE, len(vectors), AT_ONCE)]
        others = [_place_beside(narrow.transform(block), known, places) for block in blocks]
    scattered = np.concatenate([places, *others])
    scattered[SAMPLE:] += _spacing(places) * _scatter(hashes[SAMPLE:])
    return scattered


def _lay_out_sample(points: Vectors) -> Matrix:
    from sklearn.manifold import TSNE  # noqa: PLC0415

    if len(points) < FEWEST_FOR_NEIGHBOURS:
        flat = np.zeros((len(points), 2))
        flat[:, : points.shape[1]] = points[:, :2]
        return flat
    perplexity = min(PERPLEXITY, (len(points) - 1) / 3)
    found: Matrix = TSNE(init="pca", perplexity=perplexity, max_iter=STEPS, random_state=0).fit_transform(points)
    return found.astype(np.float64)


def _place_beside(points: Vectors, known: Vectors, places: Matrix) -> Matrix:
    """Each between its nearest of the known ones, by far the closest to the very nearest."""
    cosines = _unit(points) @ _unit(known).T
    nearest = np.argpartition(-cosines, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    near = np.take_along_axis(cosines, nearest, axis=1)
    weights = np.exp(SHARPNESS * (near - near.max(axis=1, keepdims=True)))
    weights /= weights.sum(axis=1, keepdims=True)
    between: Matrix = np.einsum("ij,ijk->ik", weights, places[nearest])
    return between


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = rows / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit


def _scatter(hashes: Sequence[str]) -> Matrix:
    """A step aside of at most 1 for each, by its hash: what lies between the same three would else be one point."""
    if not hashes:
        return np.zeros((0, 2))
    drawn = np.array([[int(each[:8], 16), int(each[8:16], 16)] for each in hashes]) / 2**32
    return _on_circles(np.sqrt(drawn[:, 0]), 2 * np.pi * drawn[:, 1])


def _sunflower(count: int) -> Matrix:
    """As many places around the origin, evenly, the first in the middle: half a step from each to the next."""
    ranks = np.arange(count)
    return 0.5 * _on_circles(np.sqrt(ranks), GOLDEN_ANGLE * ranks)


def _on_circles(radii: Matrix, angles: Matrix) -> Matrix:
    return np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])


def _spacing(places: Matrix) -> float:
    """How far a point usually is from the next one, over at most some thousand of them."""
    from scipy.spatial import KDTree  # noqa: PLC0415

    some = np.unique(places[:SAMPLE], axis=0)
    if len(some) < 2:  # noqa: PLR2004  # a distance needs two
        return 1.0
    return float(np.median(KDTree(some).query(some, k=2)[0][:, 1]))


def _fit(places: Matrix) -> Matrix:
    """The same in the middle of -1 to 1, as large as it can be without distorting it."""
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    extent = float(np.abs(places - middle).max())
    fitted: Matrix = (places - middle) / (extent or 1.0)
    return fitted
