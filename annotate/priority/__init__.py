"""How likely a session is to have gone wrong, and why, in words. Plain values in, plain values out.

A logistic model over signal strengths and a few facts, whose prior (`prior.py`) stands in for reviews until there are
some, and which `fit` teaches from them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotate.priority.features import Evidence, Facts, features, strongest
from annotate.priority.model import Model, contributions, learned, probability
from annotate.priority.prior import IN_WORDS, PRIOR, PRIOR_VERSION
from annotate.priority.ranking import is_random_member, random_place

__all__ = [
    "NOTHING_FIRED",
    "PRIOR",
    "PRIOR_VERSION",
    "RANDOM_SAMPLE",
    "Evidence",
    "Facts",
    "Model",
    "Priority",
    "features",
    "fit",
    "is_random_member",
    "prioritise",
    "probability",
    "random_place",
    "reasons",
]

MOST_REASONS = 4
NOTHING_FIRED = "no signal fired"
RANDOM_SAMPLE = "random sample"


@dataclass(frozen=True)
class Priority:
    """Probability of failure 0..1 and its reasons, strongest first."""

    value: float
    reasons: list[str]


def prioritise(signals: Iterable[Evidence], facts: Facts, model: Model = PRIOR) -> Priority:
    """The priority of one session."""
    signals = list(signals)
    found = features(signals, facts)
    return Priority(value=probability(model, found), reasons=reasons(model, found, signals))


def fit(rows: Sequence[Mapping[str, float]], failed: Sequence[bool]) -> Model:
    """The prior after these reviews: the features of each, and whether it was a failure."""
    return learned(PRIOR, rows, failed)


def reasons(model: Model, features: Mapping[str, float], signals: Iterable[Evidence]) -> list[str]:
    """Why a session is thought to have gone wrong, strongest first, without full stops."""
    said = {kind: signal.sentence.strip().removesuffix(".") for kind, signal in strongest(signals).items()}
    said.update(IN_WORDS)
    found = [said[name] for name, adds in contributions(model, features) if adds > 0 and name in said]
    return found[:MOST_REASONS] or [NOTHING_FIRED]
