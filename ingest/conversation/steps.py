"""One span as one step."""

from typing import Any

from ingest.conversation.calls import name_of
from ingest.conversation.speech import spoken, thoughts
from ingest.conversation.totals import Usage
from ingest.conversation.tree import Node
from ingest.dialects.chat import is_tool_message, read_message
from ingest.dialects.fields import Words, unflatten, value_of
from ingest.dialects.parts import answer_failed, answer_text, readable
from ingest.dialects.registry import documents
from ingest.dialects.tables import Field
from ingest.dialects.times import as_time, nanoseconds_of
from ingest.dialects.values import as_json, as_number, as_text, as_word
from ingest.records import SpanRecord, StepRecord, is_good_time, moment

ROLES = {"tool": "tool", "retriever": "tool", "reranker": "tool", "guardrail": "tool"}
MODELS = ("llm", "embedding", "reranker")
TALKING = ("llm", "agent", "chain")
WRAPPING = (*TALKING, "other")  # what may have passed the whole conversation on
EXCEPTIONS = ("exception", "gen_ai.client.operation.exception")
BAD_TIME = "bad_time"
NO_END = "no_end"
MCP = {"content", "isError", "is_error", "structuredContent", "meta", "_meta"}
LONGEST_WAIT_MS = 86_400_000


def step_of(node: Node, words: str | None, usage: Usage) -> StepRecord:
    """The step of a span; `words` is what it said to the user, None if it was not talking to them."""
    failed = is_error(node)
    error_type, error_message = error_of(node) if failed else ("", "")
    model = node.kind in MODELS
    latency = latency_ms(node.span)
    return StepRecord(
        key=node.span.span_id,
        kind=node.kind,
        role=ROLES.get(node.kind, "internal") if words is None else "agent",
        name=name_of(node),
        text=_text(node) if words is None else words,
        arguments=_arguments(node),
        result=_result(node),
        is_error=failed,
        error_type=error_type,
        error_message=error_message,
        trace_id=node.span.trace_id,
        span_id=node.span.span_id,
        started_at=moment(node.span.start_ns),
        latency_ms=latency,
        ttft_ms=first_token_ms(node) if model else None,
        provider=_word(node, Field.PROVIDER) if model else "",
        model=_word(node, Field.MODEL) if model else "",
        response_id=_word(node, Field.RESPONSE_ID) if model else "",
        tokens_in=usage.tokens_in,
        tokens_out=usage.tokens_out,
        tokens_cache_read=usage.tokens_cache_read,
        tokens_cache_write=usage.tokens_cache_write,
        tokens_reasoning=usage.tokens_reasoning,
        cost_usd=usage.cost_usd,
        flags=node.span.flags if latency is not None else _flags(node.span),
    )


def _word(node: Node, field: Field) -> str:
    return as_word(value_of(node.words, field))


def first_token_ms(node: Node) -> int | None:
    """Milliseconds until the first token came, as sent in seconds, milliseconds or as a time; None for nonsense."""
    seconds = as_number(value_of(node.words, Field.FIRST_WORD_S))
    waited = seconds * 1000 if seconds is not None else as_number(value_of(node.words, Field.FIRST_WORD_MS))
    if waited is None:
        came = as_time(as_json(value_of(node.words, Field.FIRST_WORD_AT)))
        known = came is not None and is_good_time(node.span.start_ns)
        waited = (nanoseconds_of(came) - node.span.start_ns) / 1e6 if came is not None and known else None
    return round(waited) if waited is not None and 0 <= waited < LONGEST_WAIT_MS else None


def is_error(node: Node) -> bool:
    """Failed by its status, an exception in the logs or the sender's level. Words in a result prove nothing."""
    if node.is_error is None:
        node.is_error = _is_error(node)
    return node.is_error


def _is_error(node: Node) -> bool:
    if node.span.failed or any(log.event_name in EXCEPTIONS for log in node.logs):
        return True
    return as_text(value_of(node.words, Field.LEVEL)).upper() == "ERROR" or (node.kind == "tool" and _says_failed(node))


