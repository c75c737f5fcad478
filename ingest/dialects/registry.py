"""All dialects together. The registry is the folder: a module with a DIALECT takes part, ordered by its ranks."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from typing import Any

import ingest.dialects
from ingest.dialects.tables import Dialect, Field, KindRule, MessageSource


def members(attribute: str) -> list[Any]:
    """That attribute of every module in the folder that has it, by module name."""
    found = pkgutil.iter_modules(ingest.dialects.__path__)
    modules = [
        importlib.import_module(f"ingest.dialects.{module.name}") for module in found if module.name != "registry"
    ]
    return [getattr(module, attribute) for module in modules if hasattr(module, attribute)]


@cache
def dialects() -> tuple[Dialect, ...]:
    return tuple(members("DIALECT"))


@cache
def kind_rules() -> tuple[KindRule, ...]:
    return tuple(sorted((rule for dialect in dialects() for rule in dialect.kinds), key=lambda rule: rule.rank))


@cache
def keys_of(field: Field) -> tuple[str, ...]:
    """The keys under which `field` is looked for, best first."""
    ranked = [item for dialect in dialects() for item in dialect.fields.get(field, {}).items()]
    return tuple(key for _, key in sorted(ranked))


@cache
def inputs() -> tuple[MessageSource, ...]:
    return _sources(source for dialect in dialects() for source in dialect.inputs)


@cache
def outputs() -> tuple[MessageSource, ...]:
    return _sources(source for dialect in dialects() for source in dialect.outputs)


def _sources(sources: Iterable[MessageSource]) -> tuple[MessageSource, ...]:
    return tuple(sorted(sources, key=lambda source: source.rank))
