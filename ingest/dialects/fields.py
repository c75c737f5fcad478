"""What a span says, in whatever dialects it speaks at once: one pass over its attributes, the best key wins."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ingest.dialects.registry import MOST_KEYS, UNKNOWN_RANK, Part, dialects, keys_of, part_of
from ingest.dialects.tables import NAME, SCOPE, Field
from ingest.dialects.values import as_json, as_word
from ingest.records import LogRecord, SpanRecord

DETAILS = "gen_ai.client.inference.operation.details"
MAX_NESTING = 12
Pieces = list[tuple[tuple[str, ...], Any]]


@dataclass(slots=True)
class Words:
    """What attributes tell: the best value of each field, the kind, pieces of spread lists, the sender's metadata.

    `ranks` says how good the value of each field is, and `kind_rank` how sure the kind; the lower, the better.
    """

    attributes: dict[str, Any]
    best: dict[Field, Any] = field(default_factory=dict)
    ranks: dict[Field, int] = field(default_factory=dict)
    kind: str = "other"
    kind_rank: int = UNKNOWN_RANK
    mark: int = UNKNOWN_RANK
    groups: dict[str, Pieces] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)

    def hear(self, attributes: Mapping[str, Any]) -> None:
        """Takes in these, which must be among `attributes`. Empty values count as not there."""
        best, ranks, groups = self.best, self.ranks, self.groups
        for key, value in attributes.items():
            if value is None or value == "":
                continue
            part = part_of(key)
            if not part.is_telling:
                continue
            if part.mark < self.mark:  # noqa: PLR1730 # asked of each attribute, where min() is too dear
                self.mark = part.mark
            if part.group:
                groups.setdefault(part.group, []).append((part.path, value))
            if part.has_members:
                self._note(part, value)
            else:
                for place in part.places:
                    if place.rank < ranks.get(place.field, UNKNOWN_RANK):
                        best[place.field], ranks[place.field] = value, place.rank
            if part.kinds or part.is_own:
                self._judge(part, value)
                self._own(part, value)

    def _note(self, part: Part, value: Any) -> None:
        """Keeps a value, or members of it, under each field that its key tells better than any key before."""
        inner = as_json(value)
        for place in part.places:
            if place.rank < self.ranks.get(place.field, UNKNOWN_RANK):
                said = _member(inner, place.member) if place.member else value
                if said is not None and said != "":
                    self.best[place.field], self.ranks[place.field] = said, place.rank

    def _judge(self, part: Part, value: Any) -> None:
        """Keeps the kind that the surest rule tells."""
        for rule in part.kinds:
            if rule.rank < self.kind_rank and (not rule.scope or self.attributes.get(SCOPE) == rule.scope):
                kind = _kind_for(rule.values, as_word(value))
                if kind:
                    self.kind, self.kind_rank = kind, rule.rank

    def _own(self, part: Part, value: Any) -> None:
        if not part.is_own:
            return
        inner = as_json(value)
        if part.own:
            self.metadata[part.own] = inner
        elif isinstance(inner, dict):
            self.metadata.update({str(key): item for key, item in inner.items()})

    def followed_by(self, attributes: dict[str, Any], news: Mapping[str, Any]) -> "Words":
        """What `attributes` tell in all: these words, and the `news` among them, which come after."""
        groups = {name: [*pieces] for name, pieces in self.groups.items()}
        words = Words(
            attributes, {**self.best}, {**self.ranks}, self.kind, self.kind_rank, self.mark, groups, {**self.metadata}
        )
        words.hear(news)
        return words


def _member(value: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _kind_for(values: Mapping[str, str], said: str) -> str:
    """The kind for a value; one with a "*" at an end stands for all that end or begin so."""
    if said in values:
        return values[said]
    for pattern, kind in values.items():
        begins, ends = pattern.endswith("*"), pattern.startswith("*")
        if (begins and said.startswith(pattern[:-1])) or (ends and said.endswith(pattern[1:])):
            return kind
    return ""


def words_in(attributes: dict[str, Any]) -> Words:
    """What these attributes tell, and nothing beside them."""
    words = Words(attributes)
    words.hear(attributes)
    return words


class Reader:
    """Reads spans one after the other. What many of them share, their resource and scope, it reads only once."""

    def __init__(self) -> None:
        self._shared: dict[tuple[int, str], tuple[dict[str, Any], Words]] = {}

    def words_of(self, span: SpanRecord, logs: Iterable[LogRecord] = ()) -> Words:
        """All that speaks for a span: its own attributes, then its resource's, then those of its content events."""
        details = _details(span, logs)
        said = _all_of(span, details)
        is_plain = not details and len(said) == len(span.resource) + len((SCOPE, NAME)) + len(span.attributes)
        if not is_plain:  # something is said twice
            return words_in(said)
        return self._of_all(span).followed_by(said, {NAME: span.name, **span.attributes})

    def _of_all(self, span: SpanRecord) -> Words:
        place = (id(span.resource), span.scope)
        if place not in self._shared:
            # The resource is kept, so that no other one can get its id.
            self._shared[place] = (span.resource, words_in({**span.resource, SCOPE: span.scope}))
        return self._shared[place][1]


