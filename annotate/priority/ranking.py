"""The random share of a queue: who belongs to it, and where they stand among the ranked."""

import hashlib
from collections.abc import Sequence


def is_random_member(*, queue_id: int, session_id: int, share: float) -> bool:
    """Whether the session belongs to the queue's random share. The same answer every time, whatever the signals say."""
    return _uniform(f"member:{queue_id}:{session_id}") < share


def random_place(*, queue_id: int, session_id: int, ranked: Sequence[float]) -> float:
    """A work-order value for a member of the random share: that of a uniformly drawn place among `ranked` (ascending).

    So any front part of the queue holds the random share in proportion, and its members in it are a uniform draw too:
    an estimate made from a half-read queue is as honest as one from a finished queue.
    """
    drawn = _uniform(f"place:{queue_id}:{session_id}")
    return ranked[int(drawn * len(ranked))] if ranked else drawn


def _uniform(seed: str) -> float:
    """A number in [0, 1) that only `seed` decides."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") / 2**64
