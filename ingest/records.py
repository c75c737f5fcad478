"""Plain records between bytes and rows: what a dialect is read into, before any database is asked."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, dataclass_transform

from traces.records import ToolSchema

# A time outside of these years is somebody's broken clock: kept, flagged, never counted with.
EARLIEST_NS = 946_684_800_000_000_000  # 2000
LATEST_NS = 4_102_444_800_000_000_000  # 2100
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The flag of a span that only stands for others, such as the words of a trace whose spans come from another file.
STAND_IN = "stand_in"


Record = TypeVar("Record")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(kind: type[Record]) -> type[Record]:
    """A dataclass that nobody may change, on the word of the type checker alone.

    Holding it to that at run time made each record five times as dear, a tenth of all that reading a session costs.
    """
    return dataclass(slots=True)(kind)


def is_good_time(nanoseconds: int) -> bool:
    return EARLIEST_NS <= nanoseconds < LATEST_NS


def moment(nanoseconds: int) -> datetime | None:
    """The time in UTC to the microsecond; None for a time that cannot be meant."""
    return EPOCH + timedelta(microseconds=nanoseconds // 1000) if is_good_time(nanoseconds) else None


@record
class EventRecord:
    """An event on a span, such as an exception. `time_ns` since 1970."""

    name: str
    time_ns: int
    attributes: dict[str, Any]


@record
class SpanRecord:
    """A span as received: ids in lower-case hex, times in ns since 1970 (0 = not given), attributes flat."""

    trace_id: str
    span_id: str
    parent_id: str = ""
    name: str = ""
    start_ns: int = 0
    end_ns: int = 0
    attributes: dict[str, Any] = field(default_factory=dict)
    events: tuple[EventRecord, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    failed: bool = False
    message: str = ""
    resource: dict[str, Any] = field(default_factory=dict)
    scope: str = ""
    flags: tuple[str, ...] = ()


@record
class LogRecord:
    """A log record that concerns a span. It may come before its span."""

    trace_id: str
    span_id: str
    event_name: str
    time_ns: int
    attributes: dict[str, Any]
    body: Any = None


@record
class CallRecord:
    """A tool call that a message asks for. `arguments` is text, usually JSON."""

    call_id: str
    name: str
    arguments: str
    user_side: bool = False


@record
class MessageRecord:
    """One chat message, whoever's dialect it was. `role` is system, user, assistant or tool."""

    role: str
    text: str = ""
    calls: tuple[CallRecord, ...] = ()
    call_id: str = ""
    name: str = ""
    is_error: bool = False
    reasoning: str = ""
    started_at: datetime | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_usd: float | None = None


@record
class ScoreRecord:
    """A judgement by a machine or an end user: `author` by name, in its `version`.

    Its target is a span (`trace_id` and `span_id`, or `span_id` alone), a trace, the session `external_id` (there the
    step `step_key`), or a model's answer by the id that its provider gave it. Of two versions with the same `identity`
    the one given later counts.
    """

    identity: str
    name: str
    value: float | None = None
    label: str = ""
    explanation: str = ""
    annotator_kind: str = "code"
    external_id: str = ""
    trace_id: str = ""
    span_id: str = ""
    response_id: str = ""
    step_key: str = ""
    author: str = ""
    version: str = ""
    given_at: datetime | None = None


@record
class StepRecord:
    """One step, field by field as `traces.Step` stores it; the position is its place in the list."""

    key: str
    kind: str
    role: str
    name: str = ""
    text: str = ""
    arguments: str = ""
    result: str = ""
    is_error: bool = False
    error_type: str = ""
    error_message: str = ""
    trace_id: str = ""
    span_id: str = ""
    started_at: datetime | None = None
    latency_ms: int | None = None
    ttft_ms: int | None = None
    provider: str = ""
    model: str = ""
    response_id: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cache_read: int | None = None
    tokens_cache_write: int | None = None
    tokens_reasoning: int | None = None
    cost_usd: float | None = None
    flags: tuple[str, ...] = ()


@record
class SessionRecord:
    """A whole session. `tools`: those that the agent was offered, by name. `error_count` None: count failed steps.

    `prompts`: system prompts that stand in no step, by the key of the step from which on each holds.
    """

    external_id: str
    steps: tuple[StepRecord, ...] = ()
    scores: tuple[ScoreRecord, ...] = ()
    workflow: str = ""
    release: str = ""
    environment: str = "default"
    user_ref: str = ""
    model: str = ""
    source_format: str = ""
    status: str = "unknown"
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    closed: bool = False
    latency_ms: int | None = None
    tools: dict[str, ToolSchema] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)
    error_count: int | None = None


@record
class Refusal:
    """Something that could not be taken: the line of the file or body (0 = the whole), the field, and why."""

    line: int
    message: str
    field: str = ""

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.field + ': ' if self.field else ''}{self.message}"


@record
class Telemetry:
    """What an OTLP body held. `rejected` items are left out; `reasons` says why, each reason once."""

    spans: tuple[SpanRecord, ...] = ()
    logs: tuple[LogRecord, ...] = ()
    rejected: int = 0
    reasons: tuple[str, ...] = ()


@record
class Checked:
    """How many items of a body can be taken, how many cannot, and why: each reason once, or with its place."""

    items: int = 0
    rejected: int = 0
    reasons: tuple[str, ...] = ()


@record
class Contents:
    """What a raw batch holds, whichever door it came through."""

    spans: tuple[SpanRecord, ...] = ()
    logs: tuple[LogRecord, ...] = ()
    sessions: tuple[SessionRecord, ...] = ()
    scores: tuple[ScoreRecord, ...] = ()
    refused: tuple[Refusal, ...] = ()

    @property
    def checked(self) -> Checked:
        """How much it is."""
        held = (self.spans, self.logs, self.sessions, self.scores)
        return Checked(sum(map(len, held)), len(self.refused), tuple(map(str, self.refused)))
