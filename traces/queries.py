"""Reads of whole sessions."""

from collections.abc import Iterable

from traces.detectors import label_of
from traces.models import AgentSession, Signal, Step
from traces.reading import Conversation, Mark, read
from traces.records import StepFacts


def facts_of(step: Step) -> StepFacts:
    """A stored step as a plain value."""
    return StepFacts(
        position=step.position,
        key=step.key,
        kind=str(step.kind),
        role=str(step.role),
        name=step.name,
        text=step.text,
        arguments=step.arguments,
        result=step.result,
        is_error=step.is_error,
        error_type=step.error_type,
        error_message=step.error_message,
        started_at=step.started_at,
        latency_ms=step.latency_ms,
        model=step.model,
        tokens_in=step.tokens_in,
        tokens_out=step.tokens_out,
        cost_usd=step.cost_usd,
        flags=tuple(step.flags),
    )


def steps_of(session: AgentSession) -> list[StepFacts]:
    """The session's steps in reading order: one query."""
    return [facts_of(step) for step in Step.objects.filter(session=session).order_by("position", "pk")]


def conversation(session: AgentSession) -> Conversation:
    """The session as a reader meets it: two queries, whatever its length."""
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
