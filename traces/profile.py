"""What a session did, as a vector: sessions of the same errand that call the same tools in the same order are near.

Three parts lie side by side, each a hashed bag of words of length 1: which tools were called and which of them failed,
which call followed which, and what the first user message is about. The cosine of two profiles is so a weighted mean of
how alike their tools, their order and their errands are.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from traces.answers import complaint
from traces.records import TOOL, USER, StepFacts

# The first byte of a stored profile. Whoever changes what a profile is made of raises it: only equal ones compare.
VERSION = 2
PARTS: Mapping[str, tuple[int, float]] = {"tools": (64, 0.5), "order": (64, 0.3), "errand": (64, 0.2)}
DIMENSIONS = sum(size for size, _ in PARTS.values())
Vectors = npt.NDArray[np.float32]
# Words so short are glue; numbers are this customer's, not the errand's. Only the beginning is read.
WORD = re.compile(r"[^\W\d_]{4,}")
READ_UP_TO = 2_000
NO_TOOL = "no tool"


def profile_of(steps: Sequence[StepFacts]) -> bytes:
    """VERSION, then a unit vector as DIMENSIONS signed bytes."""
    calls = [step for step in steps if step.role == TOOL]
    names = [step.name for step in calls]
    failed = [f"{step.name} failed" for step in calls if step.is_error or complaint(step.result)]
    bags = {
        "tools": Counter([*names, *failed] or [NO_TOOL]),
        "order": Counter(" ".join(pair) for pair in pairwise(["", *names, ""])),
        "errand": Counter(set(WORD.findall(_first_words(steps)))),
    }
    parts = [_hashed(part, bags[part], size) * weight**0.5 for part, (size, weight) in PARTS.items()]
    return bytes([VERSION]) + (_unit(np.concatenate(parts)) * 127).round().astype(np.int8).tobytes()


def vectors_of(profiles: Iterable[bytes | memoryview | None]) -> Vectors:
    """The profiles as unit vectors, shape (n, DIMENSIONS): their products are cosines.

    A session without a profile, or with one of another version, is like nothing: all zeros.
    """
    found = [bytes(profile or b"") for profile in profiles]
    rows = np.zeros((len(found), DIMENSIONS), dtype=np.float32)
    for place, profile in enumerate(found):
        if is_current(profile):
            rows[place] = np.frombuffer(profile, dtype=np.int8, offset=1)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths == 0, 1, lengths), dtype=np.float32)


def is_current(profile: bytes | memoryview | None) -> bool:
    """Whether this version made the profile."""
    return profile is not None and len(profile) == 1 + DIMENSIONS and bytes(profile[:1]) == bytes([VERSION])


def _first_words(steps: Iterable[StepFacts]) -> str:
    return next((step.text[:READ_UP_TO].lower() for step in steps if step.role == USER and step.text.strip()), "")


def _hashed(part: str, bag: Mapping[str, int], size: int) -> npt.NDArray[np.float64]:
    """A bag of words as a vector of length 1 (or 0). The tenth call of a tool says less than the second."""
    vector = np.zeros(size)
    for word, count in bag.items():
        number = zlib.crc32(f"{part} {word}".encode())
        vector[number % size] += count**0.5 * (1 if number & (1 << 31) else -1)
    return _unit(vector)


def _unit(vector: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return vector / (float(np.linalg.norm(vector)) or 1.0)
