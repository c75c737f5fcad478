"""Which plain texts a pattern cannot do without: looking for those takes a tenth of the time.

Most messages hold no phrase of most sorts. The texts are read off the pattern itself, so that nobody has to keep a list
of words beside it that one day forgets one.
"""

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

# What `re` itself reads patterns with. It has had no public name since `sre_parse` was deprecated, and has changed
# little in twenty years; the tests read every pattern that we have.
parser: Any = import_module("re._parser")
Texts = frozenset[str]
# A text so short stands in every message, but for a sign like @; beyond LONG letters, longer is no rarer.
SHORTEST = 2
LONG = 5
# Looking for so many more takes as long as what one more letter saves.
WORTH = 40


def needed(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Texts of which every match holds at least one, or none where there are no such texts."""
    flags = pattern.flags & ~re.DEBUG
    if flags & (re.IGNORECASE | re.VERBOSE):
        return ()
    return tuple(sorted(_plainest(_of_sequence(parser.parse(pattern.pattern, flags)))))


def _plainest(texts: Iterable[Texts]) -> Texts:
    """The best of several such sets: rare texts, and few of them."""
    useful = (found for found in map(_without_longer, texts) if found and min(map(_rarity, found)) >= SHORTEST)
    return max(useful, key=lambda found: min(map(_rarity, found)) - len(found) / WORTH, default=frozenset())


def _rarity(text: str) -> int:
    return LONG if "@" in text else min(len(text), LONG)


def _without_longer(texts: Texts) -> Texts:
    """Without those that hold another one of them."""
    return frozenset(text for text in texts if not any(other in text for other in texts if other != text))


def _of_sequence(parts: Iterable[tuple[Any, Any]]) -> Iterator[Texts]:
    """For each part that must be there the texts of which it holds one; letters in a row are one text."""
    row = ""
    for sort, what in parts:
        if sort is parser.LITERAL:
            row += chr(what)
            continue
        if row:
            yield frozenset({row})
        row = ""
        yield from _of_part(sort, what)
    if row:
        yield frozenset({row})


def _of_part(sort: Any, what: Any) -> Iterator[Texts]:
    if sort is parser.SUBPATTERN:
        yield from _of_sequence(what[-1])
    elif sort is parser.BRANCH:
        branches = [_plainest(_of_sequence(branch)) for branch in what[1]]
        if all(branches):
            yield frozenset().union(*branches)
    elif sort in {parser.MAX_REPEAT, parser.MIN_REPEAT} and what[0] > 0:
        yield from _of_sequence(what[2])
