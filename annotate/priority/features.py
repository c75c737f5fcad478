"""What ranking sees of a session: a few numbers, each about 0 where nothing speaks for or against a failure.

Four kinds, told apart by their names: `tool_loop`, how strong a signal of that kind is; `steps`, how far a number of
the session's shape lies from what is usual in its workflow; `workflow=refunds`, that it belongs to a segment;
`profile=12`, a coordinate of what was asked and done, by which the sessions like those that failed are found.
"""

import statistics
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log1p

ENDED_IN_ERROR = "ended_in_error"
SEGMENT = "="
PROFILE = "profile"
# Beyond this many spreads more is not worse.
FARTHEST = 2.5
# The median absolute deviation of a normal distribution times this is its standard deviation.
CONSISTENT = 1.4826
# What is known of sessions in general counts as much as so many sessions of the workflow itself.
WORTH_OF_TYPICAL = 10


@dataclass(frozen=True)
class Evidence:
    """One signal: its kind, its strength 0..1, and the sentence that a domain expert reads."""

    kind: str
    strength: float
    sentence: str


@dataclass(frozen=True)
class Usual:
    """Where the middle of a number lies and how widely it spreads, both of log(1 + number), in how many sessions."""

    centre: float
    spread: float
    sessions: int = 0


# Of support sessions of any kind, before a workflow has sessions of its own. The order is that of the weights page.
TYPICAL: Mapping[str, Usual] = {
    "steps": Usual(3.1, 0.45),
    "wishes": Usual(1.2, 0.7),
    "conditions": Usual(1.0, 0.6),
    "said_again": Usual(0.3, 0.15),
    "persists": Usual(0.3, 0.5),
    "user_questions": Usual(1.0, 0.6),
    "same_deed": Usual(0.7, 0.5),
    "listed": Usual(2.0, 1.0),
    "options": Usual(1.3, 0.7),
    "new_amounts": Usual(0.2, 0.5),
    "failed_calls": Usual(0.2, 0.5),
    "repeated_calls": Usual(0.2, 0.5),
    "thanked": Usual(0.5, 0.35),
}


@dataclass(frozen=True)
class Facts:
    """What the session says of itself.

    `shape` is what `traces.shape.shape_of` told (empty: not known), `usual` is `usual_of` the shapes of the newest
    sessions of its workflow. `segments` has what it belongs to by the name of the segment, such as workflow, release
    and model; `tools` the names of the tools it called. `profile` is its row of `traces.profile.vectors_of`.
    """

    ended_in_error: bool = False
    shape: Mapping[str, float] = field(default_factory=dict)
    usual: Mapping[str, Usual] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)
    tools: Collection[str] = ()
    profile: Sequence[float] = ()


def features(signals: Iterable[Evidence], facts: Facts) -> dict[str, float]:
    """The numbers by name; one that is 0 is left out. A kind of signal counts once, by its strongest."""
    found = {kind: signal.strength for kind, signal in strongest(signals).items()}
    if facts.ended_in_error:
        found[ENDED_IN_ERROR] = 1.0
    if facts.shape:
        found |= {name: _beside_usual(facts.shape.get(name, 0.0), name, facts.usual) for name in TYPICAL}
    found |= {f"{name}{SEGMENT}{value}": 1.0 for name, value in facts.segments.items() if value}
    found |= {f"tool{SEGMENT}{name}": 1.0 for name in facts.tools}
    found |= {f"{PROFILE}{SEGMENT}{place}": value for place, value in enumerate(facts.profile)}
    return {name: value for name, value in found.items() if value}


def strongest(signals: Iterable[Evidence]) -> dict[str, Evidence]:
    """The strongest signal of each kind."""
    best: dict[str, Evidence] = {}
    for signal in signals:
        if signal.kind not in best or signal.strength > best[signal.kind].strength:
            best[signal.kind] = signal
    return best


def is_coordinate(name: str) -> bool:
    """Whether a feature is one of a profile's coordinates: none of them means anything by itself."""
    return name.startswith(PROFILE + SEGMENT)


def usual_of(shapes: Iterable[Mapping[str, float]]) -> dict[str, Usual]:
    """What is usual of each number in these shapes. A few sessions hardly change what is known of sessions at all."""
    known = [shape for shape in shapes if shape]
    if not known:
        return {}
    return {name: _usual([log1p(shape.get(name, 0.0)) for shape in known], TYPICAL[name]) for name in TYPICAL}


def _usual(values: Sequence[float], typical: Usual) -> Usual:
    median = statistics.median(values)
    deviation = CONSISTENT * statistics.median(abs(value - median) for value in values)
    # Where most are alike, the median deviation is 0 though some lie far out.
    spread = max(deviation, 0.5 * statistics.pstdev(values))
    own = len(values) / (len(values) + WORTH_OF_TYPICAL)
    return Usual(
        centre=own * median + (1 - own) * typical.centre,
        spread=own * spread + (1 - own) * typical.spread,
        sessions=len(values),
    )


def _beside_usual(number: float, name: str, usual: Mapping[str, Usual]) -> float:
    """How many spreads a number lies above what is usual, at most FARTHEST either way."""
    beside = usual.get(name, TYPICAL[name])
    away = (log1p(number) - beside.centre) / beside.spread
    return round(max(-FARTHEST, min(FARTHEST, away)), 3)
