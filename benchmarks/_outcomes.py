"""Sessions out of files whose outcome is known, as the product holds them, with the outcome taken away from them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from ingest.conversation import read_session, session_of_trace
from ingest.dialects.files import Entry
from ingest.importing.parsing import values
from ingest.importing.recognising import Reader
from ingest.importing.unpacking import members
from ingest.records import LogRecord, Refusal, ScoreRecord, SessionRecord, SpanRecord, Telemetry
from ingest.storing.sessions import STEP_COLUMNS, Change, compare
from ingest.storing.telemetry import Story
from traces.meanings import BAD, GOOD, Reading, polarity_of, suggestion
from traces.models import AgentSession
from traces.queries.facts import STORED, facts_of_step
from traces.records import StepFacts, ToolSchema
from traces.words import unpack_tools, unpack_words

# Names under which files tell how a session ended, the surest first; then any score that says good or bad.
OUTCOMES = ("reward", "outcome", "success", "passed", "resolved", "correct")
FULL_REWARD = 1 - 1e-6


@dataclass(frozen=True)
class Told:
    """One session as it would be stored, without what it scored, and beside it whether it failed."""

    row: AgentSession
    steps: tuple[StepFacts, ...]
    tools: Mapping[str, ToolSchema]
    failed: bool
    source: str


@dataclass
class Content:
    """What files hold: sessions by their ids, and what they scored."""

    sessions: dict[str, tuple[SessionRecord, str]] = field(default_factory=dict)
    scores: dict[str, list[ScoreRecord]] = field(default_factory=lambda: defaultdict(list))
    refused: list[str] = field(default_factory=list)


def read_outcomes(paths: Iterable[Path]) -> tuple[list[Told], list[str]]:
    """The sessions of these files whose outcome they tell, each once, and what could not be read or tells none."""
    content = Content()
    for path in paths:
        _read(path, content)
    ranges = _ranges(score for scores in content.scores.values() for score in scores)
    found = []
    for external_id, (record, source) in content.sessions.items():
        failed = has_failed(content.scores[external_id], ranges)
        if failed is None:
            content.refused.append(f"{source}: {external_id} tells no outcome")
        else:
            found.append(_told(record, source, failed=failed))
    return found, content.refused


def has_failed(scores: Sequence[ScoreRecord], ranges: Mapping[str, tuple[float, float]]) -> bool | None:
    """What a session's scores tell of its outcome; None where they tell nothing. A partial reward is a failure."""
    rank = {name: place for place, name in enumerate(OUTCOMES)}
    for score in sorted(scores, key=lambda score: rank.get(score.name.lower(), len(OUTCOMES))):
        if score.name.lower() in rank and score.value is not None and ranges[score.name][1] <= 1:
            return score.value < FULL_REWARD
        low, high = ranges.get(score.name, (None, None))
        reading = suggestion(score.name, low, high, [score.label]) or Reading(GOOD)
        said = polarity_of(score, {score.name: reading})
        if said is not None:
            return said == BAD
    return None


def _ranges(scores: Iterable[ScoreRecord]) -> dict[str, tuple[float, float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for score in scores:
        if score.value is not None:
            found[score.name].append(score.value)
    return {name: (min(numbers), max(numbers)) for name, numbers in found.items()}


def _read(path: Path, content: Content) -> None:
    telemetry: list[Telemetry] = []
    for entry in _entries(path):
        if isinstance(entry, SessionRecord):
            content.sessions.setdefault(entry.external_id, (entry, path.name))
            _keep(content, entry.scores)
        elif isinstance(entry, ScoreRecord):
            _keep(content, [entry])
        elif isinstance(entry, Telemetry):
            telemetry.append(entry)
        else:
            content.refused.append(f"{path.name}: {entry}")
    for record in _conversations(telemetry):
        content.sessions.setdefault(record.external_id, (record, path.name))
        _keep(content, record.scores)


def _keep(content: Content, scores: Iterable[ScoreRecord]) -> None:
    """Of the scores those that concern a session as a whole."""
    for score in scores:
        if score.external_id and not score.step_key:
            content.scores[score.external_id].append(score)


def _entries(path: Path) -> Iterator[Entry]:
    reader = Reader()
    with path.open("rb") as file:
        for member in members(file, settings.MAX_UNPACKED_BYTES):
            if isinstance(member, Refusal):
                yield member
            else:
                yield from reader.entries(values(member.open))


def _conversations(telemetry: Iterable[Telemetry]) -> Iterator[SessionRecord]:
    """The sessions that spans and logs make together."""
    traces: dict[str, tuple[list[SpanRecord], list[LogRecord]]] = defaultdict(lambda: ([], []))
    for one in telemetry:
        for span in one.spans:
            traces[span.trace_id][0].append(span)
        for log in one.logs:
            traces[log.trace_id][1].append(log)
    sessions: dict[str, tuple[list[SpanRecord], list[LogRecord]]] = defaultdict(lambda: ([], []))
    for spans, logs in traces.values():
        held = sessions[session_of_trace(spans, logs)]
        held[0].extend(spans)
        held[1].extend(logs)
    for external_id, (spans, logs) in sessions.items():
        if external_id:
            yield read_session(external_id, spans, logs)


def _told(record: SessionRecord, source: str, *, failed: bool) -> Told:
    row = AgentSession(external_id=record.external_id, revision=0)
    change = compare([Story(row, record, timezone.now())])[0]
    payload = change.words
    tools = unpack_tools(payload) if payload else {}
    return Told(row=change.row, steps=tuple(_steps(change)), tools=tools, failed=failed, source=source)


def _steps(change: Change) -> Iterator[StepFacts]:
    """The steps as settling reads them from the database."""
    words = unpack_words(change.words) if change.words else {}
    for values_of_step in sorted(change.steps):
        stored = dict(zip(STEP_COLUMNS, values_of_step, strict=True))
        yield facts_of_step((stored[name] for name in STORED), words)
