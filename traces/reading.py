"""How a session reads: steps as speech, as folded lines, or as something behind the scenes. Plain values only."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

import orjson
from django.utils.safestring import SafeString

from common.markdown import READ_UP_TO, render_markdown, without_marks
from traces import answers
from traces.attachments import named, named_in_markdown
from traces.records import AGENT, INTERNAL, TOOL, USER, StepFacts
from traces.repeats import Repeat, Repeats

LONG_TEXT = 1_400
LONG_LINES = 22
LINE = 140
SHOWN_UP_TO = READ_UP_TO  # characters of each part, of speech and of calls alike
PARTS = ("text", "arguments", "result")
FIRST_STRETCH = 24
STRETCH = 48
OUTLINE_ROWS = 200
NO_JSON_NUMBER = re.compile(r"\b(?:NaN|Infinity)\b")
MINUTE = 60
HOUR = 3600
PRICED = "priced"  # the flag of a step whose cost is an estimate
WHO = {USER: "User", AGENT: "Agent"}
KIND_WORDS = {
    "tool": "Tool call",
    "retriever": "Search in documents",
    "reranker": "Sorting of search results",
    "embedding": "Text made searchable",
    "guardrail": "Safety check",
    "evaluator": "Automatic rating",
    "llm": "Model call",
    "chain": "Wrapper",
    "event": "Event",
    "other": "Other",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A signal where a reader meets it. `position` is the step's; None where it concerns the whole session."""

    kind: str
    label: str
    sentence: str
    strength: float
    step_key: str
    position: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """A score where a reader meets it. `polarity` is good, bad or None; `position` is None for the whole session."""

    name: str
    words: str
    polarity: str | None
    by: str
    explanation: str
    position: int | None


@dataclass(frozen=True)
class ReadStep:
    """One step, ready to be shown; what is dear to make is made when it is first asked for.

    Speech has `html`. A call has one line, `arguments_line → result_line`, and both in full. `offset` is the time since
    the session began, as words; `facts` are the numbers as stored. `repeat` names an earlier call of the same.
    """

    facts: StepFacts
    offset: str
    marks: tuple[Mark, ...]
    scores: tuple[Said, ...] = ()
    repeat: Repeat | None = None

    @property
    def key(self) -> str:
        return self.facts.key

    @property
    def position(self) -> int:
        return self.facts.position

    @property
    def role(self) -> str:
        return self.facts.role

    @property
    def is_error(self) -> bool:
        """Whether it failed, in the sender's word."""
        return self.facts.is_error

    @cached_property
    def looks_failed(self) -> bool:
        """Our word: the call was reported as fine and its answer says otherwise."""
        return not self.is_error and self.role == TOOL and bool(answers.complaint(self.facts.result))

    @property
    def is_speech(self) -> bool:
        return self.role in WHO

    @property
    def is_hidden(self) -> bool:
        """True for what is shown only when asked for. What carries a signal, a score or an error is not."""
        return self.role == INTERNAL and not self.marks and not self.scores and not self.is_error

    @property
    def who(self) -> str:
        if self.role == TOOL and self.facts.by_user:
            return "Done by the user"
        return WHO.get(self.role) or KIND_WORDS.get(self.facts.kind, "Other")

    @property
    def name(self) -> str:
        return self.facts.name or KIND_WORDS.get(self.facts.kind, self.facts.kind)

    @cached_property
    def html(self) -> SafeString:
        return render_markdown(self.whole_text) if self.is_speech else SafeString("")

    @property
    def text(self) -> str:
        return self.facts.text if self.is_speech else _capped(self.whole_text)

    @property
    def is_long(self) -> bool:
        return len(self.facts.text) > LONG_TEXT or self.facts.text.count("\n") > LONG_LINES

    @cached_property
    def arguments_line(self) -> str:
        return "" if self.is_speech else answers.arguments_line(self.facts.arguments)

    @cached_property
    def result_line(self) -> str:
        return "" if self.is_speech else result_line(self.facts)

    @property
    def arguments(self) -> str:
        return _capped(self.whole_arguments)

    @property
    def result(self) -> str:
        return _capped(self.whole_result)

    @cached_property
    def whole_text(self) -> str:
        return named_in_markdown(self.facts.text) if self.is_speech else self.facts.text

    @cached_property
    def whole_arguments(self) -> str:
        return "" if self.is_speech else pretty(self.facts.arguments)

    @cached_property
    def whole_result(self) -> str:
        return "" if self.is_speech else pretty(self.facts.result)

    def whole(self, part: str) -> str:
        """One of PARTS to its last character, otherwise as the page shows it; speech as it was written, in Markdown."""
        return {"text": self.whole_text, "arguments": self.whole_arguments, "result": self.whole_result}[part]

    @cached_property
    def cut(self) -> dict[str, int]:
        """The parts of which the page shows only the beginning, each with how many characters it has."""
        sizes = {part: len(self.whole(part)) for part in PARTS}
        return {part: size for part, size in sizes.items() if size > SHOWN_UP_TO}

    @property
    def tokens(self) -> int | None:
        known = [count for count in (self.facts.tokens_in, self.facts.tokens_out) if count is not None]
        return sum(known) if known else None

    @property
    def outline(self) -> str:
        """The step in at most 60 characters, for a list of steps."""
        return self.opening(60) if self.is_speech else answers.clip(f"{self.name} {self.arguments_line}", 60)

    def opening(self, length: int) -> str:
        """The first words of what was said, without marks of Markdown, on one line of at most `length` characters."""
        return answers.clip(without_marks(self.facts.text[: length * 8]), length)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole session, ready to be read: its steps in order, every signal, strongest first, and every score."""

    steps: tuple[ReadStep, ...]
    marks: tuple[Mark, ...]
    scores: tuple[Said, ...] = ()

    @property
    def has_estimates(self) -> bool:
        """Whether a cost in it comes from the project's price table and not from its sender."""
        return any(PRICED in step.facts.flags for step in self.steps)

    @property
    def hidden_count(self) -> int:
        return sum(step.is_hidden for step in self.steps)

    @property
    def is_readable(self) -> bool:
        """Whether a step is shown at first sight."""
        return self.hidden_count < len(self.steps)

    def outline(self) -> Iterator[tuple[ReadStep, ...]]:
        """The steps that are shown at first sight, in groups."""
        shown = (step for step in self.steps if not step.is_hidden)
        while rows := tuple(islice(shown, OUTLINE_ROWS)):
            yield rows

    def stretches(self) -> Iterator[tuple[ReadStep, ...]]:
        """The steps in groups, a small one first, so that a page can begin before all of it is made.

        Here each call learns what it repeats, and so they are read one after the other.
        """
        repeats = Repeats()
        told = (_repeating(step, repeats) for step in self.steps)
        size = FIRST_STRETCH
        while stretch := tuple(islice(told, size)):
            yield stretch
            size = STRETCH


