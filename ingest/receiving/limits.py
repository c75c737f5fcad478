"""Caps on what one request may make us store. What is over a cap is cut and marked, or refused with a reason."""

import math
from collections.abc import Iterable
from typing import Any

MAX_SPANS = 20_000
# Those that cannot be taken cost time too: a small packed body may hold tens of millions of empty ones.
MAX_LOOKED_AT = 200_000
# Clients send at most 1 MB of scores at once; what is much more than that is a mistake.
MAX_SCORES_BYTES = 4 * 1024 * 1024
MAX_ATTRIBUTES = 1_000
MAX_EVENTS = 200
MAX_LINKS = 50
MAX_DEPTH = 24
MAX_ITEMS = 2_000
MAX_TEXT = 1_000_000
MAX_KEY = 300
MAX_NUMBER = 2**63 - 1
CUT = "cut"


def is_plain(text: str, limit: int = MAX_TEXT) -> bool:
    """Whether there is nothing to cut or to clean, as far as one can tell quickly."""
    return len(text) <= limit and text.isascii() and "\x00" not in text


class Cutter:
    """Cleans values on their way in, and remembers whether it had to cut one."""

    def __init__(self) -> None:
        self.has_cut = False

    @property
    def flags(self) -> tuple[str, ...]:
        return (CUT,) if self.has_cut else ()

    def text(self, value: str, limit: int = MAX_TEXT) -> str:
        """No NUL (PostgreSQL refuses it), no lone surrogates, at most `limit` characters."""
        if is_plain(value, limit):
            return value
        if len(value) > limit:
            self.has_cut = True
            value = value[:limit]
        if "\x00" in value:
            value = value.replace("\x00", "\ufffd")
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")

    def take(self, values: Iterable[Any], limit: int) -> list[Any]:
        """The first `limit` of the values."""
        kept: list[Any] = []
        for value in values:
            if len(kept) == limit:
                self.has_cut = True
                break
            kept.append(value)
        return kept


def _plain(value: Any) -> Any:
    """A number that others can write too: 128-bit ids come as whole numbers, and 1e999 as an infinity."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and not -MAX_NUMBER <= value <= MAX_NUMBER:
        return str(value)
    return value


def clean(value: Any, cutter: Cutter, depth: int = 0) -> Any:
    """A value that came as plain JSON, bounded in depth, breadth and length."""
    if isinstance(value, str):
        return cutter.text(value)
    if not isinstance(value, dict | list):
        return _plain(value)
    if depth >= MAX_DEPTH:
        cutter.has_cut = True
        return "…"
    if isinstance(value, list):
        return [clean(item, cutter, depth + 1) for item in cutter.take(value, MAX_ITEMS)]
    pairs = cutter.take(value.items(), MAX_ITEMS)
    return {cutter.text(str(key), MAX_KEY): clean(item, cutter, depth + 1) for key, item in pairs}
