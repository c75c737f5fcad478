"""What a score says: good, bad or nothing. A name alone tells little, so that each project says what it means. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

GOOD, BAD, NONE = "good", "bad", "none"
# Words that judge by themselves, and words that only say much or little of what the name says.
GOOD_WORDS = frozenset(
    (
        *("good", "great", "pass", "passed", "correct", "positive", "resolved"),
        *("up", "thumbs-up", "thumbs_up", "like", "liked", "👍"),
    )
)
BAD_WORDS = frozenset(
    (
        *("bad", "poor", "fail", "failed", "incorrect", "wrong", "negative", "unresolved"),
        *("down", "thumbs-down", "thumbs_down", "dislike", "disliked", "👎"),
    )
)
HIGH_WORDS = frozenset(("yes", "true", "high"))
LOW_WORDS = frozenset(("no", "false", "low"))
NAMES = {
    BAD: (
        *("hallucinat", "toxic", "harm", "bias", "error", "fail", "violation", "jailbreak", "frustrat", "refus"),
        *("unsafe", "incorrect", "inaccura", "irrelevan", "unhelpful", "unresolved", "dislike"),
    ),
    GOOD: (
        *("thumb", "feedback", "rating", "star", "csat", "satisf", "like", "correct", "accura", "helpful", "relevan"),
        *("faithful", "grounded", "quality", "success", "resolved", "pass", "safe", "complete", "coheren", "fluen"),
    ),
    NONE: ("length", "count", "token", "latency", "duration", "language", "topic", "category", "intent"),
}


class Given(Protocol):
    """Whatever has a score's name, number and label."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def label(self) -> str: ...


class Meaning(Protocol):
    """How the scores of one name are read: what a high one says, and above which value one is high."""

    @property
    def polarity(self) -> str: ...
    @property
    def middle(self) -> float: ...


@dataclass(frozen=True)
class Reading:
    """A meaning as a plain value."""

    polarity: str
    middle: float = 0.5


def polarity_of(score: Given, meanings: Mapping[str, Meaning]) -> str | None:
    """What a score says, good or bad; None where its project has not said what the name means, or it says neither.

    The number counts before the label; one that stands exactly in the middle says nothing.
    """
    meaning = meanings.get(score.name)
    if meaning is None or meaning.polarity == NONE:
        return None
    if score.value is None:
        return _by_label(score.label.strip().lower(), meaning.polarity)
    if score.value == meaning.middle:
        return None
    return _side(meaning.polarity, is_high=score.value > meaning.middle)


def _by_label(label: str, polarity: str) -> str | None:
    if label in GOOD_WORDS:
        return GOOD
    if label in BAD_WORDS:
        return BAD
    return _side(polarity, is_high=label in HIGH_WORDS) if label in HIGH_WORDS | LOW_WORDS else None


def _side(polarity: str, *, is_high: bool) -> str:
    return GOOD if is_high == (polarity == GOOD) else BAD


def suggestion(name: str, lowest: float | None, highest: float | None, labels: Collection[str] = ()) -> Reading | None:
    """What a name and the range of its values suggest; None where they suggest nothing."""
    said = re.sub(r"[\W_]+", " ", name.lower())
    polarity = next((polarity for polarity, parts in NAMES.items() if any(part in said for part in parts)), "")
    if not polarity and {label.strip().lower() for label in labels} & (GOOD_WORDS | BAD_WORDS):
        polarity = GOOD
    return Reading(polarity, middle_of(lowest, highest)) if polarity else None


def middle_of(lowest: float | None, highest: float | None) -> float:
    """The middle of the scale that values seem to come from: 0 to 1, -1 to 1, 1 to 5, 0 to 10, 0 to 100."""
    if lowest is None or highest is None:
        return 0.5
    if lowest < 0:
        return 0.0
    if highest <= 1:
        return 0.5
    top = next((end for end in (5, 10, 100) if highest <= end), highest)
    return (1 + top) / 2 if top == 5 and lowest >= 1 else top / 2  # noqa: PLR2004 # stars begin at 1
