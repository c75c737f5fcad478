"""What finds evidence that a session may have gone wrong: one module per detector, found by this folder.

A detector module has `VERSION` (raised with every change of what it finds), `LABELS` (its signal kinds and the words
for them) and `detect(session: SessionFacts) -> Iterable[Found]`, a pure function. Where a project may move its limits,
it also has `THRESHOLDS`, and `detect` takes one keyword argument of each name, with the same default. `ABOUT` tells of
a kind, in one sentence, on what it fires.

Beside these limits each kind has one that all kinds share: the least strength that its signals must have. It is no
business of `detect`: `Choice.takes` asks for it wherever signals are written.
"""

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module

from traces.records import Found, Threshold

LEAST_STRENGTH = Threshold("Least strength that it must have", 0.0, 0.0, 1.0)


def least_of(kind: str) -> str:
    """The name of the limit that says how strong a signal of this kind must be."""
    return f"least_{kind}"


def least_strengths(kinds: Iterable[str]) -> dict[str, Threshold]:
    """The limits on the strength of these kinds, by name."""
    return {least_of(kind): LEAST_STRENGTH for kind in kinds}


@dataclass(frozen=True)
class Choice:
    """What a project says of a detector: the kinds that it does not write, and the limits that differ from its own."""

    switched_off: frozenset[str] = frozenset()
    thresholds: Mapping[str, float] = field(default_factory=dict)

    def takes(self, found: Found) -> bool:
        """Whether the project wants this signal: its kind is looked for, and it is strong enough."""
        return found.kind not in self.switched_off and found.strength >= self.least(found.kind)

    def least(self, kind: str) -> float:
        """How strong a signal of this kind must be."""
        return self.thresholds.get(least_of(kind), LEAST_STRENGTH.default)


AS_IT_COMES = Choice()


@dataclass(frozen=True, eq=False)
class Detector:
    """One detector as its module declares it."""

    name: str
    version: int
    labels: dict[str, str]
    detect: Callable[..., Iterable[Found]]
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def movable(self) -> dict[str, Threshold]:
        """All that a project may move: its own limits, and of each kind the least strength."""
        return {**self.thresholds, **least_strengths(self.labels)}

    def limits(self, choice: Choice) -> dict[str, float]:
        """The moved limits that it still has and that still lie in their range: it may have changed since."""
        limits = self.movable
        return {
            name: value
            for name, value in choice.thresholds.items()
            if name in limits and limits[name].lowest <= value <= limits[name].highest
        }

    def found(self, facts: object, choice: Choice = AS_IT_COMES) -> list[Found]:
        """What it finds in a session under the project's choice."""
        if choice.switched_off >= self.labels.keys() > set():
            return []
        own = {name: value for name, value in self.limits(choice).items() if name in self.thresholds}
        return [one for one in self.detect(facts, **own) if choice.takes(one)]


def _discovered() -> tuple[Detector, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [(name, import_module(f"{__name__}.{name}")) for name in names]
    return tuple(
        Detector(
            name,
            module.VERSION,
            module.LABELS,
            module.detect,
            getattr(module, "THRESHOLDS", {}),
            getattr(module, "ABOUT", {}),
        )
        for name, module in modules
    )


DETECTORS = _discovered()
# Kinds that other apps write, each a detector of its own name: known here, so that a project can switch them off.
ELSEWHERE = {"novel": "Unlike anything reviewed", "like_issue": "Looks like a known issue"}
ABOUT_ELSEWHERE = {
    "novel": "What the agent did is far from everything that was reviewed so far.",
    "like_issue": "The session looks like the confirmed failures of an issue.",
}
LABELS = {kind: label for detector in DETECTORS for kind, label in detector.labels.items()}
ABOUT = ABOUT_ELSEWHERE | {kind: about for detector in DETECTORS for kind, about in detector.about.items()}


def label_of(kind: str) -> str:
    """A signal's kind in words, also for kinds that nobody here knows."""
    return LABELS.get(kind) or ELSEWHERE.get(kind) or kind.replace("_", " ").capitalize()


def about_of(kind: str) -> str:
    """On what a kind of signal fires, in one sentence; its label where nobody wrote one."""
    return ABOUT.get(kind) or f"{label_of(kind)}."
