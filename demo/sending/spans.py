"""A made-up session as plain spans: one trace per user message, in it the agent, its model calls and its tools."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from demo.story import AgentRun
from demo.story.talk import Call, Turn
from demo.story.telling import digest

THINKING_SECONDS = 1.1
READING_SECONDS = 25.0
PROMPT = (
    "You are Harbor, the support agent of an outdoor shop. Be brief and friendly. Refunds only within 30 days of "
    "delivery. Verify a customer before changing an account. Never invent what a tool did not say."
)
CHARACTERS_PER_TOKEN = 4
NANO = 1_000_000_000

Message = dict[str, Any]


@dataclass(frozen=True)
class PlainSpan:
    """A span before it is spelled in a dialect. `asked` and `answer` are messages; times in nanoseconds."""

    trace_id: str
    span_id: str
    parent_id: str
    kind: Literal["agent", "llm", "tool"]
    name: str
    start_ns: int
    end_ns: int
    asked: list[Message] = field(default_factory=list)
    answer: Message = field(default_factory=dict)
    arguments: str = ""
    result: str = ""
    error: str = ""

    @property
    def tokens_in(self) -> int:
        return len(json.dumps(self.asked)) // CHARACTERS_PER_TOKEN

    @property
    def tokens_out(self) -> int:
        return len(json.dumps(self.answer)) // CHARACTERS_PER_TOKEN


class _Clock:
    """Tells span times: each event takes its time after the one before."""

    def __init__(self, run: AgentRun) -> None:
        # Whole microseconds by timedelta: a float of 1e18 nanoseconds would not be exact.
        self.now = run.started_at

    def spend(self, seconds: float) -> tuple[int, int]:
        start = self.now
        self.now += timedelta(seconds=seconds)
        return _nanoseconds(start), _nanoseconds(self.now)


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * NANO + moment.microsecond * 1000


def spans_of(run: AgentRun) -> list[PlainSpan]:
    """The session's spans, parents before children; ids depend on nothing but the session's id."""
    history: list[Message] = [{"role": "system", "content": PROMPT}]
    clock = _Clock(run)
    return [span for number, turn in enumerate(_turns(run)) for span in _trace(run, number, turn, history, clock)]


def _turns(run: AgentRun) -> Iterator[list[tuple[int, Turn | Call]]]:
    """The events with their positions, cut before each message of the user."""
    turn: list[tuple[int, Turn | Call]] = []
    for position, event in enumerate(run.events):
        if isinstance(event, Turn) and event.who == "user" and turn:
            yield turn
            turn = []
        turn.append((position, event))
    yield turn


def _trace(
    run: AgentRun, number: int, turn: list[tuple[int, Turn | Call]], history: list[Message], clock: _Clock
) -> list[PlainSpan]:
    trace_id = digest(run.external_id, "trace", str(number))[:32]
    root_id = run.root_id(number)
    start, _ = clock.spend(0)
    children: list[PlainSpan] = []
    for position, event in turn:
        if isinstance(event, Call):
            children += _call(run, trace_id, root_id, position, event, history, clock)
        elif event.who == "user":
            history.append({"role": "user", "content": event.text})
        else:
            answer = {"role": "assistant", "content": event.text}
            children.append(_model(run.span_id(position), trace_id, root_id, answer, history, clock))
            history.append(answer)
    _, end = clock.spend(0)
    clock.spend(READING_SECONDS)
    root = PlainSpan(trace_id, root_id, "", "agent", run.workflow, start, end)
    return [root, *children]


def _model(
    span_id: str, trace_id: str, root_id: str, answer: Message, history: list[Message], clock: _Clock
) -> PlainSpan:
    start, end = clock.spend(THINKING_SECONDS)
    return PlainSpan(trace_id, span_id, root_id, "llm", "chat", start, end, asked=list(history), answer=answer)


def _call(
    run: AgentRun, trace_id: str, root_id: str, position: int, call: Call, history: list[Message], clock: _Clock
) -> list[PlainSpan]:
    """The model call that asks for the tool, and the tool's own span."""
    arguments = json.dumps(call.arguments)
    result = f"Error: {call.error}" if call.error else json.dumps(call.result)
    call_id = f"call_{run.span_id(position)[:8]}"
    asks = {"role": "assistant", "tool_calls": [{"id": call_id, "name": call.tool, "arguments": arguments}]}
    llm = _model(digest(run.external_id, "llm", str(position))[:16], trace_id, root_id, asks, history, clock)
    start, end = clock.spend(call.seconds)
    tool = PlainSpan(
        trace_id,
        run.span_id(position),
        root_id,
        "tool",
        call.tool,
        start,
        end,
        arguments=arguments,
        result="" if call.error else result,
        error=call.error,
    )
    history += [asks, {"role": "tool", "tool_call_id": call_id, "content": result}]
    return [llm, tool]
