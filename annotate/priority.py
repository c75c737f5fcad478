"""How likely a session is to have gone wrong, and why, in words. Plain values in, plain values out.

A logistic model over signal strengths. Until reviews teach it, its weights are set by hand:

    logit p = BIAS + sum over kinds of WEIGHTS[kind] × strength (the strongest signal of each kind)

`BIAS` is the log-odds of failure of a session in which nothing fired (5 %). A weight is what a signal of full
strength adds to the log-odds: 1 roughly triples the odds of failure, 3 takes 5 % to about 50 %. Signals of what the
user was *told* weigh most, because those failures do harm unseen; statistical outliers weigh least, because most are
merely long.

Whoever changes a weight raises `VERSION`: stored priorities say which version made them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log

VERSION = 1
BIAS = log(0.05 / 0.95)
WEIGHTS = {
    "claimed_not_done": 3.2,
    "hidden_tool_error": 3.0,
    "negative_feedback": 3.0,
    "like_issue": 2.6,
    "exposed_data": 2.6,
    "unfinished": 2.2,
    "tool_loop": 2.2,
    "frustration": 2.2,
    "repeated_request": 2.0,
    "forgot": 2.0,
    "invalid_call": 1.6,
    "repeated_answer": 1.6,
    "empty_result_assumed": 1.6,
    "abandoned": 1.4,
    "low_score": 1.4,
    "escalated": 1.2,
    "manual_rescue": 1.2,
    "evaluator_disagrees": 1.2,
    "tool_error": 1.0,
    "context_pressure": 1.0,
    "refused": 1.0,
    "novel": 0.8,
    "retry": 0.6,
    "outlier_cost": 0.6,
    "outlier_latency": 0.5,
    "outlier_tokens": 0.5,
    "outlier_steps": 0.8,
    "outlier_tool_calls": 0.8,
}
WEIGHT_OF_UNKNOWN = 1.0
WEIGHT_OF_ERROR_STATUS = 1.2
MOST_REASONS = 4
NOTHING_FIRED = "no signal fired"
RANDOM_SAMPLE = "random sample"
ERROR_STATUS = "the session ended in an error"


@dataclass(frozen=True)
class Evidence:
    """One signal: its kind, its strength 0..1, and the sentence that a domain expert reads."""

    kind: str
    strength: float
    sentence: str


@dataclass(frozen=True)
class Facts:
    """What the session says of itself."""

    ended_in_error: bool = False


@dataclass(frozen=True)
class Priority:
    """Probability of failure 0..1 and its reasons, strongest first."""

    value: float
    reasons: list[str]


def prioritise(signals: Iterable[Evidence], facts: Facts) -> Priority:
    """The priority of one session. Signals of one kind count once, by the strongest of them."""
    parts = [(weight_of(signal.kind) * signal.strength, signal.sentence) for signal in _strongest(signals)]
    if facts.ended_in_error:
        parts.append((WEIGHT_OF_ERROR_STATUS, ERROR_STATUS))
    # Equal contributions stand in the order of their words, so that two runs never differ.
    parts.sort(key=lambda part: (-part[0], part[1]))
    logit = BIAS + sum(contribution for contribution, _ in parts)
    reasons = [sentence.strip().removesuffix(".") for contribution, sentence in parts if contribution > 0]
    return Priority(value=1 / (1 + exp(-logit)), reasons=reasons[:MOST_REASONS] or [NOTHING_FIRED])


def weight_of(kind: str) -> float:
    """What a signal of full strength adds to the log-odds of failure."""
    return WEIGHTS.get(kind, WEIGHT_OF_UNKNOWN)


def _strongest(signals: Iterable[Evidence]) -> list[Evidence]:
    best: dict[str, Evidence] = {}
    for signal in signals:
        if signal.kind not in best or signal.strength > best[signal.kind].strength:
            best[signal.kind] = signal
    return list(best.values())


# --- the random stratum -------------------------------------------------------------------------


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
