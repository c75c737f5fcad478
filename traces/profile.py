"""What a session did, as a vector: sessions that call the same tools in the same order point the same way."""

import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from traces.records import TOOL, StepFacts

DIMENSIONS = 128
Vectors = npt.NDArray[np.float32]


def profile_of(steps: Sequence[StepFacts]) -> bytes:
    """A unit vector as DIMENSIONS signed bytes: hashed counts of tool names and of which followed which."""
    names = [step.name for step in steps if step.role == TOOL]
    vector = np.zeros(DIMENSIONS)
    for word in [*names, *(" ".join(pair) for pair in pairwise(["", *names, ""]))]:
        number = zlib.crc32(word.encode())
        vector[number % DIMENSIONS] += 1 if number & (1 << 31) else -1
    length = float(np.linalg.norm(vector)) or 1.0
    return (vector / length * 127).round().astype(np.int8).tobytes()


def vectors_of(profiles: Iterable[bytes]) -> Vectors:
    """The profiles as unit vectors, shape (n, DIMENSIONS): their products are cosines."""
    rows = [np.frombuffer(profile, dtype=np.int8) for profile in profiles]
    found = np.array(rows, dtype=np.float32).reshape(-1, DIMENSIONS)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(lengths == 0, 1, lengths), dtype=np.float32)
