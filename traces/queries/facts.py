"""Stored sessions as the plain values that detectors read, with what is usual and what scores mean where they are."""

import statistics
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.db.models import Q

from traces.meanings import polarity_of
from traces.models import AgentSession, Score, ScoreMeaning, Step, StepRole, Transcript
from traces.records import Baseline, ScoreFacts, SessionFacts, StepFacts, ToolSchema
from traces.words import SILENCE, Words, unpack_tools, unpack_words

AT_ONCE = 50
STEPS_AT_ONCE = 2_000
# What is usual now, not what was usual a year ago; and a bounded read.
BASELINE_SESSIONS = 500
BASELINE_NEEDED = 30
TOTALS = {
    "cost": "cost_usd",
    "latency": "latency_ms",
    "tokens_in": "tokens_in",
    "tokens_out": "tokens_out",
    "steps": "step_count",
    "tool_calls": "tool_call_count",
}
# What of a step stands in its row; the rest are its words.
STORED = tuple(one.name for one in fields(StepFacts) if one.name not in Words._fields)
Baselines = Mapping[str, Baseline]
Group = tuple[int, str]


def few_at_once(sessions: Iterable[AgentSession]) -> Iterator[list[AgentSession]]:
    """Groups of sessions whose steps fit into memory together."""
    few: list[AgentSession] = []
    steps = 0
    for session in sessions:
        steps += session.step_count
        if few and (len(few) == AT_ONCE or steps > STEPS_AT_ONCE):
            yield few
            few, steps = [], session.step_count
        few.append(session)
    if few:
        yield few


def steps_by_session(session_ids: Collection[int]) -> dict[int, list[StepFacts]]:
    """The steps of each of the sessions in reading order: two queries, one for their words."""
    return _steps(session_ids, {pk: unpack_words(payload) for pk, payload in _packed(session_ids)})


def _packed(session_ids: Collection[int]) -> list[tuple[int, bytes | memoryview]]:
    return list(Transcript.objects.filter(session__in=session_ids).values_list("session_id", "payload"))


def _steps(session_ids: Collection[int], words: Mapping[int, Mapping[str, Words]]) -> dict[int, list[StepFacts]]:
    found: dict[int, list[StepFacts]] = {session_id: [] for session_id in session_ids}
    stored = Step.objects.filter(session__in=session_ids).order_by("session_id", "position", "pk")
    # Not as models: for a session of twenty steps, making those is most of the work.
    for session_id, *values in stored.values_list("session_id", *STORED):
        found[session_id].append(facts_of_step(values, words.get(session_id, {})))
    return found


def facts_of_step(stored: Iterable[Any], words: Mapping[str, Words]) -> StepFacts:
    """A step as a plain value: the columns STORED, and its words."""
    values = dict(zip(STORED, stored, strict=True))
    values["flags"] = tuple(values["flags"])
    return StepFacts(**values, **words.get(values["key"], SILENCE)._asdict())


@dataclass
class Usual:
    """What is usual in a workflow: of its newest sessions' numbers, and, by name, of their scores once one is asked."""

    sessions: list[int]
    totals: Baselines
    _scores: Baselines | None = None

    def of_score(self, name: str) -> Baseline | None:
        """What scores of this name are; None while fewer than 30 are known. One query for all names."""
        if self._scores is None:
            self._scores = _usual_scores(self.sessions)
        return self._scores.get(name)


@dataclass
class FactReader:
    """Reads sessions for detectors. Remembers what holds for many of them, so it is good for seconds, not for hours."""

    _usual: dict[Group, Usual] = field(default_factory=dict)
    _meanings: dict[int, dict[str, ScoreMeaning]] = field(default_factory=dict)

    def read(self, sessions: Sequence[AgentSession]) -> dict[int, SessionFacts]:
        """The facts of each, by its key: three queries, and some for each workflow that is new to this reader."""
        keys = [session.pk for session in sessions]
        packed = _packed(keys)
        steps = _steps(keys, {pk: unpack_words(payload) for pk, payload in packed})
        tools = {pk: unpack_tools(payload) for pk, payload in packed}
        scores = self._scores({session.pk: session for session in sessions})
        return {
            one.pk: facts_of_session(one, steps[one.pk], self.usual(one).totals, scores[one.pk], tools.get(one.pk, {}))
            for one in sessions
        }

    def usual(self, session: AgentSession) -> Usual:
        """What is usual in the session's workflow."""
        group = (session.project_id, session.workflow)
        if group not in self._usual:
            self._usual[group] = usual_of(*group)
        return self._usual[group]

    def _scores(self, sessions: Mapping[int, AgentSession]) -> dict[int, tuple[ScoreFacts, ...]]:
        scores = list(Score.objects.filter(session__in=sessions).order_by("created_at", "pk"))
        steps = _steps_named(scores)
        found: dict[int, list[ScoreFacts]] = defaultdict(list)
        for score in scores:
            session = sessions[score.session_id or 0]
            found[session.pk].append(self._score(session, score, step_about(score, steps[session.pk])))
        return {pk: tuple(found[pk]) for pk in sessions}

    def _score(self, session: AgentSession, score: Score, about: Step | None) -> ScoreFacts:
        if session.project_id not in self._meanings:
            known = ScoreMeaning.objects.filter(project=session.project_id)
            self._meanings[session.project_id] = {meaning.name: meaning for meaning in known}
        return ScoreFacts(
            name=score.name,
            value=score.value,
            label=score.label,
            polarity=polarity_of(score, self._meanings[session.project_id]) or "",
            by=score.annotator_kind,
            author=" ".join(filter(None, (score.author, score.version))),
            explanation=score.explanation,
            step_key=about.key if about else "",
            usual=self.usual(session).of_score(score.name),
        )


