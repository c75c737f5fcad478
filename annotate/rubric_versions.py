"""What is new from one version of a rubric to the next, and whose answers it makes old: plain values in and out.

The shapes of options are those of `annotate.models.QuestionKind`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from django.utils.text import slugify

from annotate.answers import Wrong

LONGEST_KEY, LONGEST_LABEL = 40, 100
FEWEST_CHOICES, MOST_CHOICES = 2, 20
MOST_STEPS = 11
TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Wording:
    """A question as one version asks it. Without a `key` it is new."""

    key: str
    kind: str
    text: str
    guidance: str = ""
    options: Any = None
    is_required: bool = False
    since: int = 1


@dataclass(frozen=True)
class Change:
    """One thing that a version changed, in words; `before` and `after` where a text did."""

    words: str
    is_meaning: bool = False
    before: str = ""
    after: str = ""

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """Both texts as one."""
        return diff_words(self.before, self.after)


def same_lines(text: str) -> str:
    """A text with one kind of line end and nothing around it: browsers send other line ends than programs write."""
    return text.replace("\r\n", "\n").strip()


def read_choices(text: str) -> list[dict[str, str]]:
    """Answers to choose from, one to a line: `The tone`, or `tone | The tone` to say under what it is kept.

    Raises Wrong for fewer than 2, more than 20, two of one name, and too long ones.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not FEWEST_CHOICES <= len(lines) <= MOST_CHOICES:
        raise Wrong(f"Give {FEWEST_CHOICES} to {MOST_CHOICES} answers to choose from, one to a line.")
    options = [_choice(line, place) for place, line in enumerate(lines, start=1)]
    for name in ("value", "label"):
        given = [option[name].lower() for option in options]
        twice = next((option["label"] for option in options if given.count(option[name].lower()) > 1), None)
        if twice:
            raise Wrong(f"“{twice}” stands there twice.")
    return options


def _choice(line: str, place: int) -> dict[str, str]:
    name, bar, label = (part.strip() for part in line.partition("|"))
    label = label if bar and label else name
    if len(label) > LONGEST_LABEL:
        raise Wrong(f"“{label[:30]}…” is too long: {LONGEST_LABEL} characters at most.")
    return {"value": _slug(name) or f"answer-{place}", "label": label}


def choices_as_lines(options: Any) -> str:
    """The opposite of `read_choices`."""
    return "\n".join(_as_line(option) for option in options or ())


def _as_line(option: Mapping[str, str]) -> str:
    value, label = option["value"], option["label"]
    return label if _slug(label) == value else f"{value} | {label}"


def read_scale(lowest: int, highest: int, low_words: str, high_words: str) -> dict[str, Any]:
    """A scale. Raises Wrong for one that does not rise, or has more than 11 steps."""
    if not 1 <= highest - lowest < MOST_STEPS:
        raise Wrong(f"A scale rises, and has at most {MOST_STEPS} steps.")
    return {"lowest": lowest, "highest": highest, "low_words": low_words.strip(), "high_words": high_words.strip()}


def with_keys(wordings: Sequence[Wording], taken: Collection[str]) -> list[Wording]:
    """The questions, those that are new with a key that no version of the rubric ever had (`taken`)."""
    used = {*taken, *(one.key for one in wordings)}
    named = []
    for one in wordings:
        key = one.key or _free_key(one.text, used)
        used.add(key)
        named.append(replace(one, key=key))
    return named


def _free_key(text: str, used: Collection[str]) -> str:
    wanted = _slug(text) or "question"
    several = (f"{wanted[: LONGEST_KEY - 4].rstrip('-')}-{number}" for number in range(2, 1000))
    return next(key for key in (wanted, *several) if key not in used)


def _slug(text: str) -> str:
    return slugify(text)[:LONGEST_KEY].strip("-")


