"""The detector of evaluators that contradict each other."""

from typing import Any

import pytest

from tests.traces.talks import agent, talk, user
from traces.detectors.evaluator_disagrees import detect
from traces.records import Found, ScoreFacts


def found_in(*scores: ScoreFacts) -> list[Found]:
    return list(detect(talk(user("Hi"), agent("Hello"), scores=scores)))


def good(name: str, **fields: Any) -> ScoreFacts:
    return ScoreFacts(name, 1.0, polarity="good", **fields)


def bad(name: str, **fields: Any) -> ScoreFacts:
    return ScoreFacts(name, 0.0, polarity="bad", **fields)


@pytest.mark.parametrize(
    ("one", "other", "strength"),
    [
        (good("correctness", author="judge-a"), bad("correctness", author="judge-b"), 0.6),
        (good("correctness_v1"), bad("correctness_v2"), 0.6),
        (good("Correctness"), bad("answer_correctness-gpt-4o"), 0.6),
        (good("task_success"), bad("goal_completion"), 0.6),
        (good("resolved"), bad("outcome", by="llm"), 0.6),
        (good("tone_llama3"), bad("tone_claude"), 0.6),
        (good("PolitenessJudge", step_key="k2"), bad("politeness", step_key="k2"), 0.6),
        (ScoreFacts("faithfulness", 0.95, author="a"), ScoreFacts("faithfulness", 0.1, author="b"), 0.4),
    ],
)
def test_detect_finds_contradictions(one: ScoreFacts, other: ScoreFacts, strength: float) -> None:
    assert [(found.step_key, found.strength) for found in found_in(one, other)] == [(one.step_key, strength)]


def test_detect_says_who_says_what() -> None:
    [found] = found_in(
        good("correctness", author="judge-a"), bad("task_success", label="fail", explanation="Nothing was refunded.")
    )
    assert found.sentence == (
        "Two evaluators contradict each other about the session: “correctness” (judge-a) says 1, "
        "“task_success” says fail because “Nothing was refunded.”."
    )


@pytest.mark.parametrize(
    "scores",
    [
        pytest.param([good("correctness"), good("success")], id="they agree"),
        pytest.param([good("politeness"), bad("correctness")], id="polite, but wrong"),
        pytest.param([good("json_correct"), bad("correctness")], id="a narrower question"),
        pytest.param([good("correctness", step_key="k1"), bad("correctness", step_key="k2")], id="two steps"),
        pytest.param([good("correctness"), bad("correctness", step_key="k2")], id="the session and a step"),
        pytest.param([good("correctness"), bad("correctness", by="human")], id="a person corrects a machine"),
        pytest.param([good("success"), bad("user_feedback")], id="an unhappy user"),
        pytest.param([ScoreFacts("quality", 0.9), ScoreFacts("quality", 0.5)], id="not so far apart"),
        pytest.param([ScoreFacts("quality", 5.0), ScoreFacts("quality", 1.0)], id="an unknown scale"),
        pytest.param([ScoreFacts("pass", 1.0), ScoreFacts("fail", 0.0)], id="two directions"),
        pytest.param([good("v2"), bad("v3")], id="names that ask nothing"),
        pytest.param([bad("correctness")], id="one alone"),
    ],
)
def test_detect_is_silent_where_nothing_is_contradicted(scores: list[ScoreFacts]) -> None:
    assert found_in(*scores) == []


def test_detect_tells_once_for_each_step() -> None:
    scores = [maker("correctness", step_key=key) for key in ("k1", "k2", "") for maker in (good, good, bad, bad)]
    assert [found.step_key for found in found_in(*scores)] == ["k1", "k2", ""]


def test_detect_reads_thousands_of_scores() -> None:
    scores = [(good if number % 2 else bad)("correctness" * 100, explanation="x" * 5_000) for number in range(5_000)]
    assert len(found_in(*scores)) == 1
