"""What a span says, in whatever dialects it speaks at once: one pass over its attributes, the best key wins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from ingest.dialects.registry import MOST_KEYS, Part, dialects, part_of
from ingest.dialects.tables import NAME, SCOPE, Field, KindRule
from ingest.dialects.values import as_json, as_word
from ingest.records import LogRecord, SpanRecord

DETAILS = "gen_ai.client.inference.operation.details"
UNKNOWN_RANK = 1_000_000
MAX_NESTING = 12
Pieces = list[tuple[tuple[str, ...], Any]]


@dataclass(slots=True)
class Told:
    """What attributes tell: the best value of each field, the kind, pieces of spread lists, the sender's metadata."""

    best: dict[Field, tuple[int, Any]] = field(default_factory=dict)
    kind: str = "other"
    kind_rank: int = UNKNOWN_RANK
    mark: int = UNKNOWN_RANK
    groups: dict[str, Pieces] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)


class Words(dict[str, Any]):
    """All attributes that speak for a span, read once and only when asked."""

    @cached_property
    def told(self) -> Told:
        told = Told()
        for key, value in self.items():
            if value is None or value == "":
                continue
            part = part_of(key)
            if part.mark >= 0:
                told.mark = min(told.mark, part.mark)
            if part.group:
                told.groups.setdefault(part.group, []).append((part.path, value))
            if part.places:
                _note(told, part, value)
            for rule in part.kinds:
                self._judge(told, rule, value)
            if part.is_own:
                _own(told, part, value)
        return told

    def _judge(self, told: Told, rule: KindRule, value: Any) -> None:
        if rule.rank < told.kind_rank and (not rule.scope or self.get(SCOPE) == rule.scope):
            kind = _kind_for(rule.values, as_word(value))
            if kind:
                told.kind, told.kind_rank = kind, rule.rank


def _note(told: Told, part: Part, value: Any) -> None:
    """Keeps a value under each field that its key tells better than any key before."""
    inner: Any = None
    for place in part.places:
        said = value
        if place.member:
            inner = as_json(value) if inner is None else inner
            said = _member(inner, place.member)
            if said is None or said == "":
                continue
        known = told.best.get(place.field)
        if known is None or place.rank < known[0]:
            told.best[place.field] = (place.rank, said)


def _member(value: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _own(told: Told, part: Part, value: Any) -> None:
    inner = as_json(value)
    if part.own:
        told.metadata[part.own] = inner
    elif isinstance(inner, dict):
        told.metadata.update({str(key): item for key, item in inner.items()})


def _kind_for(values: Mapping[str, str], said: str) -> str:
    """The kind for a value; one with a "*" at an end stands for all that end or begin so."""
    if said in values:
        return values[said]
    for pattern, kind in values.items():
        begins, ends = pattern.endswith("*"), pattern.startswith("*")
        if (begins and said.startswith(pattern[:-1])) or (ends and said.endswith(pattern[1:])):
            return kind
    return ""


def words_of(span: SpanRecord, logs: Iterable[LogRecord] = ()) -> Words:
    """All that speaks for a span: its own attributes, then its resource's, then those of its content events."""
    words = Words()
    for event in span.events:
        if event.name == DETAILS:
            words.update(event.attributes)
    for log in logs:
        if log.event_name == DETAILS:
            words.update(log.attributes)
            words.update(log.body if isinstance(log.body, dict) else {})
    words.update(span.resource)
    words[SCOPE], words[NAME] = span.scope, span.name
    words.update(span.attributes)
    return words


def _told(words: Mapping[str, Any]) -> Told:
    return words.told if isinstance(words, Words) else Words(words).told


def value_of(words: Mapping[str, Any], field: Field) -> Any:
    """The field's value under its best key, or None. Empty strings count as not there."""
    best = _told(words).best.get(field)
    return None if best is None else best[1]


def kind_of(words: Mapping[str, Any]) -> str:
    """The step's kind; "other" where nothing tells."""
    return _told(words).kind


def session_of(words: Mapping[str, Any], extra_keys: Iterable[str] = ()) -> str:
    """The session's id, where the span names one; the project's own keys come last."""
    said = as_word(value_of(words, Field.SESSION))
    return said or next((as_word(words[key]) for key in extra_keys if words.get(key)), "")


def format_of(words: Mapping[str, Any]) -> str:
    """The name of the first dialect whose marks a span bears; "otlp" for none."""
    mark = _told(words).mark
    return "otlp" if mark == UNKNOWN_RANK else dialects()[mark].name


def metadata_of(words: Mapping[str, Any]) -> dict[str, Any]:
    """What the sender added in its own names."""
    return _told(words).metadata


def has_group(words: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Whether anything stands under one of these lists."""
    groups = _told(words).groups
    return any(name in groups for name in names)


def unread_keys(span: SpanRecord) -> set[str]:
    """The names of a span's attributes that nothing here reads, with N for each index in them."""
    return {name for key in span.attributes if (name := _unread(key))}


@lru_cache(maxsize=MOST_KEYS)
def _unread(key: str) -> str:
    if part_of(key).is_read:
        return ""
    return ".".join("N" if piece.isdecimal() else piece for piece in key.split("."))


def unflatten(words: Mapping[str, Any], prefix: str) -> list[dict[str, Any]]:
    """`prefix.N.a.b` keys, or a list under `prefix` itself, as a list of nested objects in the order of N.

    Only indexes that exist make items: an attribute named `x.999999999.y` is one item, not a thousand million.
    """
    return _items(grouped(words, prefix))


def grouped(words: Mapping[str, Any], group: str) -> Any:
    """What stands under the name of a list or object, whole or spread over many keys; None for nothing."""
    pieces = _told(words).groups.get(group)
    if not pieces:
        return None
    tree: dict[str, Any] = {}
    for path, value in pieces:
        if path:
            _plant(tree, path, value)
    return _lists(tree) if tree else as_json(pieces[0][1])


def _items(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _plant(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
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
