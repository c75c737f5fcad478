"""The random sample of a queue: a property of sessions that nothing they did can change.

Every session has a draw, uniform in [0, 1), made when it came (`AgentSession.draw`). A queue counts from an origin of
its own, so that queues do not all draw the same sessions: a session's place in the queue is how far its draw lies
above the origin, around the circle. `Queue.drawn_below` (τ) only grows, and **a session of the queue's filter is in its
random sample if and only if its place is below τ**, whether or not it is an item of the queue yet, and however it came
into it. The chance of any session of the filter to be in the sample is τ. The sample is read in the order of places, so
that what has been read of it at any time is a uniform draw too.

Whether a draw is in the sample is decided by `spans_of` alone, in Python (`in_sample`) and in SQL
(`annotate.queries.sample.sampled`): by comparing the same numbers, so that no rounding makes the two differ.
"""

import hashlib

# Origins and τ are whole multiples of 2⁻³⁰: they can be added without rounding, and one session in a billion is moved.
GRAIN = 2**-30
Span = tuple[float, float]


def origin_of(queue_id: int) -> float:
    """Where on the circle of draws the queue begins: in [0, 1), and for no two queues the same by design."""
    digest = hashlib.sha256(f"origin:{queue_id}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 34) * GRAIN


def place_of(queue_id: int, draw: float) -> float:
    """How far the draw lies above the queue's origin, around the circle, in [0, 1): its place in the reading order."""
    above = draw - origin_of(queue_id)
    return above if above >= 0 else above + 1


def spans_of(queue_id: int, below: float) -> tuple[Span, ...]:
    """The half-open spans of draws whose place is below τ = `below`: none, one, or two where they pass 1."""
    if below <= 0:
        return ()
    low = origin_of(queue_id)
    high = low + min(below, 1.0)
    return ((low, high),) if high <= 1 else ((low, 1.0), (0.0, high - 1))


def in_sample(queue_id: int, below: float, draw: float) -> bool:
    """Whether a session with this draw, if it matches the queue's filter, is in its random sample (τ = `below`)."""
    return any(low <= draw < high for low, high in spans_of(queue_id, below))


def grown(below: float, least: float) -> float:
    """The next τ: at least `least`, never below what it was, never above 1, and a multiple of GRAIN."""
    units = -(-least // GRAIN)
    return min(1.0, max(below, units * GRAIN))


def just_above(place: float) -> float:
    """The smallest τ of which this place is below."""
    return min(1.0, (place // GRAIN + 1) * GRAIN)
