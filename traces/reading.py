"""How a session reads: steps as speech, as folded lines, or as something behind the scenes. Plain values only."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.safestring import SafeString

from common.markdown import render_markdown
from traces import answers
from traces.records import AGENT, INTERNAL, TOOL, USER, StepFacts

LONG_TEXT = 1_400
LONG_LINES = 22
LINE = 140
SHOWN_UP_TO = 60_000
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


@dataclass(frozen=True, slots=True)
class ReadStep:
    """One step, ready to be shown.

    Speech has `html`. A call has one line, `arguments_line → result_line`, and both in full. `offset` is the time since
    the session began, as words; `facts` are the numbers as stored. `is_error` is the sender's word; `looks_failed` is
    ours, where the call was reported as fine and its answer says otherwise.
    """

    facts: StepFacts
    key: str
    position: int
    role: str
    who: str
    html: SafeString
    text: str
    is_long: bool
    name: str
    arguments_line: str
    result_line: str
    arguments: str
    result: str
    is_error: bool
    looks_failed: bool
    offset: str
    marks: tuple[Mark, ...]
    scores: tuple[Said, ...] = ()

    @property
    def is_speech(self) -> bool:
        return self.role in WHO

    @property
    def is_hidden(self) -> bool:
        """True for what is shown only when asked for. What carries a signal, a score or an error is not."""
        return self.role == INTERNAL and not self.marks and not self.scores and not self.is_error

    @property
    def tokens(self) -> int | None:
        known = [count for count in (self.facts.tokens_in, self.facts.tokens_out) if count is not None]
        return sum(known) if known else None

    @property
    def outline(self) -> str:
        """The step in at most 60 characters, for a list of steps."""
        return answers.clip(self.text if self.is_speech else f"{self.name} {self.arguments_line}", 60)


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


def read(
    steps: Sequence[StepFacts], marks: Sequence[Mark], began: datetime | None, scores: Sequence[Said] = ()
) -> Conversation:
    """The conversation made of `steps` in reading order; `began` is when the session started, if known."""
    by_step: dict[str, list[Mark]] = {}
    for mark in marks:
        by_step.setdefault(mark.step_key, []).append(mark)
    began = began or next((step.started_at for step in steps if step.started_at), None)
    read_steps = [_read_step(step, by_step, began) for step in steps]
    scored = {score.position for score in scores}
    told = [_with_scores(step, scores) if step.position in scored else step for step in read_steps]
    return Conversation(tuple(told), tuple(marks), tuple(scores))


def _with_scores(step: ReadStep, scores: Sequence[Said]) -> ReadStep:
    return replace(step, scores=tuple(score for score in scores if score.position == step.position))


def _read_step(step: StepFacts, marks: Mapping[str, list[Mark]], began: datetime | None) -> ReadStep:
    speech = step.role in WHO
    return ReadStep(
        facts=step,
        key=step.key,
        position=step.position,
        role=step.role,
        who=_who(step),
        html=render_markdown(step.text) if speech else SafeString(""),
        text=step.text if speech else _capped(step.text),
        is_long=len(step.text) > LONG_TEXT or step.text.count("\n") > LONG_LINES,
        name=step.name or KIND_WORDS.get(step.kind, step.kind),
        arguments_line="" if speech else answers.arguments_line(step.arguments),
        result_line="" if speech else result_line(step),
        arguments="" if speech else pretty(step.arguments),
        result="" if speech else pretty(step.result),
        is_error=step.is_error,
        looks_failed=not step.is_error and step.role == TOOL and bool(answers.complaint(step.result)),
        offset=offset(began, step.started_at),
        marks=tuple(marks.get(step.key, ())),
    )


def _who(step: StepFacts) -> str:
    if step.role == TOOL and step.by_user:
        return "Done by the user"
    return WHO.get(step.role) or KIND_WORDS.get(step.kind, "Other")


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
    """JSON with line breaks and indents; any other text as it is. At most 60,000 characters."""
    value = answers.parsed(text)
    return _capped(text if value is None else json.dumps(value, indent=2, ensure_ascii=False))


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
