"""Words for a group: which member says it best, and what sets it apart from the rest."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from clustering.engine.embed import Vectors

TITLE_LENGTH = 90
SHORTEST_SENTENCE = 25
WORD = re.compile(r"[a-z][a-z'-]{2,}")
# Letters of a word that somebody might say: neither "to" nor a line without spaces.
SPOKEN = range(3, 31)
# Masking's own words and words that every note about an agent holds tell nothing apart.
EMPTY_WORDS = """
name number quote date time link address file amount percentage code agent user assistant customer bot
"""
COMMON_WORDS = """
about above after again all also although always and another any are because been before being below between both but
can cannot could did didn't does doesn't doing don't done down during each either else even ever every few for from
further get gets got had has have having her here hers him his how into isn't its itself just least less made make many
may might more most much must nor not now off once one only onto other our out over own per rather same several she
should since some somehow still such than that the their them then there these they this those though through thus too
two under until upon very via was wasn't were what when where whether which while who whom whose why will with within
without would yet you your
"""
SAY_NOTHING = frozenset((EMPTY_WORDS + COMMON_WORDS).split())


def by_centrality(texts: Sequence[str], vectors: Vectors) -> list[int]:
    """Indices of the members, the medoid first: the most like all the others; ties by content."""
    nearness = vectors.astype(np.float64) @ vectors.astype(np.float64).mean(axis=0)
    return sorted(range(len(texts)), key=lambda index: (-round(float(nearness[index]), 9), texts[index]))


def title_of(note: str) -> str:
    """A note as a title: its first sentence, cut at a word where it is long, without a full stop."""
    text = " ".join(note.split())
    sentence = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
    if len(sentence) >= SHORTEST_SENTENCE:
        text = sentence
    if len(text) > TITLE_LENGTH:
        text = text[: TITLE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;:- ") + "…"
    return text.rstrip(".") or "Untitled"


def choose_title(notes: Iterable[str], words: Sequence[str], taken: Collection[str]) -> str:
    """The first of `notes` whose title nobody else has (`taken`, folded); else the first with what differs."""
    titles = [title_of(note) for note in notes]
    for title in titles:
        if fold(title) not in taken:
            return title
    base = f"{titles[0]} ({', '.join(words[:2])})" if words else titles[0]
    numbered = (base if number == 1 else f"{base} #{number}" for number in range(1, len(taken) + 3))
    return next(title for title in numbered if fold(title) not in taken)


def fold(title: str) -> str:
    """The title without what some database takes for no difference: case, in any script, and marks above letters."""
    letters = unicodedata.normalize("NFKD", title).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def distinguishing_words(group: Sequence[str], counts: Mapping[str, int], total: int, most: int = 5) -> list[str]:
    """The words that many members have and few others do, best first.

    `counts`: of all `total` texts, the group's among them, as `count_words` counts.
    """
    inside = count_words(group)

    def weight(word: str) -> float:
        rarity = math.log((total + 1) / (counts[word] + 0.5)) + 0.05
        return inside[word] / len(group) * rarity

    ranked = sorted(inside, key=lambda word: (-round(weight(word), 9), word))
    return ranked[:most]


def count_words(texts: Iterable[str]) -> Counter[str]:
    """In how many of the texts each word is that may tell one from another."""
    return Counter(word for text in texts for word in _words(text))


def _words(text: str) -> set[str]:
    found = {word.strip("'-") for word in WORD.findall(text.lower())}
    return {word for word in found if len(word) in SPOKEN and word not in SAY_NOTHING}
