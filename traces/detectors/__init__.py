"""What finds evidence that a session may have gone wrong: one module per detector, found by this folder.

A detector module has `VERSION` (raised with every change of what it finds), `LABELS` (its signal kinds and the words
for them) and `detect(session: SessionFacts) -> Iterable[Found]`, a pure function. Where a project may move its limits,
it also has `THRESHOLDS`, and `detect` takes one keyword argument of each name, with the same default.
"""

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module

from traces.records import Found, Threshold


@dataclass(frozen=True, eq=False)
class Detector:
    """One detector as its module declares it."""

    name: str
    version: int
    labels: dict[str, str]
    detect: Callable[..., Iterable[Found]]
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)


def _discovered() -> tuple[Detector, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [(name, import_module(f"{__name__}.{name}")) for name in names]
    return tuple(
        Detector(name, module.VERSION, module.LABELS, module.detect, getattr(module, "THRESHOLDS", {}))
        for name, module in modules
    )


DETECTORS = _discovered()
LABELS = {kind: label for detector in DETECTORS for kind, label in detector.labels.items()}


def label_of(kind: str) -> str:
    """A signal's kind in words, also for kinds that no detector here writes."""
    return LABELS.get(kind) or kind.replace("_", " ").capitalize()