def read(
    steps: Sequence[StepFacts], marks: Sequence[Mark], began: datetime | None, scores: Sequence[Said] = ()
) -> Conversation:
    """The conversation made of `steps` in reading order; `began` is when the session started, if known."""
    by_step: dict[str, list[Mark]] = {}
    for mark in marks:
        by_step.setdefault(mark.step_key, []).append(mark)
    began = began or next((step.started_at for step in steps if step.started_at), None)
    read_steps = [ReadStep(step, offset(began, step.started_at), tuple(by_step.get(step.key, ()))) for step in steps]
    scored = {score.position for score in scores}
    told = [_with_scores(step, scores) if step.position in scored else step for step in read_steps]
    return Conversation(tuple(told), tuple(marks), tuple(scores))


def _with_scores(step: ReadStep, scores: Sequence[Said]) -> ReadStep:
    return replace(step, scores=tuple(score for score in scores if score.position == step.position))


def _repeating(step: ReadStep, repeats: Repeats) -> ReadStep:
    found = repeats.of(step.facts, step.facts.result and step.result)
    return step if found is None else replace(step, repeat=found)


def result_line(step: StepFacts) -> str:
    """A call's answer in words: `error: token expired`, `3 results`, `status=shipped`."""
    said = answers.complaint(step.result)
    if step.is_error or said:
        words = answers.clip(step.error_message, LINE) or said or answers.clip(step.result or step.error_type, LINE)
        return _error_words(words)
    if step.role == INTERNAL and not step.result:
        return answers.clip(step.text, LINE)
    return "no answer" if not step.result.strip() else answers.in_words(step.result)


def _error_words(words: str) -> str:
    if not words:
        return "error"
    return words if words.lower().startswith("error") else f"error: {words}"


def pretty(text: str) -> str:
    """JSON with line breaks and indents; any other text as it is. Files by name."""
    value = answers.parsed(text)
    return named(text if value is None else _indented(value, text))


def _indented(value: Any, text: str) -> str:
    """JSON over several lines; by orjson, ten times as fast, for all but the numbers that it does not know."""
    if NO_JSON_NUMBER.search(text) is None:
        try:
            return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
        except orjson.JSONEncodeError:
            pass  # a whole number of more than 64 bits
    return json.dumps(value, indent=2, ensure_ascii=False)


def _capped(text: str) -> str:
    if len(text) <= SHOWN_UP_TO:
        return text
    return f"{text[:SHOWN_UP_TO]}\n… {len(text) - SHOWN_UP_TO:,} more characters"


def offset(began: datetime | None, moment: datetime | None) -> str:
    """How long after the beginning a step came: `+4 s`, `+2:05`, `+1:02:05`; "" where a time is unknown."""
    if began is None or moment is None:
        return ""
    seconds = max(0, int((moment - began).total_seconds()))
    if seconds < MINUTE:
        return f"+{seconds} s"
    minutes, rest = divmod(seconds, MINUTE)
    if seconds < HOUR:
        return f"+{minutes}:{rest:02}"
    return f"+{minutes // MINUTE}:{minutes % MINUTE:02}:{rest:02}"
