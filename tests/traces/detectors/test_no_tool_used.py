"""The detector of agents that only talk."""

import pytest

from tests.traces.talks import agent, call, talk, user
from traces.detectors.no_tool_used import detect
from traces.records import Baseline, StepFacts, ToolSchema

WISHES = (user("I'd like to know the balance of my gift cards."), agent("I need your id."), user("I don't have it."))
USUAL = {"tool_calls": Baseline(median=5, mad=1, sessions=40)}


def test_detect_finds_a_session_without_a_call_where_others_make_many() -> None:
    [found] = detect(talk(*WISHES, baselines=USUAL))
    assert (found.step_key, found.strength) == ("k1", 0.7)
    assert found.sentence == (
        "The agent used no tool at all, where this workflow's sessions usually make 5 calls. "
        "The user had asked: “I'd like to know the balance of my gift cards.”."
    )


@pytest.mark.parametrize(
    ("names", "words"), [(["pay"], "a tool was offered"), (["pay", "get"], "2 tools were offered")]
)
def test_detect_counts_the_tools_that_were_offered(names: list[str], words: str) -> None:
    [found] = detect(talk(*WISHES, tools={name: ToolSchema(name) for name in names}))
    assert (found.strength, f"though {words}." in found.sentence) == (0.4, True)


def test_detect_takes_another_limit() -> None:
    few = {"tool_calls": Baseline(median=1, mad=0, sessions=40)}
    talked = talk(*WISHES, baselines=few)
    assert (list(detect(talked)), len(list(detect(talked, usual_calls=1)))) == ([], 1)


@pytest.mark.parametrize(
    "wish",
    [
        "Meine Rechnung stimmt nicht.",
        "¿Dónde está mi pedido?",
        "Je voudrais changer mon vol.",
        "Reset my password.",
        "Which plan am I on?",
        "Book a table for two tonight.",
    ],
)
def test_detect_finds_it_whatever_was_asked(wish: str) -> None:
    talked = talk(user(wish), agent("What is your customer number?"), user("No idea."), baselines=USUAL)
    assert [found.step_key for found in detect(talked)] == ["k1"]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([*WISHES, call("get_balance")], id="a call"),
        pytest.param([*WISHES, call("toggle", flags=("user_side",))], id="a call by the user"),
        pytest.param([user("Hello"), agent("Hi!")], id="a greeting"),
        pytest.param([user("Hello"), agent("Hi!"), user("Thanks, bye!")], id="a greeting and a goodbye"),
        pytest.param([user("Hello"), user("Is anybody there?")], id="no agent"),
        pytest.param([agent("Hello?"), agent("Are you there?")], id="no user"),
        pytest.param([], id="nothing"),
    ],
)
def test_detect_is_silent_for_near_misses(steps: list[StepFacts]) -> None:
    assert list(detect(talk(*steps, baselines=USUAL))) == []


def test_detect_is_silent_where_nothing_is_known_of_tools() -> None:
    assert list(detect(talk(*WISHES))) == []


def test_detect_is_silent_where_a_workflow_hardly_uses_tools() -> None:
    few = {"tool_calls": Baseline(median=0, mad=0, sessions=40)}
    assert list(detect(talk(*WISHES, baselines=few, tools={"pay": ToolSchema("pay")}))) == []
