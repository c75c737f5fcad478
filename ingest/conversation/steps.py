"""One span as one step."""

from typing import Any

from ingest.conversation.speech import spoken
from ingest.conversation.tree import Node
from ingest.dialects.fields import unflatten, value_of
from ingest.dialects.tables import Field
from ingest.dialects.values import as_amount, as_count, as_json, as_text, as_word
from ingest.records import SpanRecord, StepRecord, is_good_time, moment

ROLES = {"tool": "tool", "retriever": "tool", "reranker": "tool", "guardrail": "tool"}
EXCEPTIONS = ("exception", "gen_ai.client.operation.exception")
DOCUMENTS = ("retrieval.documents", "reranker.output_documents")
BAD_TIME = "bad_time"
NO_END = "no_end"


def step_of(node: Node, key: str, words: str | None) -> StepRecord:
    """The step of a span; `words` is what it said to the user, None if it was not talking to them."""
    error_type, error_message = error_of(node) if is_error(node) else ("", "")
    counts = node.kind in {"llm", "embedding", "reranker"}
    return StepRecord(
        key=key,
        kind=node.kind,
        role=ROLES.get(node.kind, "internal") if words is None else "agent",
        name=name_of(node),
        text=_text(node) if words is None else words,
        arguments=_arguments(node),
        result=_result(node),
        is_error=is_error(node),
        error_type=error_type,
        error_message=error_message,
        trace_id=node.span.trace_id,
        span_id=node.span.span_id,
        started_at=moment(node.span.start_ns),
        latency_ms=latency_ms(node.span),
        model=as_word(value_of(node.words, Field.MODEL)) if counts else "",
        flags=_flags(node.span),
    )


def name_of(node: Node) -> str:
    """The tool's or the agent's name, else the span's."""
    by_kind = {"tool": Field.TOOL_NAME, "agent": Field.WORKFLOW}
    said = as_word(value_of(node.words, by_kind[node.kind])) if node.kind in by_kind else ""
    return said or node.span.name


def usage_of(node: Node) -> tuple[int | None, int | None, float | None]:
    """Tokens in, tokens out and cost in USD as sent; None where the sender says nothing."""
    cost = as_amount(value_of(node.words, Field.COST))
    return (
        as_count(value_of(node.words, Field.TOKENS_IN)),
        as_count(value_of(node.words, Field.TOKENS_OUT)),
        _parts_cost(node) if cost is None else cost,
    )


def _parts_cost(node: Node) -> float | None:
    """A cost that is only given in parts."""
    details = as_json(node.words.get("langfuse.observation.cost_details"))
    parts: list[Any] = list(details.values()) if isinstance(details, dict) else []
    parts += [node.words.get("llm.cost.prompt"), node.words.get("llm.cost.completion")]
    amounts = [amount for amount in map(as_amount, parts) if amount is not None]
    return sum(amounts) if amounts else None


def is_error(node: Node) -> bool:
    """Failed by its status, an exception in the logs or Langfuse's level. Words in a result prove nothing."""
    level = as_text(node.words.get("langfuse.observation.level"))
    return node.span.failed or level == "ERROR" or any(log.event_name in EXCEPTIONS for log in node.logs)


def error_of(node: Node) -> tuple[str, str]:
    """The error's type and message."""
    exception = _exception(node)
    kind = as_text(value_of(node.words, Field.ERROR_TYPE) or exception.get("exception.type"))
    message = exception.get("exception.message") or node.span.message or value_of(node.words, Field.ERROR_MESSAGE)
    return kind, as_text(message)


def _exception(node: Node) -> dict[str, Any]:
    events = [event.attributes for event in node.span.events if event.name in EXCEPTIONS]
    events += [log.attributes for log in node.logs if log.event_name in EXCEPTIONS]
    return events[-1] if events else {}


def _text(node: Node) -> str:
    return spoken(node) if node.kind in {"llm", "agent", "chain"} else ""


def _arguments(node: Node) -> str:
    if node.kind == "llm" and node.given:
        return ""  # the conversation says it once already
    value = value_of(node.words, Field.ARGUMENTS)
    return as_text(value if value is not None else value_of(node.words, Field.INPUT))


def _result(node: Node) -> str:
    if node.kind in {"llm", "agent", "chain"}:
        return ""
    value = value_of(node.words, Field.RESULT)
    return as_text(value if value is not None else value_of(node.words, Field.OUTPUT)) or _documents(node)


def _documents(node: Node) -> str:
    for prefix in DOCUMENTS:
        found = [item.get("document", item) for item in unflatten(node.words, prefix)]
        if found:
            return as_text(found)
    return ""


def latency_ms(span: SpanRecord) -> int | None:
    """End minus start, rounded; None when either is missing or cannot be meant."""
    if not (is_good_time(span.start_ns) and is_good_time(span.end_ns)) or span.end_ns < span.start_ns:
        return None
    return (span.end_ns - span.start_ns + 500_000) // 1_000_000


def _flags(span: SpanRecord) -> tuple[str, ...]:
    flags = list(span.flags)
    if not is_good_time(span.start_ns) or (span.end_ns and latency_ms(span) is None):
        flags.append(BAD_TIME)
    if not span.end_ns:
        flags.append(NO_END)
    return tuple(flags)
