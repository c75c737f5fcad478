"""What a reviewer tells of a session, as plain values: failures, the passages that show them, what a test would ask.

Everything that comes from a browser or a program is read here into its one shape, or refused with the reason.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeGuard

from annotate.answers import LONGEST_TEXT, Wrong, words_in

ISSUE_NUMBER = re.compile(r"\s*(?:ISS-)?(\d{1,9})\b", re.ASCII | re.IGNORECASE)
MOST_FAILURES = 10
MOST_QUOTES = 10
LONGEST_QUOTE = 2_000
MOST_ASSERTIONS = 20
LONGEST_TARGET = 200
LONGEST_DETAIL = 1_000
MOST_ANSWERS = 100
ABOUT_A_LINE = 60
ASSERTION_KINDS = {
    "must_call": "must call",
    "must_not_call": "must not call",
    "must_say": "must say",
    "must_not_say": "must not say",
    "must_ask_before": "must ask before",
}


@dataclass(frozen=True)
class Quote:
    """A passage of a step: characters `start` to `end` (not in it) of its plain text, and these words themselves."""

    step: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Assertion:
    """One thing that a test of the failure asks: "must call" `target`, with `detail`."""

    kind: str
    target: str
    detail: str = ""

    @property
    def words(self) -> str:
        """What the agent must do, or must not: `must ask before`."""
        return ASSERTION_KINDS.get(self.kind, self.kind)


@dataclass(frozen=True)
class Told:
    """One failure as a reviewer told it. Steps are keys; `failure_type` is a name, new or known.

    `chosen_issue` begins with the number of the issue that it looks like: "ISS-12", "12" or "ISS-12 its title".
    """

    root_step: str
    note: str
    surfaced_step: str = ""
    failure_type: str = ""
    severity: str = "medium"
    expected: str = ""
    chosen_issue: str = ""
    quotes: tuple[Quote, ...] = ()
    assertions: tuple[Assertion, ...] = ()


def as_draft(told: Told) -> dict[str, Any]:
    """The failure in the shape of a draft, as JSON brings it back: lists, where a dataclass has tuples."""
    draft = asdict(told) | {"quotes": list(map(asdict, told.quotes)), "assertions": list(map(asdict, told.assertions))}
    return {name: value for name, value in draft.items() if value != []}


TEXTS = tuple(field.name for field in fields(Told) if field.name not in {"quotes", "assertions"})


def read_quotes(given: object) -> tuple[Quote, ...]:
    """The quotes in `[{"step", "start", "end", "text"}, …]`; the same passage once. Raises Wrong."""
    rows = _rows(given, MOST_QUOTES, "quotes")
    return tuple(dict.fromkeys(_quote(row) for row in rows))


def _quote(row: Mapping[str, Any]) -> Quote:
    step, text, start, end = (row.get(name) for name in ("step", "text", "start", "end"))
    if not isinstance(step, str) or not isinstance(text, str) or not text:
        raise Wrong("A quote needs a step and the words that are quoted.")
    if not _is_place(start) or not _is_place(end):
        raise Wrong("A quote needs the places where it starts and ends, as whole numbers.")
    if len(text) > LONGEST_QUOTE:
        raise Wrong(f"A quote has at most {LONGEST_QUOTE:,} characters. Quote the part that shows it.")
    return Quote(step, start, end, text)


def _is_place(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def check_quotes(quotes: Iterable[Quote], plain: Mapping[str, str]) -> None:
    """Raises Wrong unless each quote stands where it says. `plain` is the steps' plain text, by key."""
    for quote in quotes:
        if quote.step not in plain:
            raise Wrong("A quote is of a step that this session has not. Remove it.")
        passage = plain[quote.step][quote.start : quote.end]
        if passage != quote.text or quote.end - quote.start != len(passage):
            raise Wrong(f"“{_short(quote.text)}” does not stand there in its step. Remove it, and quote it again.")


def _short(text: str) -> str:
    return text if len(text) <= ABOUT_A_LINE else f"{text[: ABOUT_A_LINE - 1]}…"


def read_assertions(given: object) -> tuple[Assertion, ...]:
    """The assertions in `[{"kind", "target", "detail"}, …]`; rows that say nothing are left out. Raises Wrong."""
    rows = _rows(given, MOST_ASSERTIONS, "conditions")
    read = [_assertion(row) for row in rows]
    return tuple(dict.fromkeys(one for one in read if one is not None))


def _assertion(row: Mapping[str, Any]) -> Assertion | None:
    kind = row.get("kind")
    target, detail = (words_in(row.get(name)).strip() for name in ("target", "detail"))
    if not target and not detail:
        return None
    if not isinstance(kind, str) or kind not in ASSERTION_KINDS:
        raise Wrong(f"Say what must be: {', '.join(ASSERTION_KINDS.values())}.")
    if not target:
        raise Wrong(f"“{ASSERTION_KINDS[kind].capitalize()}” what? Name it, or remove the row.")
    if len(target) > LONGEST_TARGET or len(detail) > LONGEST_DETAIL:
        raise Wrong(f"At most {LONGEST_TARGET} characters name it, and {LONGEST_DETAIL:,} say more.")
    return Assertion(kind, target, detail)


def _rows(given: object, most: int, name: str) -> list[Mapping[str, Any]]:
    if given in (None, ""):
        return []
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise Wrong(f"The {name} are a list of objects.")
    if len(given) > most:
        raise Wrong(f"At most {most} {name} for one failure.")
    return given


def read_draft(given: Mapping[str, Any]) -> dict[str, Any]:
    """A draft reduced to its known shape; what cannot be read is left out, for it is only half said.

    `{"outcome": …, "failures": [{"root_step": …, "quotes": […], …}], "answers": {key: …}}`
    """
    rows = given.get("failures")
    told = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    content: dict[str, Any] = {
        "outcome": words_in(given.get("outcome")),
        "failures": [_half_told(row) for row in told[:MOST_FAILURES]],
    }
    answers = given.get("answers")
    if isinstance(answers, dict) and (said := _half_answered(answers)):
        content["answers"] = said
    return content


def _half_told(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft's failure says; a field that says nothing is left to the form's own beginning."""
    said: dict[str, Any] = {name: words_in(row.get(name)) for name in TEXTS}
    said["quotes"] = _some(row.get("quotes"), MOST_QUOTES, ("step", "text"), ("start", "end"))
    said["assertions"] = _some(row.get("assertions"), MOST_ASSERTIONS, ("kind", "target", "detail"))
    return {name: value for name, value in said.items() if value}


def _some(given: object, most: int, texts: tuple[str, ...], places: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    rows = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    kept = [row for row in rows if all(_is_place(row.get(name)) for name in places)]
    return [
        {name: words_in(row.get(name)) for name in texts} | {name: row[name] for name in places} for row in kept[:most]
    ]


def _half_answered(answers: Mapping[str, Any]) -> dict[str, str | list[str]]:
    read = {words_in(key)[:40]: _half_answer(value) for key, value in list(answers.items())[:MOST_ANSWERS]}
    return {key: value for key, value in read.items() if key and value not in ("", [])}


def _half_answer(value: object) -> str | list[str]:
    if isinstance(value, list):
        return [words_in(one)[:LONGEST_TEXT] for one in value[:MOST_ANSWERS] if isinstance(one, str)]
    return str(value) if _is_place(value) else words_in(value)
