"""When two calls ask for the same, or nearly so.

Near sameness ignores what differs by nature (request ids, times of asking), letter case and spacing, and a few changed
words in a free text. It never ignores a number or an id: pages 1 to 5 and five different orders are work, not a loop.
"""

import re
from typing import Any

from traces.answers import parsed
from traces.records import StepFacts

NEAR = 0.75
FREE_TEXT_WORDS = 3
VOLATILE = re.compile(
    r"^(?:_.*|request_?id|trace_?id|call_?id|nonce|idempotency_?key|timestamp|attempt|retry|now)$", re.IGNORECASE
)


def asked_of(call: StepFacts) -> tuple[str, Any]:
    """A call without what differs by nature, for comparison."""
    value = parsed(call.arguments)
    return call.name, _plain(call.arguments if value is None else value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items() if not VOLATILE.match(key)}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    return " ".join(value.casefold().split()) if isinstance(value, str) else value


def near(one: Any, other: Any) -> bool:
    """True for calls, as `asked_of` gives them, that ask for nearly the same."""
    if one == other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(near(held, other[key]) for key, held in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(near(*pair) for pair in zip(one, other, strict=True))
    return isinstance(one, str) and isinstance(other, str) and _near_texts(one, other)


def _near_texts(one: str, other: str) -> bool:
    words, others = set(re.findall(r"\w+", one)), set(re.findall(r"\w+", other))
    shared, all_words = words & others, words | others
    if len(words) <= FREE_TEXT_WORDS or len(others) <= FREE_TEXT_WORDS:
        return words == others
    changed = all_words - shared
    return len(shared) / len(all_words) >= NEAR and not any(re.search(r"\d", word) for word in changed)
