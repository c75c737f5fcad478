"""All dialects together. The registry is the folder: a module with a DIALECT takes part, ordered by its ranks."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import ingest.dialects
from ingest.dialects.tables import Dialect, Field, KindRule, MessageSource

MOST_KEYS = 20_000  # remembered; senders use some hundred, hostile ones as many as they like
UNKNOWN_RANK = 1_000_000
FEEDBACK = frozenset(
    f"{scope}{name}" for scope in ("", "trace.", "session.") for name in ("annotations", "evaluations")
)


@dataclass(frozen=True, slots=True)
class Place:
    """A field that a key tells, and how good the key is for it. `member`: in that member of the key's object."""

    field: Field
    rank: int
    member: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one attribute key is good for, worked out once per key.

    `group` and `path` place it in a list or object that is spread over many keys; `own` names the sender's metadata
    that it is. `mark` is the place of the dialect whose mark it bears, in the order of dialects.
    `is_telling`: it is good for anything. `has_members`: some of its places are in members of its object.
    """

    places: tuple[Place, ...] = ()
    kinds: tuple[KindRule, ...] = ()
    group: str = ""
    path: tuple[str, ...] = ()
    is_own: bool = False
    own: str = ""
    mark: int = UNKNOWN_RANK
    is_known: bool = False
    is_telling: bool = False
    has_members: bool = False

    @property
    def is_read(self) -> bool:
        return bool(self.places or self.kinds or self.group or self.is_own or self.is_known)


def members(attribute: str) -> list[Any]:
    """That attribute of every module in the folder that has it, by module name."""
    found = pkgutil.iter_modules(ingest.dialects.__path__)
    modules = [
        importlib.import_module(f"ingest.dialects.{module.name}") for module in found if module.name != "registry"
    ]
    return [getattr(module, attribute) for module in modules if hasattr(module, attribute)]


@cache
def dialects() -> tuple[Dialect, ...]:
    return tuple(sorted(members("DIALECT"), key=lambda dialect: dialect.is_base))


@cache
def inputs() -> tuple[MessageSource, ...]:
    return _sources(source for dialect in dialects() for source in dialect.inputs)


@cache
def outputs() -> tuple[MessageSource, ...]:
    return _sources(source for dialect in dialects() for source in dialect.outputs)


def _sources(sources: Iterable[MessageSource]) -> tuple[MessageSource, ...]:
    return tuple(sorted(sources, key=lambda source: source.rank))


@cache
def documents() -> tuple[str, ...]:
    """The prefixes under which retrieved documents are spread."""
    return tuple(name for dialect in dialects() for name in dialect.documents)


@cache
def offers() -> tuple[str, ...]:
    """The names under which the tools stand that a model was offered."""
    return tuple(sorted({name for dialect in dialects() for name in dialect.offers}))


@lru_cache(maxsize=MOST_KEYS)
def part_of(key: str) -> Part:
    """What the attribute `key` is good for."""
    group, path = _group(key)
    own = next((prefix for prefix in _own() if key == prefix or key.startswith(prefix + ".")), None)
    places = (*_places().get(key, ()), *_spread_places(key))
    kinds = _kinds().get(key, ())
    mark = next((place for place, dialect in enumerate(dialects()) if key.startswith(dialect.marks)), UNKNOWN_RANK)
    return Part(
        places=places,
        kinds=kinds,
        group=group,
        path=path,
        is_own=own is not None,
        own=key[len(own) + 1 :] if own else "",
        mark=mark,
        is_known=key.startswith(_known()),
        has_members=any(place.member for place in places),
        is_telling=bool(places or kinds or group or own is not None or mark != UNKNOWN_RANK),
    )


@cache
def keys_of(field: Field) -> frozenset[str]:
    """All keys that tell a field: objects of which it is a member, too, and the names under which these are spread."""
    told = [key for dialect in dialects() for key in dialect.fields.get(field, {}).values()]
    return frozenset([key.partition("/")[0] for key in told] + [key.replace("/", ".", 1) for key in told])


@cache
def _places() -> dict[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for dialect in dialects():
        for field, keys in dialect.fields.items():
            for rank, key in keys.items():
                base, _, member = key.partition("/")
                found[base].append(Place(field, rank, member))
    return {key: tuple(places) for key, places in found.items()}


def _spread_places(key: str) -> list[Place]:
    """The fields that `key` tells as a member of an object that is spread over dotted names."""
    return [
        Place(place.field, place.rank)
        for base in _bases(key)
        for place in _places().get(base, ())
        if place.member and place.member == key[len(base) + 1 :]
    ]


def _bases(key: str) -> list[str]:
    return [key[:end] for end, character in enumerate(key) if character == "."]


@cache
def _kinds() -> dict[str, tuple[KindRule, ...]]:
    found: dict[str, list[KindRule]] = defaultdict(list)
    for dialect in dialects():
        for rule in dialect.kinds:
            found[rule.key].append(rule)
    return {key: tuple(rules) for key, rules in found.items()}


def _group(key: str) -> tuple[str, tuple[str, ...]]:
    """The list or object that a key is a piece of, and the rest of its name; a whole has no rest."""
    if key in _groups():
        return key, ()
    base = next((base for base in _bases(key) if base in _groups()), "")
    return (base, tuple(key[len(base) + 1 :].split("."))) if base else ("", ())


@cache
def _groups() -> frozenset[str]:
    spread = [place.partition("/")[0] for d in dialects() for place in d.fields.get(Field.COST_PARTS, {}).values()]
    return frozenset([source.key for source in (*inputs(), *outputs())] + [*documents(), *offers(), *FEEDBACK, *spread])


@cache
def _own() -> tuple[str, ...]:
    return tuple(prefix for dialect in dialects() for prefix in dialect.metadata)


@cache
def _known() -> tuple[str, ...]:
    return tuple(prefix for dialect in dialects() for prefix in dialect.known)
