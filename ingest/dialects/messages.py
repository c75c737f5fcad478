"""The messages of one call: in attributes, in events on the span, or in log records beside it."""

from collections.abc import Iterable, Sequence
from typing import Any

from ingest.dialects.chat import read_message, read_messages, talk_in
from ingest.dialects.fields import Words, grouped, value_of
from ingest.dialects.parts import read_call
from ingest.dialects.registry import inputs, outputs
from ingest.dialects.tables import Field, MessageSource
from ingest.dialects.values import as_json, as_text
from ingest.records import LogRecord, MessageRecord, SpanRecord

MESSAGE_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
CHOICE = "gen_ai.choice"
OLD_PROMPT, OLD_COMPLETION = "gen_ai.content.prompt", "gen_ai.content.completion"
TALKING = ("llm", "agent", "chain", "other")
Event = tuple[str, Any]


def given_to(words: Words, kind: str, span: SpanRecord, logs: Sequence[LogRecord]) -> list[MessageRecord]:
    """The messages that a call was given, history included."""
    found = _from_sources(words, kind, inputs(), given=True) or _from_events(_events(span, logs), given=True)
    return found or (talk_in(value_of(words, Field.INPUT)) if kind in TALKING else [])


def answered_by(words: Words, kind: str, span: SpanRecord, logs: Sequence[LogRecord]) -> list[MessageRecord]:
    """The messages that a call answered."""
    found = _from_sources(words, kind, outputs(), given=False) or _from_events(_events(span, logs), given=False)
    return found or (_beside(words) or talk_in(value_of(words, Field.OUTPUT)) if kind in TALKING else [])


def _beside(words: Words) -> list[MessageRecord]:
    """An answer whose calls and thoughts stand in attributes of their own, beside its words."""
    calls = as_json(value_of(words, Field.CALLS))
    thoughts = as_text(value_of(words, Field.THOUGHTS))
    items = [item for item in calls if isinstance(item, dict)] if isinstance(calls, list) else []
    if not items and not thoughts:
        return []
    text = as_text(value_of(words, Field.OUTPUT))
    return [MessageRecord("assistant", text=text, calls=tuple(read_call(item) for item in items), reasoning=thoughts)]


def _from_sources(words: Words, kind: str, sources: Iterable[MessageSource], *, given: bool) -> list[MessageRecord]:
    groups = words.groups
    for source in sources if groups else ():
        if source.key not in groups or (source.kinds and kind not in source.kinds):
            continue
        value = grouped(words, source.key)
        found = _from_events(_listed_events(value), given=given) if source.events else _read(value)
        if found:
            return found
    return []


def _read(value: Any) -> list[MessageRecord]:
    return read_messages(value) or talk_in(value)


def _events(span: SpanRecord, logs: Sequence[LogRecord]) -> list[Event]:
    """GenAI 1.28 to 1.36: message events as log records in the default mode, or on the span, in body or attributes."""
    if not span.events and not logs:
        return []
    found = [(event.time_ns, event.name, event.attributes) for event in span.events]
    found += [(log.time_ns, log.event_name, {**log.attributes, **_object(log.body)}) for log in logs]
    return [(name, value) for _, name, value in sorted(found, key=lambda event: event[0])]


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed_events(value: Any) -> list[Event]:
    items = value if isinstance(value, list) else []
    return [(as_text(item.get("event.name")), item) for item in items if isinstance(item, dict)]


def _from_events(events: Iterable[Event], *, given: bool) -> list[MessageRecord]:
    found: list[MessageRecord] = []
    for name, value in events:
        if name in MESSAGE_EVENTS and given:
            found += read_message(_unpacked(value, MESSAGE_EVENTS[name]))
        elif name == CHOICE and not given:
            found += read_message(_unpacked(value, "assistant"))
        elif name == (OLD_PROMPT if given else OLD_COMPLETION):
            found += _read(value.get("gen_ai.prompt" if given else "gen_ai.completion"))
    return found


def _unpacked(value: dict[str, Any], role: str) -> dict[str, Any]:
    """An event's message with its role. Strands and others put a list of parts, or one message, in JSON there."""
    value = {**value, **_object(as_json(value.get("gen_ai.event.content")))}  # Azure's
    inner = as_json(value.get("message"))
    if isinstance(inner, dict):
        value = inner
    elif inner is not None:
        value = {**value, "content": inner}
    content = as_json(value.get("content"))
    calls = as_json(value.get("tool_calls"))
    more = {"tool_calls": calls} if calls else {}
    return {
        **value,
        **more,
        "content": content if isinstance(content, list) else value.get("content", ""),
        "role": role,
    }
