"""What nobody has reviewed the like of: the pure part of the signal `novel`."""

from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from annotate.priority.worth import Matrix, Vector
from traces.records import Found

NOVEL = "novel"
VERSION = 2
# Before so many reviewed sessions, everything would be novel.
REVIEWED_NEEDED = 20
# A cosine of profiles, to the nearest reviewed session, below which a session is novel.
FAR = 0.5
MOST_NAMED = 4
Pair = tuple[str, str]


def nearest(profiles: Matrix, reviewed: Matrix) -> Vector:
    """The cosine of each profile to the reviewed one that is nearest, shape (n,)."""
    return np.asarray((profiles @ reviewed.T).max(axis=1), dtype=np.float64)


def are_far(profiles: Matrix, reviewed: Matrix) -> npt.NDArray[np.bool_]:
    """Which sessions are far from everything reviewed; none while too little is. A session without a profile is not."""
    if len(reviewed) < REVIEWED_NEEDED:
        return np.zeros(len(profiles), dtype=bool)
    return np.asarray((nearest(profiles, reviewed) < FAR) & profiles.any(axis=1))


def found(calls: Sequence[str], known: Collection[Sequence[str]]) -> Found:
    """The signal of a session that made these calls, in order, when the reviewed ones made those of `known`."""
    return Found(NOVEL, "", 0.8, _sentence(calls, known))


def _sentence(calls: Sequence[str], known: Collection[Sequence[str]]) -> str:
    tools = {name for others in known for name in others}
    fresh = [name for name in dict.fromkeys(calls) if name not in tools]
    if fresh:
        return f"It calls {_listed(fresh)}, which no reviewed session did."
    run = _fresh_run(calls, {pair for others in known for pair in pairwise(others)})
    if run:
        return f"It calls {' → '.join(f'“{name}”' for name in run[:MOST_NAMED])}, which no reviewed session did."
    return "What was asked and done here is unlike every session that was reviewed."


def _listed(names: Sequence[str]) -> str:
    told = [f"“{name}”" for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        return f"{', '.join(told)} and {len(names) - MOST_NAMED} more"
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _fresh_run(calls: Sequence[str], known: Collection[Pair]) -> list[str]:
    """The first stretch of calls none of whose steps from one to the next was seen before."""
    run: list[str] = []
    for one, other in pairwise(calls):
        if (one, other) not in known:
            run = [*run, other] if run else [one, other]
        elif run:
            break
    return run
