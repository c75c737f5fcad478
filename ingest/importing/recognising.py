"""Which format a parsed value is in, and its entries."""

import logging
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.registry import members
from ingest.importing.parsing import Value, is_conversation
from ingest.records import Refusal

log = logging.getLogger(__name__)
UNKNOWN = "is in no format that is known here"
# Programs' answers and exports put the list of what was asked for under one of these.
ENVELOPES = (
    *("data", "runs", "traces", "sessions", "observations", "scores", "feedback"),
    *("spans", "trajectories", "simulations", "results", "items", "rows"),
)
MOST_TOGETHER = 20_000
TOO_MANY = f"has more than {MOST_TOGETHER} lines of one log; split it by conversation"


class Reader:
    """Reads the values of a file; those of a format whose values belong together are read at its end."""

    def __init__(self, name: str = "") -> None:
        """`name`: the only format to read; "" for any."""
        self.name = name
        self.formats = [known for known in formats() if name in {"", known.name}]

    def entries(self, values: Iterable[Value]) -> Iterator[Entry]:
        """What the values of one file hold."""
        together: dict[str, list[Any]] = {}
        for value, line in values:
            if isinstance(value, Refusal):
                yield value
            else:
                yield from self._read(value, line, together)
        for known in self.formats:
            if known.name in together:
                yield from _guarded(known, together[known.name], 0)

    def _read(self, value: Any, line: int, together: dict[str, list[Any]], *, inside: bool = False) -> Iterator[Entry]:
        known = next((candidate for candidate in self.formats if candidate.recognises(value)), None)
        if known is None:
            yield from self._unwrapped(value, line, together, inside=inside)
        elif not known.gathers:
            yield from _guarded(known, value, line)
        elif len(together.setdefault(known.name, [])) < MOST_TOGETHER:
            together[known.name].append(value)
        else:
            yield Refusal(line, TOO_MANY)

    def _unwrapped(self, value: Any, line: int, together: dict[str, list[Any]], *, inside: bool) -> Iterator[Entry]:
        items = [] if inside else _inside(value)
        if not items:
            yield Refusal(line, f"is not in the format {self.name}" if self.name else UNKNOWN)
        for place, item in enumerate(items, start=1):
            yield from self._read(item, line or place, together, inside=True)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = next((value[name] for name in ENVELOPES if isinstance(value.get(name), list)), None)
    return value if isinstance(value, list) and not is_conversation(value) else []


def _guarded(known: FileFormat, value: Any, line: int) -> Iterator[Entry]:
    """The format's entries. What a stranger wrote where nobody would is refused, and costs nothing else."""
    try:
        yield from known.read(value, line)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        log.warning("A value in the format %s could not be read.", known.name, exc_info=error)
        yield Refusal(line, f"looks like {known.name}, but cannot be read: {type(error).__name__}: {error}"[:500])


@cache
def formats() -> tuple[FileFormat, ...]:
    """All formats; those that are surest of their own come first."""
    found: list[FileFormat] = members("FORMAT")
    return tuple(sorted(found, key=lambda one: one.rank))


def format_names() -> tuple[str, ...]:
    """The names of all formats, in the order of the alphabet."""
    return tuple(sorted(known.name for known in formats()))
