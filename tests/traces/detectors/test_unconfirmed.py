"""The detector of what was done without the user's yes."""

import pytest

from tests.traces.talks import agent, call, failed, talk, user
from traces.detectors.unconfirmed import detect
from traces.records import StepFacts

ASKED = user("My parcel goes to the wrong address.")
QUESTION = agent("I can send it to 12 Elm Street. Shall I proceed?")
DEED = call("update_address")


def test_detect_finds_a_deed_after_an_answer_that_is_no_yes() -> None:
    [found] = detect(talk(ASKED, QUESTION, user("Let's use my office instead."), DEED))
    assert (found.step_key, found.strength) == ("k4", 0.5)
    assert found.sentence == (
        "The agent asked for leave, and used “update_address” without a yes: "
        "the user had said “Let's use my office instead.”."
    )


def test_detect_finds_a_deed_that_was_not_asked_for_where_others_were() -> None:
    later = (agent("It is on its way."), user("My phone number is 0171 234567, by the way."), call("save_phone"))
    [found] = detect(talk(ASKED, QUESTION, user("Yes."), DEED, *later))
    assert (found.step_key, found.strength) == ("k7", 0.4)
    assert found.sentence == (
        "The agent did not ask this time, and used “save_phone” without a yes: "
        "the user had said “My phone number is 0171 234567, by the way.”."
    )


@pytest.mark.parametrize(
    "words",
    [
        "What does it cost?",
        "I'll take the second one.",
        "Use the card ending in 7334 for it.",
        "Hmm, not sure. My neighbour could take it.",
        "Was kostet das?",
        "¿Cuánto cuesta?",
        "Combien ça coûte ?",
    ],
)
def test_detect_finds_answers_of_many_kinds(words: str) -> None:
    assert len(list(detect(talk(ASKED, QUESTION, user(words), DEED)))) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Yes, please.",
        "Sounds good!",
        "I confirm that.",
        "My name is Ada, and you can proceed.",
        "Please update it to my office.",
        "Ja, bitte.",
        "Sí, adelante.",
        "Oui, allez-y.",
    ],
)
def test_detect_takes_many_words_for_a_yes(words: str) -> None:
    assert list(detect(talk(ASKED, QUESTION, user(words), DEED))) == []


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([user("To my office."), call("get_address")], id="it only reads"),
        pytest.param([user("To my office."), call("frobnicate")], id="an unknown tool"),
        pytest.param([user("To my office."), failed("update_address", "boom")], id="the call failed"),
        pytest.param([user("To a person."), call("transfer_to_human")], id="handed to a person"),
        pytest.param([user("Hm."), call("update_phone", flags=("user_side",))], id="the user did it"),
        pytest.param([user("To my office."), agent("Shall I?"), user("Yes."), DEED], id="asked once more"),
        pytest.param([user("To my office.")], id="nothing was done"),
    ],
)
def test_detect_is_silent_for_near_misses(steps: list[StepFacts]) -> None:
    assert list(detect(talk(ASKED, QUESTION, *steps))) == []


def test_detect_is_silent_where_the_agent_never_asks_for_leave() -> None:
    assert list(detect(talk(ASKED, agent("Where should it go?"), user("To my office."), DEED))) == []
