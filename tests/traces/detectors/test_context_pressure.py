"""The detector of models whose memory runs full or is cut."""

from dataclasses import replace
from typing import Any

import pytest

from tests.traces.talks import agent, call, failed, talk, user
from traces.detectors.context_pressure import detect
from traces.records import INTERNAL, StepFacts

HELLO = user("Hello?")


def model(tokens: int | None, name: str = "gpt-4o", caller: str = "support", **fields: Any) -> StepFacts:
    step = StepFacts(0, "", "llm", INTERNAL, name=caller, model=name, tokens_in=tokens)
    return replace(step, **fields)


def claude(tokens: int, read: int | None = None, write: int | None = None, name: str = "claude-sonnet-4") -> StepFacts:
    """A call by Anthropic's own count: what came from the cache and went into it stands beside."""
    return model(tokens, name, tokens_cache_read=read, tokens_cache_write=write)


def strengths(*steps: StepFacts, **limits: float) -> list[tuple[str, float]]:
    return [(found.step_key, found.strength) for found in detect(talk(*steps), **limits)]


@pytest.mark.parametrize(
    ("tokens", "strength"), [(102_399, None), (102_400, 0.4), (115_200, 0.6), (128_000, 0.8), (128_001, None)]
)
def test_detect_finds_a_call_that_fills_its_window(tokens: int, strength: float | None) -> None:
    assert strengths(HELLO, model(50_000), model(tokens)) == ([] if strength is None else [("k3", strength)])


def test_detect_says_how_full_it_was() -> None:
    [found] = detect(talk(HELLO, model(120_000)))
    assert found.sentence == "A call of gpt-4o was given 120,000 tokens, 94% of the 128,000 that it can read at once."


def test_detect_tells_of_the_fullest_call_only() -> None:
    assert strengths(model(104_000), model(110_000), model(108_000)) == [("k2", 0.52)]


def test_detect_lets_a_project_move_the_limit() -> None:
    assert strengths(model(70_000), filled=0.5) == [("k1", 0.44)]


@pytest.mark.parametrize("name", ["claude-sonnet-4", "us.anthropic.claude-sonnet-4-20250514-v1:0"])
def test_detect_counts_what_came_from_the_cache(name: str) -> None:
    calls = [claude(1_200, 0, 90_000, name), claude(400, 90_000, 80_000, name)]
    [found] = detect(talk(HELLO, *calls))
    words = f"A call of {name} was given 170,400 tokens, 85% of the 200,000 that it can read at once."
    assert (found.step_key, found.sentence) == ("k3", words)


def test_detect_finds_that_the_talk_was_cut_by_what_the_cache_held() -> None:
    calls = [claude(200, 0, 19_800), claude(150, 20_000, 0), claude(5_000, 0, 0), claude(100, 5_000, 0)]
    assert strengths(HELLO, *calls) == [("k4", 0.5)]


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 130112 tokens.",
        "prompt is too long: 207311 tokens > 200000 maximum",
        "Input is too long for requested model.",
        "The input token count (1052000) exceeds the maximum number of tokens allowed: too many tokens",
        "context_length_exceeded",
        "Please reduce the length of the messages.",
    ],
)
def test_detect_believes_a_model_that_was_given_too_much(message: str) -> None:
    refused = model(None, is_error=True, error_message=message)
    assert strengths(HELLO, refused) == [("k2", 0.9)]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([model(9_000), model(12_000), model(4_000), model(4_500)], [("k3", 0.5)]),
        ([model(9_000), model(12_000), model(4_000)], [("k3", 0.35)]),
        ([HELLO, model(9_000), HELLO, model(11_000), HELLO, model(5_000), HELLO, model(5_200)], [("k6", 0.5)]),
        ([model(20_000, "qwen2.5"), call("look"), model(3_000, "qwen2.5"), model(3_100, "qwen2.5")], [("k3", 0.5)]),
    ],
)
def test_detect_finds_that_the_talk_was_cut(steps: list[StepFacts], found: list[tuple[str, float]]) -> None:
    assert strengths(*steps) == found


def test_detect_says_what_was_cut() -> None:
    [found] = detect(talk(model(12_000), model(4_000), model(4_100)))
    assert found.sentence == "The model was given 12,000 tokens and then only 4,000: what was said before was cut away."


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([model(9_000), model(900), model(9_500)], id="a side question"),
        pytest.param([model(3_000), model(200), model(210)], id="little to begin with"),
        pytest.param([model(9_000), model(6_000), model(6_100)], id="a smaller drop"),
        pytest.param([model(9_000), model(900, caller="title"), model(950, caller="title")], id="another caller"),
        pytest.param([model(9_000), model(900, "gpt-4o-mini"), model(950, "gpt-4o-mini")], id="another model"),
        *(
            pytest.param([claude(9_000, name=name), claude(20, name=name), claude(30, name=name)], id=name)
            for name in ("claude-3", "us.anthropic.claude-3", "openrouter/anthropic/haiku", "vertex/Claude-3")
        ),
        pytest.param([claude(9_000, 0, 0), claude(20, 9_000, 0), claude(30, 9_000, 40)], id="in the cache"),
        pytest.param([claude(100, 20_000, 0), claude(12_000, 10_000, 0)], id="half of the cache was forgotten"),
        pytest.param([claude(9_000), claude(30, 8_900), claude(30)], id="what went into the cache is not told"),
        pytest.param([model(60_000, tokens_cache_read=50_000)], id="the cache is counted among what went in"),
        pytest.param(
            [HELLO, model(3_000), model(9_000), HELLO, model(3_200), model(8_000)], id="tools' answers end with a turn"
        ),
        pytest.param([model(120_000, "my-own-model")], id="no known window"),
        pytest.param([model(None), model(0), agent("context length exceeded")], id="nothing counted"),
        pytest.param([failed("read_file", "the context window of the house is too long")], id="a tool's error"),
    ],
)
def test_detect_is_silent_for_near_misses(steps: list[StepFacts]) -> None:
    assert strengths(*steps) == []


def test_detect_reads_thousands_of_calls() -> None:
    assert strengths(*(model(5_000 + n) for n in range(5_000))) == []
