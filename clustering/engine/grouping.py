"""What a mechanism of grouping answers with, whichever it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clustering.engine.group import Background


@dataclass(frozen=True, eq=False)
class Grouping:
    """`groups` hold row numbers, each of two or more, largest first, ties by content; what is in none stays alone.

    `strengths`: per row 0 to 1, how surely it belongs to its group and to no other; 0 for a row in none.
    `threshold`: the mean cosine above which two groups were one.
    """

    groups: tuple[tuple[int, ...], ...]
    strengths: NDArray[np.float32]
    threshold: float
    background: Background