def _says_failed(node: Node) -> bool:
    """Whether a tool's answer bears a mark of failure, not words of one."""
    best = value_of(node.words, Field.RESULT)
    answer = as_json(best if best is not None else value_of(node.words, Field.OUTPUT))
    if is_tool_message(answer):
        return any(message.is_error for message in read_message(answer))
    return _is_mcp(answer) and answer_failed(answer)


def error_of(node: Node) -> tuple[str, str]:
    """The error's type and message."""
    exception = _exception(node)
    kind = as_text(value_of(node.words, Field.ERROR_TYPE) or exception.get("exception.type"))
    message = exception.get("exception.message") or node.span.message or value_of(node.words, Field.ERROR_MESSAGE)
    if not message and node.kind == "tool" and _says_failed(node):
        message = _result(node)
    return kind, as_text(message)


def _exception(node: Node) -> dict[str, Any]:
    events = [event.attributes for event in node.span.events if event.name in EXCEPTIONS]
    events += [log.attributes for log in node.logs if log.event_name in EXCEPTIONS]
    return events[-1] if events else {}


def _text(node: Node) -> str:
    if node.kind not in TALKING:
        return ""
    return spoken(node) or (thoughts(node) if node.kind == "llm" else "")


def _arguments(node: Node) -> str:
    if node.kind in WRAPPING and node.given:
        return ""  # the conversation says it once already
    for field in (Field.INPUT,) if node.kind in TALKING else (Field.ARGUMENTS, Field.INPUT):
        if (value := value_of(node.words, field)) is not None:
            return readable(_called_with(value))
    calls = [call for message in node.given for call in message.calls]
    return calls[0].arguments if calls else "\n".join(message.text for message in node.given if message.role == "tool")


def _called_with(value: Any) -> Any:
    """What a Python function was called with, out of the frame of args and kwargs where one of them is empty."""
    frame = as_json(value)
    if not isinstance(frame, dict) or frame.keys() != {"args", "kwargs"}:
        return value
    given = [frame[name] for name in ("args", "kwargs") if frame[name]]
    return given[0] if len(given) == 1 else value


def _result(node: Node) -> str:
    if node.kind in TALKING or (node.kind in WRAPPING and node.answered):
        return ""
    for field in (Field.RESULT, Field.OUTPUT):
        if (value := value_of(node.words, field)) is not None:
            return _answer(value)
    return "\n".join(filter(None, (message.text for message in node.answered))) or _documents(node.words)


def _answer(value: Any) -> str:
    """A tool's answer; out of the message that some frameworks put around it."""
    inner = as_json(value)
    if is_tool_message(inner):
        return "\n".join(message.text for message in read_message(inner)) or readable(value)
    if isinstance(inner, str):
        return readable(inner)  # out of its JSON quotes
    return answer_text(inner) if _is_mcp(inner) else readable(value)


def _is_mcp(value: Any) -> bool:
    """Whether a value is an answer as tool servers give it: blocks of content, and little else."""
    return isinstance(value, dict) and isinstance(value.get("content"), list) and value.keys() <= MCP


def _documents(words: Words) -> str:
    for prefix in documents():
        found = [item.get("document", item) for item in unflatten(words, prefix)]
        if found:
            return as_text(found)
    return ""


def latency_ms(span: SpanRecord) -> int | None:
    """End minus start, rounded; None when either is missing or cannot be meant."""
    if not (is_good_time(span.start_ns) and is_good_time(span.end_ns)) or span.end_ns < span.start_ns:
        return None
    return (span.end_ns - span.start_ns + 500_000) // 1_000_000


def _flags(span: SpanRecord) -> tuple[str, ...]:
    """The flags of a span whose times do not give its latency."""
    flags = list(span.flags)
    if not is_good_time(span.start_ns) or (span.end_ns and latency_ms(span) is None):
        flags.append(BAD_TIME)
    if not span.end_ns:
        flags.append(NO_END)
    return tuple(flags)
