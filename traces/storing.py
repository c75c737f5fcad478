"""What reading a session finds, as rows: its signals, its tools, and the numbers that stand beside them.

Settling and re-running both write through here, so that whichever comes last leaves the same rows.
"""

import hashlib
import json
import logging
import statistics
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils import timezone

from common import rows
from traces import profile, shape
from traces.answers import complaint
from traces.detectors import AS_IT_COMES, DETECTORS, ELSEWHERE, Choice, Detector, least_of
from traces.models import AgentSession, DetectorSet, Signal, ToolUse
from traces.profile import profile_of
from traces.records import TOOL, Found, SessionFacts, StepFacts
from traces.shape import shape_of

log = logging.getLogger(__name__)
REVISIONS = ("revision", "settled_revision", "signals_revision")
SIGNAL = ("session", "kind", "step_key", "strength", "sentence", "detector_version", "detail")
TOOL_USE = ("project", "session", "name", "calls", "errors")
MARKS = ("settled_revision", "detector_set", "signals_at", "signals_revision", "signal_count", "signal_weight")
NUMBERS = ("ttft_ms", "profile", "shape")
NAME_LENGTH = 200
Row = tuple[object, ...]
Choices = Mapping[str, Choice]
Numbers = tuple[int | None, bytes | None, dict[str, float]]
Content = dict[str, list[Any]]


class Revisions(NamedTuple):
    """Where a session's row stands now: `revision`, `settled_revision`, `signals_revision`."""

    content: int
    settled: int
    signals: int


# Whether a session may still be written that was read a moment ago.
May = Callable[[AgentSession, Revisions], bool]


@dataclass(frozen=True)
class Evidence:
    """What was found in a session as it was read: rows in the order of SIGNAL and TOOL_USE, and its numbers.

    `replaces`: which signals these take the place of. `detector_set`: with what it was read. Where only some detectors
    ran, `numbers` is None, and the tools stay too.
    """

    session: AgentSession
    signals: list[Row]
    replaces: Q
    detector_set: int | None
    tools: list[Row] = field(default_factory=list)
    numbers: Numbers | None = None


def signals_of(
    session: AgentSession, facts: SessionFacts, choices: Choices, detectors: Iterable[Detector]
) -> list[Row]:
    """The values of SIGNAL, once per kind and step: of several findings the strongest."""
    signals: dict[tuple[str, str], Row] = {}
    for detector in detectors:
        findings = _found(detector, facts, choices.get(detector.name, AS_IT_COMES))
        for one in sorted(findings, key=lambda one: one.strength):
            values = (session.pk, one.kind, one.step_key, one.strength, one.sentence, detector.version, one.detail)
            signals[one.kind, one.step_key] = values
    return list(signals.values())


def _found(detector: Detector, facts: SessionFacts, choice: Choice) -> list[Found]:
    try:
        return detector.found(facts, choice)
    except Exception:  # one session that breaks a detector must not keep all others from being settled
        log.exception("The detector %s failed.", detector.name)
        return []


def tools_of(session: AgentSession, steps: Iterable[StepFacts]) -> list[Row]:
    """The values of TOOL_USE, a row for each tool that was called by name."""
    calls: dict[str, list[bool]] = defaultdict(list)
    for step in steps:
        if step.role == TOOL and step.name:
            calls[step.name[:NAME_LENGTH]].append(step.is_error or bool(complaint(step.result)))
    return [(session.project_id, session.pk, name, len(failed), sum(failed)) for name, failed in calls.items()]


def numbers_of(steps: Sequence[StepFacts]) -> Numbers:
    """Median milliseconds to a model's first token, None where unknown; the profile; the shape."""
    waits = [step.ttft_ms for step in steps if step.ttft_ms is not None]
    ttft_ms = round(statistics.median(waits)) if waits else None
    try:
        return ttft_ms, profile_of(steps), shape_of(steps)
    except Exception:  # as with detectors: ranking can do without, and the other sessions have to be settled
        log.exception("The profile or the shape of a session failed.")
        return ttft_ms, None, {}


def evidence_of(
    session: AgentSession, facts: SessionFacts, choices: Choices, replaces: Q, detector_set: int
) -> Evidence:
    """All that reading a session finds: what settling writes."""
    return Evidence(
        session,
        signals_of(session, facts, choices, DETECTORS),
        replaces,
        detector_set,
        tools_of(session, facts.steps),
        numbers_of(facts.steps),
    )


