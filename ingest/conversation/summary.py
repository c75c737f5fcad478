"""What a session is as a whole: its names, times, end and errors."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ingest.conversation.steps import is_error, latency_ms
from ingest.conversation.tree import Node, Turn
from ingest.dialects.fields import format_of, value_of
from ingest.dialects.tables import Field
from ingest.dialects.values import as_json, as_text, as_word
from ingest.receiving.limits import Cutter, clean
from ingest.records import LogRecord, SessionRecord, StepRecord, is_good_time, moment

SESSION_END = "session.end"
UNNAMED = "unknown_service"
MAX_TAGS = 20
MAX_METADATA = 60
LEAKED = ("LANGSMITH_", "LANGCHAIN_")  # the sender's environment, keys among it


def summarise(
    external_id: str, turns: Sequence[Turn], steps: tuple[StepRecord, ...], logs: Iterable[LogRecord]
) -> SessionRecord:
    """The record of a session whose steps are known."""
    nodes = _roots_first(turns)
    times = [time for node in nodes for time in (node.span.start_ns, node.span.end_ns) if is_good_time(time)]
    return SessionRecord(
        external_id=external_id,
        steps=steps,
        workflow=_workflow(nodes, turns),
        release=_first(nodes, Field.RELEASE),
        environment=_first(nodes, Field.ENVIRONMENT) or "default",
        user_ref=_first(nodes, Field.USER),
        model=_commonest(step.model for step in steps if step.model),
        source_format=_commonest(format_of(node.words) for node in nodes),
        status=_status(turns),
        tags=_tags(nodes),
        metadata=_metadata(nodes),
        started_at=moment(min(times, default=0)),
        ended_at=moment(max(times, default=0)),
        closed=_is_over(turns, logs),
        latency_ms=_latency(turns),
        error_count=_errors(turns) + sum(step.is_error for step in steps if step.key.startswith(f"{step.span_id}:")),
    )


def _roots_first(turns: Sequence[Turn]) -> list[Node]:
    roots = [turn.root for turn in turns]
    return [*roots, *(node for turn in turns for node in turn.nodes if node is not turn.root)]


def _first(nodes: Sequence[Node], field: Field) -> str:
    return next((word for node in nodes if (word := as_word(value_of(node.words, field)))), "")


def _workflow(nodes: Sequence[Node], turns: Sequence[Turn]) -> str:
    """The agent's name, else the name of a root that is no plumbing, else the service's."""
    roots = [turn.root.span.name for turn in turns if turn.root.kind in {"agent", "chain"}]
    services = [as_text(node.words.attributes.get("service.name")) for node in nodes[:1]]
    named = [service for service in services if service and not service.startswith(UNNAMED)]
    anything = [turn.root.span.name for turn in turns]
    return _first(nodes, Field.WORKFLOW) or next(iter([*roots, *named, *anything]), "")


def _commonest(words: Iterable[str]) -> str:
    """The most frequent word; of equals the one that came first."""
    counts = Counter(words)
    return max(counts, key=lambda word: counts[word]) if counts else ""


def _tags(nodes: Sequence[Node]) -> tuple[str, ...]:
    for node in nodes:
        value = as_json(value_of(node.words, Field.TAGS))
        if isinstance(value, str):
            value = value.split(",")
        if isinstance(value, list) and value:
            return tuple(as_word(tag)[:100] for tag in value[:MAX_TAGS])
    return ()


def _metadata(nodes: Sequence[Node]) -> dict[str, Any]:
    """What the sender added, the roots' word before their children's."""
    found: dict[str, Any] = {}
    for node in nodes:
        for key, value in node.words.metadata.items():
            if len(found) < MAX_METADATA and not key.startswith(LEAKED):
                found.setdefault(key, value)
    kept: dict[str, Any] = clean(found, Cutter())
    return kept


def _status(turns: Sequence[Turn]) -> str:
    """As the last turn's root ended."""
    if not turns:
        return "unknown"
    root = turns[-1].root
    if is_error(root):
        return "error"
    return "ok" if root.span.end_ns and _is_root(root.span.parent_id) else "unknown"


def _is_root(parent_id: str) -> bool:
    return not parent_id.strip("0")


def _is_over(turns: Sequence[Turn], logs: Iterable[LogRecord]) -> bool:
    """The sender said so, or every root has come and nothing is open."""
    if any(log.event_name == SESSION_END for log in logs):
        return True
    return bool(turns) and all(_is_complete(turn) for turn in turns)


def _is_complete(turn: Turn) -> bool:
    return _is_root(turn.root.span.parent_id) and all(node.span.end_ns > 0 for node in turn.nodes)


def _latency(turns: Sequence[Turn]) -> int | None:
    """Milliseconds the agent worked: the sum of its turns, without the user's pauses between them."""
    known = [ms for turn in turns if (ms := latency_ms(turn.root.span)) is not None]
    return sum(known) if known else None


def _errors(turns: Sequence[Turn]) -> int:
    """Errors where they began: a parent that only passes a child's failure on counts for nothing."""
    failed = [node for turn in turns for node in turn.nodes if is_error(node)]
    return sum(not any(is_error(child) for child in node.children) for node in failed)
