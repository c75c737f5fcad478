"""How many tokens fit into a model at once, by its name, and how many a call was given.

Source of the windows: what the makers publish, gathered in November 2026 from OpenAI's and Anthropic's pages of their
models, Google's input token limits, the cards of open models, and public lists that repeat these. A provider may offer
less. A family that is not here is not known: a wrong window is worse than none. Of two rules for a name the first
counts.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from traces.records import StepFacts

MILLION = 1_000_000
RULES = tuple(
    (re.compile(rf"(?:^|[/.:@])(?:{name})"), window)
    for name, window in (
        (r"claude-.*\[1m\]", MILLION),
        (r"claude-(?:opus|sonnet|fable|mythos)-5|claude-(?:opus-4[-.][678]|sonnet-4[-.]6)", MILLION),
        (r"claude-(?:3|haiku-4|opus-4|sonnet-4)", 200_000),
        (r"claude-2\.1", 200_000),
        (r"claude-(?:2|instant)", 100_000),
        (r"gpt-5\.[56]", 1_050_000),
        (r"gpt-5-chat", 128_000),
        (r"gpt-5(?:-|$|\.[12])", 400_000),
        (r"gpt-4\.1", 1_047_576),
        (r"gpt-4\.5|gpt-4o|chatgpt-4o|gpt-4-(?:turbo|1106|0125|vision)", 128_000),
        (r"gpt-4-32k", 32_768),
        (r"gpt-4(?:-0314|-0613|$)", 8_192),
        (r"gpt-3\.?5-turbo-instruct", 4_096),
        (r"gpt-3\.?5-turbo", 16_385),
        (r"o1-(?:mini|preview)", 128_000),
        (r"o(?:1|3|4-mini)(?:-|$)", 200_000),
        (r"gemini-1\.5-pro", 2_097_152),
        (r"gemini-(?:1\.5|2\.0|2\.5|3(?:\.\d)?)-(?:flash|pro)(?!.*(?:image|tts|live))", 1_048_576),
        (r"(?:meta-)?llama-?3[.-][123]", 131_072),
        (r"(?:meta-)?llama-?3(?![.\d-]?[\d])", 8_192),
        (r"mistral-large-2|mistral-nemo|open-mistral-nemo", 131_072),
        (r"qwen2\.5-(?:7b|14b|32b|72b)-instruct", 131_072),
        (r"deepseek-v3|deepseek-r1", 131_072),
    )
)


@lru_cache(maxsize=512)
def window_of(model: str) -> int | None:
    """Tokens that the model reads and writes at once; None where that is not known."""
    name = model.strip().casefold()
    return next((window for rule, window in RULES if rule.search(name)), None)


def tokens_given(steps: Sequence[StepFacts]) -> list[int | None]:
    """All that went into each step, also from a cache or into one; None where the sender does not tell.

    A sender counts one way: where one call of a model shows that its cache is counted beside, it is so in all.
    """
    beside = {one.model for one in steps if one.tokens_in is not None and counts_beside(one.tokens_in, _cached(one))}
    return [
        one.tokens_in if one.tokens_in is None or one.model not in beside else one.tokens_in + _cached(one)
        for one in steps
    ]


def counts_beside(tokens_in: int, cached: int) -> bool:
    """Whether tokens from a cache or into one come on top of those that went in, and are not among them.

    Senders who follow OpenTelemetry count them among these; in Anthropic's own numbers they stand beside. Where there
    are more of them than of all, it can only be the latter.
    """
    return cached > tokens_in


def _cached(step: StepFacts) -> int:
    """The tokens of a step that came from a cache or went into one."""
    return (step.tokens_cache_read or 0) + (step.tokens_cache_write or 0)
