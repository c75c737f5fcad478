"""Sessions of known outcome as ranking sees them: signals and features, with what is usual in their own workflow."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotate.priority import Evidence, Facts, features, usual_of
from benchmarks._outcomes import Told
from traces.detectors import DETECTORS
from traces.models import SessionStatus
from traces.profile import profile_of, vectors_of
from traces.queries.facts import TOTALS, baseline_of, facts_of_session
from traces.records import TOOL, Baseline, SessionFacts
from traces.shape import shape_of

# A crude rule of thumb to be beaten: what a long session with errors and repetitions costs.
CRUDE: Mapping[str, float] = {"steps": 1.0, "calls": 1.0, "failed_calls": 3.0, "repeated_calls": 2.0}


@dataclass(frozen=True)
class Ranked:
    """One session: what ranking sees of it, which kinds of signals it has, the counts of CRUDE, and its outcome."""

    features: dict[str, float]
    kinds: frozenset[str]
    crude: npt.NDArray[np.float64]
    failed: bool
    source: str
    external_id: str


def seen_by_ranking(told: Sequence[Told]) -> list[Ranked]:
    """The sessions as they are once all of them have settled."""
    facts = _facts(told)
    profiles = vectors_of(profile_of(one.steps) for one in told).tolist()
    shapes = [shape_of(one.steps) for one in told]
    by_workflow: dict[str, list[dict[str, float]]] = defaultdict(list)
    for one, shape in zip(told, shapes, strict=True):
        by_workflow[one.row.workflow].append(shape)
    usual = {workflow: usual_of(held) for workflow, held in by_workflow.items()}
    found = []
    for one, shape, session, profile in zip(told, shapes, facts, profiles, strict=True):
        signals = _signals(session)
        known = Facts(
            ended_in_error=one.row.status == SessionStatus.ERROR,
            shape=shape,
            usual=usual[one.row.workflow],
            segments={name: getattr(one.row, name) for name in ("workflow", "release", "model", "environment")},
            tools={step.name for step in one.steps if step.role == TOOL and step.name},
            profile=profile,
        )
        found.append(
            Ranked(
                features=features(signals, known),
                kinds=frozenset(signal.kind for signal in signals),
                crude=np.array([shape.get(name, 0.0) for name in CRUDE]),
                failed=one.failed,
                source=one.source,
                external_id=one.row.external_id,
            )
        )
    return found


def _signals(session: SessionFacts) -> list[Evidence]:
    found = (one for detector in DETECTORS for one in detector.found(session))
    return [Evidence(one.kind, one.strength, one.sentence) for one in found]


def _facts(told: Iterable[Told]) -> list[SessionFacts]:
    told = list(told)
    totals: dict[str, list[Mapping[str, float | None]]] = defaultdict(list)
    for one in told:
        held = {name: getattr(one.row, column) for name, column in TOTALS.items()}
        totals[one.row.workflow].append(held | {"tokens": one.row.tokens})
    usual = {workflow: _baselines(held) for workflow, held in totals.items()}
    return [facts_of_session(one.row, one.steps, usual[one.row.workflow], (), one.tools) for one in told]


def _baselines(totals: Sequence[Mapping[str, float | None]]) -> dict[str, Baseline]:
    found = {name: baseline_of([one[name] for one in totals]) for name in totals[0]}
    return {name: baseline for name, baseline in found.items() if baseline is not None}
