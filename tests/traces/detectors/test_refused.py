"""The detector of what the agent declines."""

import pytest

from tests.traces.talks import agent, talk, user
from traces.detectors.refused import detect

ASKED = user("Please refund my ticket.")


@pytest.mark.parametrize(
    ("words", "strength"),
    [
        ("I'm sorry, but I can't help with that.", 0.5),
        ("I am unable to assist you with medical questions.", 0.5),
        ("I must respectfully decline to write this essay.", 0.5),
        ("Sharing another customer's data is against our policy.", 0.5),
        ("I’m not authorized to change the price.", 0.5),
        ("I cannot cancel an order that was shipped.", 0.3),
        ("Unfortunately, this fare cannot be refunded.", 0.3),
        ("According to our policy, baggage is not refundable.", 0.3),
        ("Dabei kann ich Ihnen leider nicht helfen.", 0.5),
        ("Lo siento, no puedo procesar esa solicitud.", 0.5),
        ("Je ne peux pas effectuer ce remboursement.", 0.5),
        ("Je ne suis malheureusement pas en mesure de vous aider.", 0.5),
    ],
)
def test_detect_hears_refusals_in_many_words_and_languages(words: str, strength: float) -> None:
    [found] = detect(talk(ASKED, agent(words)))
    assert (found.step_key, found.strength) == ("k2", strength)


def test_detect_quotes_the_plainest_sentence_of_a_message() -> None:
    [found] = detect(talk(ASKED, agent("Thank you. I cannot change the date. I can't help with that. Bye.")))
    assert found.sentence == "The agent declined: “I can't help with that.”."


def test_detect_tells_the_same_sentence_once() -> None:
    no = agent("I can't help with that.")
    assert [found.step_key for found in detect(talk(ASKED, no, user("Why?"), no))] == ["k2"]


@pytest.mark.parametrize(
    "words",
    [
        "I couldn't find a booking under that name.",
        "I can't find your order. Could you check the number?",
        "If I cannot find it, I'll call you back.",
        "I can't wait to hear how it went!",
        "Can't you log in at all?",
        "Your order cannot be found.",
        "Basic tickets cannot be changed; flexible ones can.",
        "I can certainly help with that.",
        "No problem, the refund is on its way.",
        "Ich kann Ihnen gerne helfen.",
        "No se preocupe, puedo ayudarle.",
    ],
)
def test_detect_is_silent_for_near_misses(words: str) -> None:
    assert list(detect(talk(ASKED, agent(words)))) == []


def test_detect_hears_only_what_the_agent_says_after_a_request() -> None:
    assert list(detect(talk(agent("I can't give legal advice."), user("I can't help you with that.")))) == []
