"""Mechanism v2: average linkage of distinct texts, down to one cosine for all projects but those where all is alike.

Measured on seven families of texts, that one rule found more of the classes than cores, gaps and thresholds read from
the data did (docs/decisions/0014). Points are drawn to their neighbours first, which with a thousand and more of them
finds more, and leaves fewer alone. Nothing depends on the order of arrival: points are sorted by content, and chance
has no part.
"""

from collections.abc import Sequence

import numpy as np

from clustering.engine.drawing import draw, strength_of
from clustering.engine.embed import Vectors
from clustering.engine.group import FEWEST, Background, Grouping, measure_background
from clustering.engine.linked import rows_by
from clustering.engine.merging import merge
from clustering.engine.windows import Rows, by_content, by_hash, join_nearest, means_of

# The mean cosine of two groups that are one. Left out one by one, each of the seven families got 0.50 from the others.
SAME = 0.50
# Drawn to their neighbours all are more alike: by this much where they are drawn as far as they can be.
DRAWN = 0.10
# Where everything is alike, being one asks for this many deviations above the usual.
ABOVE_USUAL = 1.5
# Who is joined unseen by the linkage must be nearer by this many deviations.
SURER = 0.5
# Who was left alone joins the group whose mean cosine is so much below what two groups ask for.
LONELY = 0.1
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
    distinct = list(rows_of)
    small = len(points) <= WINDOW
    parts = _link_drawn(distinct, points) if small else _grow(distinct, points, threshold, joining)
    members = list(rows_of.values())
    groups = [tuple(sorted(row for point in part.tolist() for row in members[point])) for part in parts]
    kept = [(rows, min(texts[row] for row in rows)) for rows in groups if len(rows) > 1]
    found = tuple(rows for rows, _ in sorted(kept, key=lambda pair: (-len(pair[0]), pair[1])))
    return Grouping(found, threshold, background)


def threshold_of(background: Background, drawn: float = 0.0) -> float:
    """The mean cosine above which two groups are one, of points `drawn` so far to their neighbours."""
    return max(SAME + DRAWN * drawn, background.mean + ABOVE_USUAL * background.deviation)


def _link(points: Vectors, threshold: float) -> list[Rows]:
    """Average linkage down to `threshold`; all points, those alone too."""
    return rows_by(merge(points, np.ones(len(points), dtype=np.int64), threshold))


def _link_drawn(texts: Sequence[str], points: Vectors) -> list[Rows]:
    """The same of points drawn to their neighbours. Of a window's worth: of more it costs more than it finds."""
    drawn = draw(points)
    threshold = threshold_of(measure_background(texts, drawn), drawn=strength_of(len(points)))
    parts = _link(drawn, threshold)
    alone = np.array([part[0] for part in parts if len(part) == 1], dtype=np.int64)
    parts, left = join_nearest(drawn, [part for part in parts if len(part) > 1], alone, threshold - LONELY)
    return [*parts, *left[:, None]]


def _grow(texts: Sequence[str], points: Vectors, threshold: float, joining: float) -> list[Rows]:
    """A window by hash of content; whoever is near its groups joins them, the rest goes into windows of neighbours.

    At last one linkage over all groups and all who are in none.
    """
    order = by_hash(texts)
    window = np.sort(order[:WINDOW])
    parts = [window[part] for part in _link(points[window], threshold)]
    parts, left = join_nearest(points, parts, order[WINDOW:], joining)
    for at in range(0, len(left), WINDOW):
        window = np.sort(left[at : at + WINDOW])
        parts += [window[part] for part in _link(points[window], threshold)]
    whole = merge(means_of(points, parts), np.array([len(part) for part in parts]), threshold)
    return [np.concatenate([parts[place] for place in places]) for places in rows_by(whole)]
