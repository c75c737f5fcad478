"""A mechanism that groups texts by their first word, at once: for tests of what is around one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from clustering.engine.embed import Vectors
from clustering.engine.group import measure_background
from clustering.engine.grouping import Grouping
from clustering.engine.links import NONE, Links
from clustering.engine.mechanisms import MECHANISMS


def by_word(texts: Sequence[str], vectors: Vectors, links: Links = NONE) -> Grouping:
    rows_of = defaultdict(list)
    for row, text in enumerate(texts):
        rows_of[text.split()[0]].append(row)
    groups = sorted((tuple(rows) for rows in rows_of.values() if len(rows) > 1), key=lambda rows: (-len(rows), rows))
    return Grouping(
        groups=tuple(groups),
        strengths=np.ones(len(texts), dtype=np.float32),
        threshold=0.3,
        background=measure_background(texts, vectors),
    )


BY_WORD = replace(MECHANISMS["v1"], group=by_word)
