"""The detector of users who ask again."""

import pytest

from tests.traces.talks import agent, talk, user
from traces.detectors.repeated_request import detect

ASKED = user("Can you move my dentist appointment from Monday to Tuesday afternoon?")
SMALL_TALK = agent("What a lovely day for the dentist!")


def test_detect_quotes_both_when_the_words_are_nearly_the_same() -> None:
    again = user("Please can you move my dentist appointment from Monday to Tuesday?")
    [found] = detect(talk(ASKED, SMALL_TALK, again))
    assert (found.step_key, found.strength) == ("k3", 0.6)
    assert found.sentence == (
        "The user asked again, “Please can you move my dentist appointment from Monday to Tuesday?”, "
        "having said before: “Can you move my dentist appointment from Monday to Tuesday afternoon?”."
    )


def test_detect_quotes_the_same_words_once() -> None:
    [found] = detect(talk(ASKED, SMALL_TALK, ASKED))
    assert found.sentence == (
        "The user asked twice for the same: “Can you move my dentist appointment from Monday to Tuesday afternoon?”."
    )


@pytest.mark.parametrize(
    "words",
    [
        "I'm asking you again: where is it?",
        "As I said, I want a refund.",
        "I already asked for a refund.",
        "You still haven't answered my question.",
        "My original question was about the invoice.",
        "Again, can you send the label?",
        "I still want to cancel.",
        "Nochmal: ich möchte stornieren.",
        "Wie gesagt, ich brauche die Rechnung.",
        "Como ya dije, es para mañana.",
        "Ya le pedí el reembolso.",
        "Je répète, il me faut la facture.",
    ],
)
def test_detect_hears_users_who_say_that_they_ask_again(words: str) -> None:
    [found] = detect(talk(ASKED, SMALL_TALK, user(words)))
    assert (found.strength, found.sentence) == (0.5, f"The user says that they ask again: “{words}”.")


def test_detect_takes_another_limit() -> None:
    steps = talk(ASKED, SMALL_TALK, user("Please move my dentist appointment to next Wednesday afternoon instead."))
    assert (list(detect(steps)), len(list(detect(steps, same_words=0.4)))) == ([], 1)


@pytest.mark.parametrize(
    "words",
    [
        "Yes, please.",
        "Tuesday at 3 pm.",
        "And now move my eye test from Friday to Thursday morning.",
        "Thank you, I'll be there on Tuesday afternoon.",
        "Could you call me again tomorrow?",
        "I'd like the money to go back to my original credit card.",
        "Sorry, I don't know my member number.",
        "Danke, das passt gut.",
    ],
)
def test_detect_is_silent_for_near_misses(words: str) -> None:
    assert list(detect(talk(ASKED, SMALL_TALK, user(words)))) == []


def test_detect_takes_two_orders_for_two_requests() -> None:
    one, other = user("Please cancel my order number A-1711 today"), user("Please cancel my order number A-1712 today")
    assert list(detect(talk(one, agent("Done."), other))) == []


def test_detect_takes_two_messages_in_one_go_for_one_request() -> None:
    assert list(detect(talk(ASKED, ASKED, SMALL_TALK))) == []
