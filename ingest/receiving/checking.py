"""Which spans and logs are taken, and why the others are not."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from ingest.receiving.errors import TooLarge
from ingest.receiving.limits import MAX_LOOKED_AT, MAX_SPANS
from ingest.records import Checked, LogRecord, SpanRecord, Telemetry

TRACE_ID = 32
SPAN_ID = 16
HEX = "0123456789abcdef"
NO_IDS = "without a trace id and a span id; log records belong to /v1/logs"
# Agents at the command line tell what they do in records without a trace.
COMMAND_LINE = ("claude_code.", "codex.", "gemini_cli.", "qwen-code.")
KEPT_EVENTS = ("gen_ai.", "exception", "session.")
# Log events that say that a session is over, and the attribute that names it.
ENDINGS = {"session.end": "session.id", "session.start": "session.previous_id"}


def is_id(value: str, length: int) -> bool:
    """Hex of the right length, and not all zeros."""
    return len(value) == length and not value.strip(HEX) and value.strip("0") != ""


class Identified(Protocol):
    """Whatever has the ids of a span, in hex."""

    @property
    def trace_id(self) -> str: ...
    @property
    def span_id(self) -> str: ...


Some = TypeVar("Some", bound=Identified)
Anything = TypeVar("Anything")


def spans_only(spans: Iterable[SpanRecord]) -> Telemetry:
    """The spans that can be stored; each other one counted under its reason."""
    good, reasons = _sifted(spans)
    return Telemetry(spans=tuple(good), rejected=sum(reasons.values()), reasons=_worded(reasons))


def count_spans(spans: Iterable[Identified]) -> Checked:
    """The same without the spans."""
    good, reasons = _sifted(spans)
    return Checked(len(good), sum(reasons.values()), _worded(reasons))


def _sifted(spans: Iterable[Some]) -> tuple[list[Some], dict[str, int]]:
    good: list[Some] = []
    reasons: dict[str, int] = {}
    for span in _bounded(spans):
        if problem := _problem(span, len(good)):
            reasons[problem] = reasons.get(problem, 0) + 1
        else:
            good.append(span)
    return good, reasons


def _worded(reasons: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(f"{count} span{'s' if count > 1 else ''} {reason}" for reason, count in reasons.items())


def _problem(span: Identified, taken: int) -> str:
    if not span.trace_id and not span.span_id:
        return NO_IDS
    if not is_id(span.trace_id, TRACE_ID):
        return "whose trace id is not 16 bytes other than zero"
    if not is_id(span.span_id, SPAN_ID):
        return "whose span id is not 8 bytes other than zero"
    return f"over the limit of {MAX_SPANS} in one request" if taken >= MAX_SPANS else ""


def logs_only(logs: Iterable[LogRecord]) -> Telemetry:
    """The log records that say something of a span. An application's other logs are no fault, only not ours to keep."""
    good: list[LogRecord] = []
    over = 0
    for log in _bounded(logs):
        if not _is_kept(log):
            continue
        if len(good) < MAX_SPANS:
            good.append(log)
        else:
            over += 1
    return Telemetry(logs=tuple(good), rejected=over, reasons=(_over(over),) if over else ())


def _over(number: int) -> str:
    return f"{number} log record{'s' if number > 1 else ''} over the limit of {MAX_SPANS} in one request"


def _bounded(records: Iterable[Anything]) -> Iterator[Anything]:
    """The records one by one; TooLarge where there are so many that only to look at them would take long."""
    for number, record in enumerate(records):
        if number == MAX_LOOKED_AT:
            raise TooLarge(f"The body holds more than {MAX_LOOKED_AT} spans or log records; send fewer at once.")
        yield record


def program_event(log: LogRecord) -> str:
    """What an agent at the command line did, by name, which Claude Code has in the body; "" for other records."""
    names = (log.event_name, log.body if isinstance(log.body, str) else "")
    return next((name for name in names if name.startswith(COMMAND_LINE)), "")


def _is_kept(log: LogRecord) -> bool:
    if program_event(log):
        return True
    if not is_id(log.trace_id, TRACE_ID):
        if log.attributes.get(ENDINGS.get(log.event_name, "")):
            return True
        # A result may name the answer that it is about by the id that the model's provider gave it.
        return bool(log.event_name == "gen_ai.evaluation.result" and log.attributes.get("gen_ai.response.id"))
    if log.event_name.startswith(KEPT_EVENTS):
        return True
    return any(key.startswith(("gen_ai.", "exception.")) for key in log.attributes)