def _steps_named(scores: Iterable[Score]) -> dict[int, list[Step]]:
    """By session, the steps among which those are that scores name; one query, and none where they name none."""
    named = {score.session_id for score in scores if score.step_key or score.span_id or score.response_id}
    found: dict[int, list[Step]] = defaultdict(list)
    if named:
        rows = Step.objects.filter(session__in=named).order_by("session_id", "position", "pk")
        for step in rows.only("session_id", "position", "key", "role", "span_id", "trace_id", "response_id"):
            found[step.session_id].append(step)
    return found


def step_about(score: Score, steps: Sequence[Step]) -> Step | None:
    """The step that a score names; None for the whole session, and for a step that is not there."""
    if score.step_key:
        return next((step for step in steps if step.key == score.step_key), None)
    if score.span_id:
        of_span = [step for step in steps if step.span_id == score.span_id and score.trace_id in {"", step.trace_id}]
        # A span may hold the user's words too; what it did itself is the rest.
        return next(iter(sorted(of_span, key=lambda step: step.role == StepRole.USER)), None)
    if score.response_id and not score.trace_id and not score.external_id:
        return next((step for step in steps if step.response_id == score.response_id), None)
    return None


def facts_of_session(
    session: AgentSession,
    steps: Iterable[StepFacts],
    usual: Baselines,
    scores: tuple[ScoreFacts, ...] = (),
    tools: Mapping[str, ToolSchema] | None = None,
) -> SessionFacts:
    """A stored session as the plain value that detectors read."""
    totals = {name: getattr(session, column) for name, column in TOTALS.items()}
    return SessionFacts(
        steps=tuple(steps),
        status=str(session.status),
        totals=totals | {"tokens": session.tokens},
        baselines=usual,
        metadata=session.metadata if isinstance(session.metadata, dict) else {},
        scores=scores,
        tools=tools or {},
    )


def usual_of(project_id: int, workflow: str) -> Usual:
    """What is usual in a workflow, from its newest 500 finished sessions; unknown while there are fewer than 30."""
    finished = AgentSession.objects.filter(Q(closed=True) | Q(settled_revision__gt=0), project=project_id)
    newest = finished.filter(workflow=workflow).order_by("-started_at", "-pk")
    rows = list(newest.values_list("pk", *TOTALS.values())[:BASELINE_SESSIONS])
    if len(rows) < BASELINE_NEEDED:
        return Usual([], {})
    keys, *totals = zip(*rows, strict=True)
    columns: dict[str, Sequence[float | None]] = dict(zip(TOTALS, totals, strict=True))
    columns["tokens"] = [
        None if one is None and other is None else (one or 0) + (other or 0)
        for one, other in zip(columns.pop("tokens_in"), columns.pop("tokens_out"), strict=True)
    ]
    return Usual([int(key) for key in keys if key], _baselines(columns))


def _usual_scores(sessions: Collection[int]) -> Baselines:
    values: dict[str, list[float | None]] = defaultdict(list)
    if sessions:
        rows = Score.objects.filter(session__in=sessions, value__isnull=False).order_by()
        for name, value in rows.values_list("name", "value"):
            values[name].append(value)
    return _baselines(values)


def _baselines(columns: Mapping[str, Iterable[float | None]]) -> Baselines:
    return {name: usual for name, values in columns.items() if (usual := baseline_of(values)) is not None}


def baseline_of(values: Iterable[float | None]) -> Baseline | None:
    """Median and median absolute deviation of the known values; None while fewer than 30 are known."""
    known = [value for value in values if value is not None]
    if len(known) < BASELINE_NEEDED:
        return None
    median = statistics.median(known)
    return Baseline(median, statistics.median(abs(value - median) for value in known), len(known))
