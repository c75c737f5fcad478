"""What counts as an answer to a question, by the question's kind: plain values in, plain values out.

The shapes of options and values are those of `annotate.models.QuestionKind`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Value = str | int | list[str]
LONGEST_TEXT = 5_000
PASS_OR_FAIL = (("pass", "Pass"), ("fail", "Fail"))
DIGITS = 9


class Wrong(Exception):
    """What somebody gave cannot be taken; the message says what would be."""


@dataclass(frozen=True)
class Asked:
    """A question as far as answers depend on it."""

    key: str
    kind: str
    text: str
    options: Any
    is_required: bool = False


def read_answer(asked: Asked, given: object) -> Value | None:
    """The answer in the shape that its kind keeps; None where nothing was said. Raises Wrong.

    `given` is what a form, a draft or a program sends: text, a whole number, or a list of texts.
    """
    if given is None or given in ("", []) or (isinstance(given, str) and not given.strip()):
        return None
    return READERS[asked.kind](asked.options, given)


def missing(asked: Sequence[Asked], answers: Mapping[str, Value]) -> list[Asked]:
    """The required questions that were not answered, in their order."""
    return [one for one in asked if one.is_required and one.key not in answers]


def prevailing(given: Iterable[Value]) -> Value | None:
    """The answer that more people gave than any other; None where nobody answered, or the first two are even."""
    told = list(given)
    counts = Counter(map(str, told)).most_common(2)
    is_even = len(counts) > 1 and counts[0][1] == counts[1][1]
    return None if is_even else next((value for value in told if str(value) == counts[0][0]), None)


def place_of(asked: Asked, value: Value) -> float | None:
    """Where on its scale an answer lies, from 0 to 1; None for what is no scale."""
    if asked.kind != "scale" or not isinstance(value, int):
        return None
    steps = _scale(asked.options)
    return (value - steps[0]) / (len(steps) - 1)


def labels_in(asked: Asked, value: Value) -> list[str]:
    """What was chosen, as people read it: one label, or several where several may be chosen."""
    labels = dict(choices_of(asked.kind, asked.options))
    chosen = value if isinstance(value, list) else [str(value)]
    return [labels.get(one, one) for one in chosen]


def choices_of(kind: str, options: Any) -> list[tuple[str, str]]:
    """What can be chosen, as (value, label); empty for words."""
    if kind == "pass_fail":
        return list(PASS_OR_FAIL)
    if kind == "scale":
        return [(str(number), str(number)) for number in _scale(options)]
    return [(option["value"], option["label"]) for option in options] if kind in {"choice", "choices"} else []


def in_words(asked: Asked, value: Value) -> str:
    """An answer as a reader meets it: `Pass`, `4 of 1 to 5`, `The tone, The facts`."""
    if asked.kind == "scale":
        steps = _scale(asked.options)
        return f"{value} (of {steps[0]} to {steps[-1]})"
    return ", ".join(labels_in(asked, value))


def words_in(value: object) -> str:
    """Text that any database can keep: without NUL and without halves of characters; "" for what is no text."""
    return value.replace("\0", "").encode(errors="ignore").decode() if isinstance(value, str) else ""


def _scale(options: Any) -> range:
    return range(int(options["lowest"]), int(options["highest"]) + 1)


def _pass_or_fail(_options: Any, given: object) -> Value:
    if given not in [value for value, _ in PASS_OR_FAIL]:
        raise Wrong("Answer with pass or fail.")
    return str(given)


def _place_on_scale(options: Any, given: object) -> Value:
    steps = _scale(options)
    number = _whole(given)
    if number is None or number not in steps:
        raise Wrong(f"Answer with a whole number from {steps[0]} to {steps[-1]}.")
    return number


def _whole(given: object) -> int | None:
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    text = given.strip() if isinstance(given, str) else ""
    is_number = text.removeprefix("-").isdecimal() and text.isascii() and len(text) <= DIGITS
    return int(text) if is_number else None


def _one(options: Any, given: object) -> Value:
    if given not in _values(options):
        raise Wrong("Choose one of the answers offered.")
    return str(given)


def _several(options: Any, given: object) -> Value:
    chosen = given if isinstance(given, list) else [given]
    if not all(value in _values(options) for value in chosen):
        raise Wrong("Choose among the answers offered.")
    return [value for value in _values(options) if value in chosen]


def _values(options: Any) -> list[str]:
    return [option["value"] for option in options]


def _words(_options: Any, given: object) -> Value:
    if not isinstance(given, str):
        raise Wrong("Answer in words.")
    if len(given) > LONGEST_TEXT:
        raise Wrong(f"Answer in at most {LONGEST_TEXT:,} characters.")
    return words_in(given).strip()


READERS: Mapping[str, Callable[[Any, object], Value]] = {
    "pass_fail": _pass_or_fail,
    "scale": _place_on_scale,
    "choice": _one,
    "choices": _several,
    "text": _words,
}
