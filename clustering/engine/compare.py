"""What is compared of a failure: the vector of its text, and beside it the failure type that a person gave."""

from collections.abc import Sequence

import numpy as np

from clustering.engine.embed import Vectors

# A person's type counts a quarter of what the words count: it draws together and apart, and forces neither.
TYPE_WEIGHT = 0.5


def join_types(vectors: Vectors, types: Sequence[str], known: Sequence[str]) -> Vectors:
    """Unit rows of text as unit rows of text and type. `types`: one per row, "" for none, else one of `known`.

    Rows that meet must be made with the same `known`. A cosine c becomes (c + ¼)/1¼ where the types are equal, c/1¼
    where they differ, and stays between the two where one is missing.
    """
    if not len(vectors):
        return vectors
    place = {name: column for column, name in enumerate(known)}
    block = np.zeros((len(vectors), len(known)), dtype=np.float32)
    for row, name in enumerate(types):
        if name:
            block[row, place[name]] = TYPE_WEIGHT
    joined = np.hstack([vectors, block])
    unit: Vectors = (joined / np.linalg.norm(joined, axis=1, keepdims=True)).astype(np.float32)
    return unit
