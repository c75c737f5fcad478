"""Lenient readings of single values: the same key is a string here, a number there and JSON in a string elsewhere."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from ingest.receiving.limits import Cutter, clean

MOST_QUOTED = 3  # some SDKs write JSON of JSON
QUOTING = frozenset('{["')  # how that begins


def as_text(value: Any) -> str:
    """The value as a person would read it: strings as they are, everything else as JSON; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # it reads deeper than it writes
        return orjson.dumps(clean(value, Cutter()), option=orjson.OPT_NON_STR_KEYS).decode()


def as_json(value: Any) -> Any:
    """The value, parsed if it is a JSON object, list or string in a string, and again if that is one."""
    for _ in range(MOST_QUOTED):
        if not isinstance(value, str) or value[:1] not in QUOTING:
            return value
        try:
            parsed = orjson.loads(value)
        except orjson.JSONDecodeError:
            break
        # The attribute was cleaned when it came in, but a NUL may be written out in its JSON.
        value = clean(parsed, Cutter()) if "\\u0000" in value else parsed
    return value


def first_of(value: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The first member that is there and says something; None for none. False and 0 say something."""
    for name in names:  # a loop, because this is asked a dozen times for each message
        item = value.get(name)
        if item is not None and item != "":
            return item
    return None


def as_word(value: Any) -> str:
    """A name or an id on one line, out of its JSON quotes if it has some; "" for nothing."""
    if value is None:
        return ""
    if not isinstance(value, str) or value[:1] in QUOTING:
        value = as_text(as_json(value))
    return " ".join(value.split())


def as_number(value: Any) -> float | None:
    """A finite number, or None. Truth values are no numbers here."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def as_count(value: Any) -> int | None:
    """A whole number from 0 up that a database can hold, or None."""
    if value is None:
        return None
    number = as_number(value)
    return int(number) if number is not None and 0 <= number < 2**53 else None


def as_amount(value: Any) -> float | None:
    """An amount of money from 0 up that can be added up, or None."""
    number = as_number(value)
    return number if number is not None and 0 <= number < 2**53 else None
