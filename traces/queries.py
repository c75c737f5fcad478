"""Reads of whole sessions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import Project
from traces.detectors import label_of
from traces.models import SHOWN_AT, AgentSession, Signal, Step, Transcript
from traces.reading import Conversation, Mark, read
from traces.records import StepFacts
from traces.words import Search

CHOICES_FROM = 1_000
# What one search reads at most, decompressed: of sessions of a usual length, a thousand are a tenth of it.
SEARCHED_BYTES = 64 * 1024 * 1024
# Filters with a choice of values, and the columns that these are taken from. All stand in the list's index.
CHOICES = {
    **{name: name for name in ("workflow", "release", "environment", "model")},
    "source": "source_format",
}


@dataclass(frozen=True, slots=True)
class SignalWord:
    """A kind of signal in a list: its words and how often it was found."""

    label: str
    times: int


def facts_of(step: Step) -> StepFacts:
    """A stored step as a plain value. Its session must be known to it."""
    words = step.words
    return StepFacts(
        position=step.position,
        key=step.key,
        kind=str(step.kind),
        role=str(step.role),
        name=step.name,
        text=words.text,
        arguments=words.arguments,
        result=words.result,
        is_error=step.is_error,
        error_type=step.error_type,
        error_message=words.error_message,
        started_at=step.started_at,
        latency_ms=step.latency_ms,
        model=step.model,
        tokens_in=step.tokens_in,
        tokens_out=step.tokens_out,
        cost_usd=step.cost_usd,
        flags=tuple(step.flags),
    )


def steps_of(session: AgentSession) -> list[StepFacts]:
    """The session's steps in reading order: two queries, the second for their words."""
    return [facts_of(step) for step in session.steps.order_by("position", "pk")]


def conversation(session: AgentSession) -> Conversation:
    """The session as a reader meets it: three queries, whatever its length."""
    steps = steps_of(session)
    marks = _marks(Signal.objects.filter(session=session), {step.key: step.position for step in steps})
    return read(steps, marks, session.started_at)


def _marks(signals: Iterable[Signal], positions: dict[str, int]) -> list[Mark]:
    return [
        Mark(
            kind=signal.kind,
            label=label_of(signal.kind),
            sentence=signal.sentence,
            strength=signal.strength,
            step_key=signal.step_key,
            position=positions.get(signal.step_key),
        )
        for signal in signals
    ]


def signal_words(sessions: Iterable[AgentSession]) -> dict[int, list[SignalWord]]:
    """For each session its kinds of signals, the strongest first: one query for all of them."""
    rows = Signal.objects.filter(session__in=list(sessions)).order_by("-strength", "kind")
    kinds: dict[int, Counter[str]] = {}
    for session, kind in rows.values_list("session_id", "kind"):
        kinds.setdefault(session, Counter())[kind] += 1
    return {key: [SignalWord(label_of(kind), times) for kind, times in found.items()] for key, found in kinds.items()}


def recent_values(project: Project) -> dict[str, list[str]]:
    """What the newest 1,000 sessions have, by the name of the filter whose choices it gives: one query."""
    newest = AgentSession.objects.filter(project=project).order_by(SHOWN_AT.desc(), "-id")
    rows = newest.values_list(*CHOICES.values())[:CHOICES_FROM]
    columns = list(zip(*rows, strict=True)) or [()] * len(CHOICES)
    return {name: sorted({*held} - {""}) for name, held in zip(CHOICES, columns, strict=True)}


def rows_of(keys: Sequence[int]) -> list[AgentSession]:
    """The sessions of these ids in their order, without the long columns that no list shows: one query."""
    found = AgentSession.objects.defer("metadata", "tags").in_bulk(keys)
    return [found[key] for key in keys if key in found]


def saying(words: str, keys: Sequence[int]) -> list[int]:
    """Which of these sessions have the words in any step or in its name, as far as 64 MB reach, from the newest on."""
    search = Search(words)
    found = []
    rows = Transcript.objects.filter(session__in=keys).order_by("-session").values_list("session_id", "payload")
    for key, payload in rows.iterator():
        if search.finds(payload):
            found.append(key)
        if search.bytes_read > SEARCHED_BYTES:
            break
    return found
