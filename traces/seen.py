"""What an agent had before it when it took a step, rebuilt from the session: instructions, tools, all that went before.

A program may have sent its model less than that: it cuts long histories. How many tokens it sent is its own word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from traces import answers
from traces.reading import ReadStep
from traces.records import AGENT, TOOL, USER, StepFacts, ToolSchema
from traces.windows import tokens_given, window_of

SYSTEM = "system"
SHOWN_MESSAGES = 60
SHOWN_TEXT = 20_000
LINE = 200
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Message:
    """One of the steps before, on one line."""

    position: int
    who: str
    line: str


@dataclass(frozen=True, slots=True)
class ModelCall:
    """The model call at or before the step: its position, model, and the tokens that went in, as the sender said.

    `tokens_in` counts those from a cache, too: `from_cache`.
    """

    position: int
    model: str
    tokens_in: int
    from_cache: int
    window: int | None

    @property
    def share(self) -> int | None:
        """How much of what the model can read that is, in percent; None where its window is not known."""
        return round(PERCENT * self.tokens_in / self.window) if self.window else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood before a step. `left_out`: how many of the oldest messages are not among `messages`.

    `instructions` is the system prompt, "" where none was sent; `characters` counts the words of all that went before.
    """

    step: ReadStep
    instructions: str
    tools: tuple[ToolSchema, ...]
    messages: tuple[Message, ...]
    left_out: int
    characters: int
    call: ModelCall | None


def seen_at(
    step: ReadStep, before: Sequence[ReadStep], told: Mapping[str, str], tools: Mapping[str, ToolSchema]
) -> Seen:
    """What the agent saw at `step`; `before` are all steps before it, in order.

    `told` are system prompts that came with model calls, by the key of the first step that each holds for.
    """
    messages = [one for one in before if one.role in {USER, AGENT, TOOL}]
    shown = messages[-SHOWN_MESSAGES:]
    return Seen(
        step=step,
        instructions=_instructions([*before, step], told)[:SHOWN_TEXT],
        tools=tuple(tools[name] for name in sorted(tools)),
        messages=tuple(Message(one.position, one.who, _line(one)) for one in shown),
        left_out=len(messages) - len(shown),
        characters=sum(_length(one.facts) for one in messages),
        call=_call([*before, step]),
    )


def _instructions(steps: Sequence[ReadStep], told: Mapping[str, str]) -> str:
    """The last system prompt: of a model call, or a message of its own in what was sent as a list of messages."""
    for step in reversed(steps):
        if step.key in told:
            return told[step.key]
        if step.facts.name == SYSTEM and step.facts.kind == "other":
            return step.facts.text
    return ""


def _call(steps: Sequence[ReadStep]) -> ModelCall | None:
    given = tokens_given([step.facts for step in steps])
    for step, tokens in zip(reversed(steps), reversed(given), strict=True):
        facts = step.facts
        if tokens is not None and (facts.kind == "llm" or facts.role == AGENT):
            read = facts.tokens_cache_read or 0
            return ModelCall(facts.position, facts.model, tokens, read, window_of(facts.model))
        if facts.role == USER:
            return None  # what went in then was before the user's words, which this step answers
    return None


def _line(step: ReadStep) -> str:
    if step.is_speech:
        return step.opening(LINE)
    return answers.clip(f"{step.name} {step.arguments_line} → {step.result_line}", LINE)


def _length(facts: StepFacts) -> int:
    return len(facts.text) + len(facts.arguments) + len(facts.result)