def with_since(
    before: Sequence[Wording], after: Sequence[Wording], version: int, meant: Collection[str]
) -> list[Wording]:
    """The questions of a new version, each with the version under which it got its meaning.

    It gets another one in this version when it is new, when `meant` names its key, or when old answers no longer fit.
    """
    known = {one.key: one for one in before}
    return [replace(one, since=_since(known.get(one.key), one, version, meant)) for one in after]


def _since(old: Wording | None, new: Wording, version: int, meant: Collection[str]) -> int:
    if old is None or new.key in meant or no_longer_fits(old, new):
        return version
    return old.since


def no_longer_fits(old: Wording, new: Wording) -> bool:
    """Whether answers that were given to `old` may be none to `new`, whatever anybody says."""
    if old.kind != new.kind:
        return True
    if old.kind == "scale":
        return any(old.options[end] != new.options[end] for end in ("lowest", "highest"))
    return bool(_values(old) - _values(new))


def is_reworded(old: Wording, new: Wording) -> bool:
    """Whether it reads differently, so that somebody must say if it means the same."""
    return (old.text, old.guidance, old.options) != (new.text, new.guidance, new.options)


def _values(one: Wording) -> set[str]:
    return {option["value"] for option in one.options or ()} if one.kind in {"choice", "choices"} else set()


def answers_in_words(one: Wording) -> str:
    """What kind of answer it takes: `a scale from 1 (useless) to 5 (perfect)`."""
    if one.kind == "scale":
        low, high = (_end(one.options, *names) for names in (("lowest", "low_words"), ("highest", "high_words")))
        return f"a scale from {low} to {high}"
    named = {"pass_fail": "pass or fail", "text": "words", "choice": "one of", "choices": "any of"}[one.kind]
    labels = ", ".join(option["label"] for option in one.options or ())
    return f"{named}: {labels}" if one.kind in {"choice", "choices"} else named


def _end(options: Mapping[str, Any], number: str, words: str) -> str:
    return f"{options[number]} ({options[words]})" if options.get(words) else str(options[number])


def changes(before: Sequence[Wording], after: Sequence[Wording], version: int) -> list[Change]:
    """What `version`, which asks `after`, changed in the questions of the one before."""
    known, kept = {one.key: one for one in before}, {one.key for one in after}
    told = []
    for one in after:
        told += _changes_of(known[one.key], one, version) if one.key in known else [_new(one)]
    told += [Change(f"No longer asked: “{one.text}”") for one in before if one.key not in kept]
    if [one.key for one in before if one.key in kept] != [one.key for one in after if one.key in known]:
        told.append(Change("The questions come in another order"))
    return told


def _new(one: Wording) -> Change:
    return Change(f"New question: “{one.text}” ({answers_in_words(one)})", is_meaning=True)


def _changes_of(old: Wording, new: Wording, version: int) -> list[Change]:
    is_meaning = new.since == version
    told = [
        Change(f"{words} “{new.text}”", is_meaning=is_meaning, before=was, after=now)
        for words, was, now in (
            ("The question itself:", old.text, new.text),
            ("How to answer", old.guidance, new.guidance),
            ("The answers to", answers_in_words(old), answers_in_words(new)),
        )
        if was != now
    ]
    if old.is_required != new.is_required:
        told.append(Change(f"“{new.text}” {'must be answered' if new.is_required else 'may be left out'} from now on"))
    if is_meaning and not any(change.is_meaning for change in told):
        told.append(Change(f"“{new.text}” means something else from now on", is_meaning=True))
    return told


def diff_words(before: str, after: str) -> list[tuple[str, str]]:
    """Two texts as one: ("same" | "gone" | "new", words), in reading order."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    pieces = []
    for kind, start, end, low, high in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            pieces.append(("same", "".join(old[start:end])))
            continue
        pieces += [("gone", "".join(old[start:end])), ("new", "".join(new[low:high]))]
    return [(kind, words) for kind, words in pieces if words]
