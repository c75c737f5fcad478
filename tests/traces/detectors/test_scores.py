"""The detector of bad scores and bad feedback."""

from typing import Any

import pytest

from tests.traces.talks import agent, talk, user
from traces.detectors.scores import detect
from traces.records import Baseline, Found, ScoreFacts

USUAL = Baseline(median=0.9, mad=0.05, sessions=120)
COMMENT = "It never answered my question."


def found_in(*scores: ScoreFacts, **limits: float) -> list[Found]:
    return list(detect(talk(user("Hi"), agent("Hello"), scores=scores), **limits))


def judged(value: float | None = 0.2, name: str = "correctness", **fields: Any) -> ScoreFacts:
    return ScoreFacts(name, value, by="llm", **fields)


@pytest.mark.parametrize(
    ("score", "strength"),
    [
        (judged(polarity="bad"), 0.6),
        (judged(None, label="fail", polarity="bad"), 0.6),
        (judged(0.9, "toxicity", polarity="bad"), 0.6),
        (judged(polarity="bad", usual=USUAL), 0.75),
        (judged(0.6, usual=USUAL), 0.4),
        (judged(0.6, polarity="good", usual=USUAL), 0.4),
        (judged(0.4, usual=Baseline(1.0, 0.0, 30)), 0.4),
        (judged(2.0, "groundedness_1_to_5", usual=Baseline(4.6, 0.3, 50)), 0.4),
        (ScoreFacts("latency_ok", 0.0, polarity="bad"), 0.6),
    ],
)
def test_detect_finds_low_scores(score: ScoreFacts, strength: float) -> None:
    [found] = found_in(score)
    assert (found.kind, found.step_key, found.strength) == ("low_score", "", strength)


@pytest.mark.parametrize(
    "score",
    [
        pytest.param(judged(0.95, polarity="good"), id="good"),
        pytest.param(judged(0.1), id="nobody has said what it means, nor what is usual"),
        pytest.param(judged(0.8, usual=USUAL), id="a little below usual"),
        pytest.param(judged(0.99, usual=USUAL), id="above usual"),
        pytest.param(judged(0.2, usual=Baseline(0.9, 0.05, 29)), id="too few to know what is usual"),
        pytest.param(judged(0.89, usual=Baseline(0.9, 0.0001, 500)), id="all alike"),
        pytest.param(judged(0.0, "toxicity", usual=USUAL), id="low is good"),
        pytest.param(judged(10.0, "answer_length", usual=Baseline(400.0, 20.0, 90)), id="neither good nor bad"),
        pytest.param(judged(0.0, usual=Baseline(0.0, 0.0, 90)), id="always nothing"),
        pytest.param(judged(None, label="blue", usual=USUAL), id="a label that says nothing"),
    ],
)
def test_detect_is_silent_about_other_scores(score: ScoreFacts) -> None:
    assert found_in(score) == []


def test_detect_says_who_gave_what_why_and_what_is_usual() -> None:
    [found] = found_in(
        judged(author="judge-4o", explanation="Wrong order.", polarity="bad", usual=USUAL, step_key="k2")
    )
    assert (found.step_key, found.sentence) == (
        "k2",
        "The evaluator “correctness” (judge-4o) gave this step 0.2; usual here is 0.9 (120 sessions): “Wrong order.”.",
    )


def test_detect_lets_a_project_move_how_far_is_far() -> None:
    assert [found.strength for found in found_in(judged(0.65, usual=USUAL), below=3.0)] == [0.4]
    assert found_in(judged(0.65, usual=USUAL), below=6.0) == []


@pytest.mark.parametrize(
    ("score", "strength"),
    [
        (ScoreFacts("rating", 1.0, polarity="bad", by="human"), 0.8),
        (ScoreFacts("user-feedback", 0.0, polarity="bad"), 0.8),
        (ScoreFacts("user_thumb", 0.0, by="human"), 0.6),
        (ScoreFacts("thumbs", -1.0), 0.6),
        (ScoreFacts("feedback", label="thumbs-down"), 0.6),
        (ScoreFacts("opinion", label="👎", by="human"), 0.6),
        (ScoreFacts("CSAT", 1.0, polarity="bad"), 0.8),
    ],
)
def test_detect_finds_negative_feedback(score: ScoreFacts, strength: float) -> None:
    [found] = found_in(score)
    assert (found.kind, found.strength) == ("negative_feedback", strength)


@pytest.mark.parametrize(
    "score",
    [
        ScoreFacts("user_thumb", 1.0, by="human"),
        ScoreFacts("user_thumb", 1.0, polarity="good", by="human"),
        ScoreFacts("rating", 1.0, by="human"),
        ScoreFacts("feedback", label="thumbs-up"),
        ScoreFacts("user_feedback", 0.0),
        ScoreFacts("feedback", label="not bad", by="human"),
        ScoreFacts("thumb", 0.0, polarity="good"),
    ],
)
def test_detect_is_silent_about_other_feedback(score: ScoreFacts) -> None:
    assert found_in(score) == []


def test_detect_quotes_the_comment() -> None:
    score = ScoreFacts("user_thumb", 0.0, "down", polarity="bad", by="human", explanation=COMMENT, step_key="k2")
    [found] = found_in(score)
    assert (found.step_key, found.sentence) == ("k2", f"Feedback on this answer is bad (down, 0): “{COMMENT}”.")


def test_detect_bounds_what_strangers_wrote() -> None:
    found = found_in(*[judged(polarity="bad", explanation="x" * 20_000, author="y" * 200)] * 2_000)
    assert max(len(one.sentence) for one in found) < 400
