"""Texts compared by the words they share: for as long as no model is at hand, and where none works."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from clustering.engine.embed import Vectors

WORD = re.compile(r"[^\W\d_]{2,}")
# Endings that do not change what a word is about: "refunds", "refunded", "refunding".
ENDINGS = re.compile(r"(?:ing|ed|es|s)$")
STEM = 4


class Wording:
    """Texts by their words; rare words count more (tf-idf), and all texts are of one length."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(stems(text)) for text in texts]
        holders = Counter(stem for count in counts for stem in count)
        self._rarity = {stem: math.log((1 + len(texts)) / (1 + held)) + 1 for stem, held in holders.items()}
        self._size = len(texts)
        self._places: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for row, count in enumerate(counts):
            for stem, weight in self._weigh(count).items():
                self._places[stem].append((row, weight))

    def _weigh(self, count: Counter[str]) -> dict[str, float]:
        """Weights of unit length; words that no text holds add to the length alone."""
        strange = math.log(1 + self._size) + 1
        raw = {stem: (1 + math.log(times)) * self._rarity.get(stem, strange) for stem, times in count.items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        return {stem: weight / length for stem, weight in raw.items()}

    def compare(self, text: str) -> Vectors:
        """The cosine of the text with each of the texts, 0 to 1, shape (n,)."""
        scores = np.zeros(self._size, dtype=np.float32)
        for stem, weight in self._weigh(Counter(stems(text))).items():
            for row, other in self._places.get(stem, ()):
                scores[row] += weight * other
        return scores


def stems(text: str) -> list[str]:
    """The words of a text, in small letters and without their endings."""
    return [_stem(word) for word in WORD.findall(text.lower())]


def _stem(word: str) -> str:
    short = ENDINGS.sub("", word)
    return short if len(short) >= STEM else word