def content_of(choices: Choices) -> Content:
    """With what sessions are read now, by name: version, kinds switched off, moved limits.

    A detector that is switched off has no version: it does not matter what it would have found.
    """
    content: Content = {"profile": [profile.VERSION, [], {}], "shape": [shape.VERSION, [], {}]}
    for one in DETECTORS:
        choice = choices.get(one.name, AS_IT_COMES)
        off = sorted(choice.switched_off & one.labels.keys())
        is_off = len(off) == len(one.labels)
        content[one.name] = [0, off, {}] if is_off else [one.version, off, dict(sorted(one.limits(choice).items()))]
    return content | _said_of_others(choices)


def _said_of_others(choices: Choices) -> Content:
    """The kinds of other apps that the project has switched off, or wants only where they are strong enough."""
    told: Content = {}
    for kind in ELSEWHERE:
        choice = choices.get(kind, AS_IT_COMES)
        if kind in choice.switched_off:
            told[kind] = [0, [kind], {}]
        elif choice.least(kind):
            told[kind] = [0, [], {least_of(kind): choice.least(kind)}]
    return told


def detector_set(project_id: int, content: Content) -> int:
    """The key of the project's row for this content, made where it is new."""
    identity = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    row, _ = DetectorSet.objects.get_or_create(project_id=project_id, identity=identity, defaults={"content": content})
    return row.pk


@transaction.atomic
def settle_again(session_ids: Iterable[int]) -> None:
    """Has sessions settled anew though their content is the same, because a score came or changed.

    Whoever has read one before and not yet written it sees that by its `signals_revision`.
    """
    # Locked in the order in which `write` locks them: two who met half-way would wait for each other for ever.
    locked = AgentSession.objects.select_for_update(no_key=True).filter(pk__in=list(session_ids)).order_by("pk")
    keys = list(locked.values_list("pk", flat=True))
    if keys:
        AgentSession.objects.filter(pk__in=keys).update(
            settled_revision=Least("settled_revision", F("revision") - 1), signals_revision=F("signals_revision") + 1
        )


def write(evidence: Sequence[Evidence], may: May, *, waits: bool) -> int:
    """Replaces what stands of these sessions, but for those that may not be written. Returns how many it wrote.

    Asked within a transaction. It waits for sessions that somebody else is writing, or passes over them.
    """
    # The rows are locked first, so that nobody else writes them between the look and the writing.
    locked = AgentSession.objects.select_for_update(no_key=True, skip_locked=not waits)
    held = locked.filter(pk__in=[one.session.pk for one in evidence])
    now = {pk: Revisions(*revisions) for pk, *revisions in held.order_by("pk").values_list("pk", *REVISIONS)}
    mine = [one for one in evidence if one.session.pk in now and may(one.session, now[one.session.pk])]
    if mine:
        _replace(mine)
        _mark(mine, now)
    return len(mine)


def _replace(evidence: Sequence[Evidence]) -> None:
    by_signals: dict[Q, list[int]] = defaultdict(list)
    for one in evidence:
        by_signals[one.replaces].append(one.session.pk)
    for replaced, keys in by_signals.items():
        Signal.objects.filter(replaced, session__in=keys).delete()
    rows.insert(Signal, SIGNAL, [row for one in evidence for row in one.signals])
    if evidence[0].numbers:
        ToolUse.objects.filter(session__in=[one.session.pk for one in evidence]).delete()
        rows.insert(ToolUse, TOOL_USE, [row for one in evidence for row in one.tools])


def _mark(evidence: Sequence[Evidence], now: Mapping[int, Revisions]) -> None:
    counts, at = counts_of([one.session.pk for one in evidence]), timezone.now()
    marks = [
        (
            one.session.revision,
            one.detector_set,
            at,
            now[one.session.pk].signals + 1,
            *counts[one.session.pk],
            *(one.numbers or ()),
            one.session.pk,
        )
        for one in evidence
    ]
    # All of one call ran the same detectors, so that all or none have numbers.
    rows.update(AgentSession, (*MARKS, *NUMBERS) if evidence[0].numbers else MARKS, marks)


def counts_of(session_ids: Collection[int]) -> dict[int, tuple[int, float]]:
    """How many signals each session has, and their strengths added up: also those that other apps wrote."""
    strengths: dict[int, list[float]] = {pk: [] for pk in session_ids}
    for pk, strength in Signal.objects.filter(session__in=strengths).order_by().values_list("session_id", "strength"):
        strengths[pk].append(strength)
    return {pk: (len(found), sum(found)) for pk, found in strengths.items()}
