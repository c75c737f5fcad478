"""What ranking sees of a session: a few numbers, each 0 where nothing speaks for a failure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from traces.records import Baseline

ENDED_IN_ERROR = "ended_in_error"


@dataclass(frozen=True)
class Evidence:
    """One signal: its kind, its strength 0..1, and the sentence that a domain expert reads."""

    kind: str
    strength: float
    sentence: str


@dataclass(frozen=True)
class Facts:
    """What the session says of itself.

    `shape` is what `traces.shape.shape_of` told. `totals` and `usual` have the keys cost, latency (ms), tokens, steps
    and tool_calls; `usual` is empty while the workflow has few sessions.
    """

    ended_in_error: bool = False
    shape: Mapping[str, float] = field(default_factory=dict)
    totals: Mapping[str, float | None] = field(default_factory=dict)
    usual: Mapping[str, Baseline] = field(default_factory=dict)


def features(signals: Iterable[Evidence], facts: Facts) -> dict[str, float]:
    """The numbers by name; one that is 0 is left out. A kind of signal counts once, by its strongest."""
    found = {kind: signal.strength for kind, signal in strongest(signals).items()}
    if facts.ended_in_error:
        found[ENDED_IN_ERROR] = 1.0
    return found


def strongest(signals: Iterable[Evidence]) -> dict[str, Evidence]:
    """The strongest signal of each kind."""
    best: dict[str, Evidence] = {}
    for signal in signals:
        if signal.kind not in best or signal.strength > best[signal.kind].strength:
            best[signal.kind] = signal
    return best