def _all_of(span: SpanRecord, details: Mapping[str, Any]) -> dict[str, Any]:
    return {**details, **span.resource, SCOPE: span.scope, NAME: span.name, **span.attributes}


def _details(span: SpanRecord, logs: Iterable[LogRecord]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for event in span.events:
        if event.name == DETAILS:
            found.update(event.attributes)
    for log in logs:
        if log.event_name == DETAILS:
            found.update(log.attributes)
            found.update(log.body if isinstance(log.body, dict) else {})
    return found


def value_of(words: Words, field: Field) -> Any:
    """The field's value under its best key, or None. Empty strings count as not there."""
    return words.best.get(field)


def session_of(words: Words) -> str:
    """The session's id, where the span names one."""
    return as_word(words.best.get(Field.SESSION))


def session_of_span(span: SpanRecord, extra_keys: Collection[str] = ()) -> str:
    """The same without reading the rest of the span; the project's own keys come last."""
    is_alone = not extra_keys and keys_of(Field.SESSION).isdisjoint(span.resource) and not _details(span, ())
    return session_in(span.attributes if is_alone else _all_of(span, _details(span, ())), extra_keys)


def session_in(attributes: Mapping[str, Any], extra_keys: Iterable[str] = ()) -> str:
    """The session's id that attributes name, the project's own keys last; "" for none."""
    keys = keys_of(Field.SESSION)
    said = session_of(words_in({key: value for key, value in attributes.items() if key in keys}))
    return said or next((as_word(attributes[key]) for key in extra_keys if attributes.get(key)), "")


def format_of(words: Words) -> str:
    """The name of the first dialect whose marks a span bears; "otlp" for none."""
    return "otlp" if words.mark == UNKNOWN_RANK else dialects()[words.mark].name


def unread_keys(span: SpanRecord) -> set[str]:
    """The names of a span's attributes that nothing here reads, with N for each index in them."""
    return {name for key in span.attributes if (name := _unread(key))}


@lru_cache(maxsize=MOST_KEYS)
def _unread(key: str) -> str:
    if part_of(key).is_read:
        return ""
    return ".".join("N" if piece.isdecimal() else piece for piece in key.split("."))


def unflatten(words: Words, prefix: str) -> list[dict[str, Any]]:
    """`prefix.N.a.b` keys, or a list under `prefix` itself, as a list of nested objects in the order of N.

    Only indexes that exist make items: an attribute named `x.999999999.y` is one item, not a thousand million.
    """
    return _items(grouped(words, prefix))


def grouped(words: Words, group: str) -> Any:
    """What stands under the name of a list or object, whole or spread over many keys; None for nothing."""
    pieces = words.groups.get(group)
    if not pieces:
        return None
    tree = _tree(pieces)
    return _lists(tree) if tree else as_json(pieces[0][1])


def _items(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _tree(pieces: Pieces) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    before: tuple[str, ...] = ()  # a message's pieces mostly follow each other
    branch: dict[str, Any] | None = tree
    for path, value in pieces:
        if not 0 < len(path) <= MAX_NESTING:
            continue
        way = path[:-1]
        if way != before:
            before, branch = way, _branch(tree, way)
        if branch is not None:
            branch.setdefault(path[-1], value)
    return tree


def _branch(tree: dict[str, Any], way: Sequence[str]) -> dict[str, Any] | None:
    """The object at the end of the way, laid if need be; None where something else stands in it."""
    for name in way:
        inner = tree.setdefault(name, {})
        if not isinstance(inner, dict):
            return None
        tree = inner
    return tree


def _lists(tree: dict[str, Any]) -> Any:
    """Objects whose keys are all indexes become lists."""
    items = {key: _lists(value) if isinstance(value, dict) else value for key, value in tree.items()}
    if not items or not "".join(items).isdecimal() or "" in items:
        return items
    return [items[key] for key in sorted(items, key=_place)] if len(items) > 1 else [*items.values()]


def _place(index: str) -> tuple[int, str]:
    """For sorting by number, however large and whatever it begins with."""
    digits = index.lstrip("0")
    return len(digits), digits
