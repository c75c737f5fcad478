"""What fits into a model at once, and what a call was given."""

import pytest

from traces.records import INTERNAL, StepFacts
from traces.windows import tokens_given, window_of


def calls(*counts: tuple[int | None, int | None, int | None], model: str = "claude-3") -> list[StepFacts]:
    """Model calls by tokens in, from a cache and into one."""
    return [
        StepFacts(
            0, "", "llm", INTERNAL, model=model, tokens_in=given, tokens_cache_read=read, tokens_cache_write=write
        )
        for given, read, write in counts
    ]


@pytest.mark.parametrize(
    ("model", "window"),
    [
        ("gpt-4o-mini-2024-07-18", 128_000),
        ("openai/gpt-4o", 128_000),
        ("gpt-4.1-mini", 1_047_576),
        ("gpt-4", 8_192),
        ("gpt-4-0613", 8_192),
        ("gpt-4-turbo-2024-04-09", 128_000),
        ("gpt-3.5-turbo-0125", 16_385),
        ("gpt-5-mini", 400_000),
        ("o3", 200_000),
        ("o4-mini-2025-04-16", 200_000),
        ("claude-3-5-sonnet-20241022", 200_000),
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", 200_000),
        ("us.anthropic.claude-opus-4-6-v1", 1_000_000),
        ("Claude-Sonnet-4-5[1m]", 1_000_000),
        ("models/gemini-2.5-flash", 1_048_576),
        ("gemini-1.5-pro-002", 2_097_152),
        ("meta-llama/Llama-3.1-70B-Instruct", 131_072),
        ("Qwen/Qwen2.5-7B-Instruct", 131_072),
    ],
)
def test_window_of_knows_models_however_their_provider_writes_them(model: str, window: int) -> None:
    assert window_of(model) == window


@pytest.mark.parametrize(
    "model",
    ["", "gpt-6", "gpt-4-something", "claude", "gemini-2.5-flash-image", "llama-3.9", "solo1"],
)
def test_window_of_guesses_nothing(model: str) -> None:
    assert window_of(model) is None


def test_tokens_given_are_those_that_went_in_where_they_hold_the_cache() -> None:
    assert tokens_given(calls((900, 800, 100), (1_000, None, None), (None, 5, 5))) == [900, 1_000, None]


def test_tokens_given_hold_the_cache_of_all_calls_where_one_shows_that_it_stands_beside() -> None:
    others = calls((500, 400, 0), model="gpt-4o")
    assert tokens_given([*calls((900, 800, 100), (20, 900, 0)), *others]) == [1_800, 920, 500]
