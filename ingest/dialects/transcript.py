"""A list of chat messages as steps: what was said is speech, a call and its answer are one step."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ingest.records import CallRecord, MessageRecord, StepRecord

USER_SIDE = "user_side"
MAX_KEY = 70
ErrorRule = Callable[[MessageRecord], bool]


def says_error(message: MessageRecord) -> bool:
    """A tool failed where its answer is marked as an error. What the words of an answer mean is not for us to guess."""
    return message.is_error


def steps_of_messages(messages: Sequence[MessageRecord], failed: ErrorRule = says_error) -> tuple[StepRecord, ...]:
    """The steps of a conversation. Keys: `m<n>` for message n, counted from 1; a call's own id for a call."""
    answers = _answers(messages)
    # A call may bring an id that is a message's key here.
    keys = {f"m{number}" for number in range(1, len(messages) + 1)}
    steps: list[StepRecord] = []
    for number, message in enumerate(messages, start=1):
        steps += _spoken(message, f"m{number}")
        steps += [
            _call_step(call, message, _fresh(call.call_id or f"m{number}-{place}", keys), _next(answers, call), failed)
            for place, call in enumerate(message.calls)
        ]
        if message.role == "tool" and any(message is waiting for waiting in answers.get(message.call_id, [])):
            steps.append(_orphan(message, f"m{number}", failed))
    return tuple(steps)


def _answers(messages: Iterable[MessageRecord]) -> dict[str, list[MessageRecord]]:
    """Tool messages by the call they answer; a call takes its answer out, so what is left at its turn has no call."""
    found: dict[str, list[MessageRecord]] = {}
    for message in messages:
        if message.role == "tool":
            found.setdefault(message.call_id, []).append(message)
    return found


def _next(answers: dict[str, list[MessageRecord]], call: CallRecord) -> MessageRecord | None:
    waiting = answers.get(call.call_id) if call.call_id else None
    return waiting.pop(0) if waiting else None


def _fresh(key: str, taken: set[str]) -> str:
    key = key[:MAX_KEY]
    fresh, again = key, 1
    while fresh in taken:
        again += 1
        fresh = f"{key}#{again}"
    taken.add(fresh)
    return fresh


def _spoken(message: MessageRecord, key: str) -> list[StepRecord]:
    """The step of what a message says; a silent one counts only if it tells what a model used."""
    if message.role == "tool":
        return []
    used = (message.tokens_in, message.tokens_out, message.cost_usd) != (None, None, None)
    if not message.text.strip() and not (message.role == "assistant" and (used or message.reasoning)):
        return []
    kind, role = _kind(message)
    is_model = message.role == "assistant"
    return [
        StepRecord(
            key=key,
            kind=kind,
            role=role,
            name=message.name or ("system" if message.role == "system" else ""),
            text=message.text.strip() or message.reasoning,
            started_at=message.started_at,
            # What a simulated user costs is not the agent's cost.
            tokens_in=message.tokens_in if is_model else None,
            tokens_out=message.tokens_out if is_model else None,
            cost_usd=message.cost_usd if is_model else None,
        )
    ]


def _kind(message: MessageRecord) -> tuple[str, str]:
    if message.role == "user":
        return "user", "user"
    if message.role == "assistant":
        return ("agent", "agent") if message.text.strip() else ("llm", "internal")
    return "other", "internal"


def _call_step(
    call: CallRecord, message: MessageRecord, key: str, answer: MessageRecord | None, failed: ErrorRule
) -> StepRecord:
    flags = (USER_SIDE,) if call.user_side else ()
    is_error = answer is not None and failed(answer)
    return step_of_call(key, call, answer, failed=is_error, started_at=message.started_at, flags=flags)


def step_of_call(key: str, call: CallRecord, answer: MessageRecord | None, *, failed: bool, **more: Any) -> StepRecord:
    """A call and what answered it, if anything did. `more`: other fields of the step."""
    result = answer.text if answer else ""
    return StepRecord(
        key=key,
        kind="tool",
        role="tool",
        name=call.name,
        arguments=call.arguments,
        result=result,
        is_error=failed,
        error_message=result if failed else "",
        **more,
    )


def _orphan(message: MessageRecord, key: str, failed: ErrorRule) -> StepRecord:
    """An answer to a call that nobody made here."""
    call = CallRecord(message.call_id, message.name, "")
    return _call_step(call, message, key, message, failed)
