"""What a span says, in whatever dialects it speaks at once: the first key that is there wins."""

from collections.abc import Iterable
from typing import Any

from ingest.dialects.chat import read_message, read_messages
from ingest.dialects.registry import dialects, inputs, keys_of, kind_rules, outputs
from ingest.dialects.tables import Field, MessageSource, Style
from ingest.dialects.values import as_json, as_word
from ingest.records import LogRecord, MessageRecord, SpanRecord

Words = dict[str, Any]
DETAILS = "gen_ai.client.inference.operation.details"
MESSAGE_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
CHOICE = "gen_ai.choice"
MAX_NESTING = 12


def words_of(span: SpanRecord, logs: Iterable[LogRecord] = ()) -> Words:
    """All attributes that speak for a span: its own first, then its resource's, then those of its content events."""
    words: Words = {}
    for event in span.events:
        if event.name == DETAILS:
            words.update(event.attributes)
    for log in logs:
        if log.event_name == DETAILS:
            words.update(log.attributes)
    return {**words, **span.resource, **span.attributes}


def value_of(words: Words, field: Field) -> Any:
    """The field's value under its best key, or None. Empty strings count as not there."""
    for key in keys_of(field):
        value = _look_up(words, key)
        if value is not None and value != "":
            return value
    return None


def _look_up(words: Words, key: str) -> Any:
    base, _, member = key.partition("/")
    value = words.get(base)
    if not member or value is None:
        return value
    inner = as_json(value)
    return inner.get(member) if isinstance(inner, dict) else None


def kind_of(words: Words) -> str:
    """The step's kind; "other" where nothing tells."""
    for rule in kind_rules():
        if rule.key in words:
            said = as_word(words[rule.key])
            kind = rule.values.get(said) or rule.values.get("*")
            if kind:
                return kind
    return "other"


def session_of(words: Words, extra_keys: Iterable[str] = ()) -> str:
    """The session's id, where the span names one; the project's own keys come last."""
    said = as_word(value_of(words, Field.SESSION))
    return said or next((as_word(words[key]) for key in extra_keys if words.get(key)), "")


def format_of(words: Words) -> str:
    """The name of the first dialect whose marks a span bears; "otlp" for none."""
    for dialect in dialects():
        if any(key.startswith(dialect.marks) for key in words):
            return dialect.name
    return "otlp"


def input_messages(words: Words, kind: str, span: SpanRecord, logs: Iterable[LogRecord]) -> list[MessageRecord]:
    """The messages that a call was given, history included."""
    return _from_sources(words, kind, inputs()) or _from_events(span, logs, given=True)


def output_messages(words: Words, kind: str, span: SpanRecord, logs: Iterable[LogRecord]) -> list[MessageRecord]:
    """The messages that a call answered."""
    return _from_sources(words, kind, outputs()) or _from_events(span, logs, given=False)


def _from_sources(words: Words, kind: str, sources: Iterable[MessageSource]) -> list[MessageRecord]:
    for source in sources:
        if source.kinds and kind not in source.kinds:
            continue
        messages = _from_source(words, source)
        if messages:
            return messages
    return []


def _from_source(words: Words, source: MessageSource) -> list[MessageRecord]:
    if source.style == Style.LIST:
        return read_messages(words.get(source.key))
    items = unflatten(words, source.key)
    if source.style == Style.UNFLATTENED:
        items = [_openinference(item["message"]) for item in items if isinstance(item.get("message"), dict)]
    return [message for item in items for message in read_message(item)]


def _openinference(message: dict[str, Any]) -> dict[str, Any]:
    """A message as OpenInference nests it, in OpenAI's shape."""
    calls = [call["tool_call"] for call in _items(message.get("tool_calls")) if isinstance(call.get("tool_call"), dict)]
    parts = [part["message_content"] for part in _items(message.get("contents")) if "message_content" in part]
    return {**message, "tool_calls": calls, **({"parts": parts} if parts else {})}


def _items(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def unflatten(words: Words, prefix: str) -> list[dict[str, Any]]:
    """`prefix.N.a.b` keys as a list of nested objects in the order of N.

    Only indexes that exist make items: an attribute named `x.999999999.y` is one item, not a thousand million.
    """
    tree: dict[str, Any] = {}
    start = prefix + "."
    for key, value in words.items():
        if key.startswith(start):
            _plant(tree, key[len(start) :].split("."), value)
    grown = _lists(tree)
    return _items(grown)


def _plant(tree: dict[str, Any], path: list[str], value: Any) -> None:
    if len(path) > MAX_NESTING:
        return
    for name in path[:-1]:
        inner = tree.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        tree = inner
    tree.setdefault(path[-1], value)


def _lists(tree: Any) -> Any:
    """Objects whose keys are all indexes become lists."""
    if not isinstance(tree, dict):
        return tree
    if tree and all(key.isdecimal() for key in tree):
        return [_lists(tree[key]) for key in sorted(tree, key=lambda key: (len(key.lstrip("0")), key.lstrip("0")))]
    return {key: _lists(value) for key, value in tree.items()}


def _from_events(span: SpanRecord, logs: Iterable[LogRecord], *, given: bool) -> list[MessageRecord]:
    """Messages from the events of GenAI 1.28 to 1.36: as log records in the default mode, or as span events."""
    records = [(event.name, event.time_ns, event.attributes, None) for event in span.events]
    records += [(log.event_name, log.time_ns, log.attributes, log.body) for log in logs]
    found: list[MessageRecord] = []
    for name, _, attributes, body in sorted(records, key=lambda record: record[1]):
        value = {**attributes, **(body if isinstance(body, dict) else {})}
        if given and name in MESSAGE_EVENTS:
            found += read_message({"content": "", "role": MESSAGE_EVENTS[name], **value})
        elif not given and name == CHOICE:
            message = as_json(value.get("message", value))
            found += read_message(
                {"role": "assistant", "content": "", **(message if isinstance(message, dict) else {})}
            )
    return found
