"""How likely a session is to have gone wrong, and why, in words. Plain values in, plain values out.

A logistic model over signal strengths and a few facts, whose prior (`prior.py`) stands in for reviews until there are
some, and which `fit` teaches from them.
"""

from collections.abc import Iterable, Mapping, Sequence

from annotate.priority.features import SEGMENT, TYPICAL, Evidence, Facts, Usual, features, strongest, usual_of
from annotate.priority.model import Model, contributions, learned, probability
from annotate.priority.prior import IN_WORDS, PRIOR, PRIOR_VERSION, SEGMENTS_IN_WORDS

__all__ = [
    "NOTHING_FIRED",
    "PRIOR",
    "PRIOR_VERSION",
    "RANDOM_SAMPLE",
    "TYPICAL",
    "Evidence",
    "Facts",
    "Model",
    "Usual",
    "features",
    "fit",
    "in_words",
    "probability",
    "reasons",
    "usual_of",
]

MOST_REASONS = 4
# Log-odds below which something is no reason to look: any at all for a signal, which has words of its own.
LEAST_OF_SIGNAL = 0.01
LEAST_OF_FACT = 0.2
NOTHING_FIRED = "nothing stands out in it"
RANDOM_SAMPLE = "random sample"


def fit(rows: Sequence[Mapping[str, float]], failed: Sequence[bool]) -> Model:
    """The prior after these reviews: the features of each, and whether it was a failure."""
    return learned(PRIOR, rows, failed)


def reasons(model: Model, features: Mapping[str, float], signals: Iterable[Evidence]) -> list[str]:
    """Why a session is thought to have gone wrong, strongest first, without full stops."""
    said = {kind: signal.sentence.strip().removesuffix(".") for kind, signal in strongest(signals).items()}
    found = [
        said.get(name) or in_words(name)
        for name, adds in contributions(model, features)
        if adds >= (LEAST_OF_SIGNAL if name in said else LEAST_OF_FACT)
    ]
    return [words for words in found if words][:MOST_REASONS] or [NOTHING_FIRED]


def in_words(name: str) -> str:
    """What a feature that is no signal says of a session; "" where there are no words for it."""
    family, _, member = name.partition(SEGMENT)
    return SEGMENTS_IN_WORDS.get(family, "").format(member) if member else IN_WORDS.get(name, "")
