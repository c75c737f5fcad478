"""The detector of users who have had enough."""

import pytest

from tests.traces.talks import agent, talk, user
from traces.detectors.frustration import detect

OPENING = (user("Where is my parcel?"), agent("Could you tell me your order number?"))


@pytest.mark.parametrize(
    ("words", "strength"),
    [
        ("You are not listening to me at all.", 0.8),
        ("Why do you keep asking for the same thing?", 0.8),
        ("What a useless chatbot.", 0.8),
        ("That’s not what I asked!", 0.8),
        ("This is ridiculous, I paid two weeks ago.", 0.65),
        ("I've had enough of this.", 0.65),
        ("I'm getting really frustrated with this.", 0.5),
        ("How many times do I have to say it?", 0.5),
        ("I WANT MY MONEY BACK NOW!", 0.4),
        ("Sie verstehen mich nicht!", 0.8),
        ("Das ist eine Frechheit.", 0.65),
        ("Esto es inaceptable.", 0.65),
        ("Estoy muy molesta con este servicio.", 0.5),
        ("J'en ai marre, c'est scandaleux.", 0.65),
        ("Combien de fois dois-je le répéter ?", 0.5),
    ],
)
def test_detect_hears_it_in_many_words_and_languages(words: str, strength: float) -> None:
    [found] = detect(talk(*OPENING, user(words)))
    assert (found.step_key, found.strength) == ("k3", strength)


def test_detect_quotes_the_sentence_that_says_so() -> None:
    [found] = detect(talk(*OPENING, user("It is A-17. This is unacceptable. Where is it?")))
    assert found.sentence == "The user said: “This is unacceptable.”."


def test_detect_is_milder_before_the_agent_has_answered() -> None:
    angry = user("My flight was delayed again and I'm extremely upset about that. This is ridiculous.")
    assert [found.strength for found in detect(talk(agent("Hello!"), angry))] == [0.33]


def test_detect_tells_the_same_words_once() -> None:
    assert len(list(detect(talk(*OPENING, user("This is ridiculous."), user("This is ridiculous."))))) == 1


@pytest.mark.parametrize(
    "words",
    [
        "No.",
        "I'm sorry, I'm a bit slow today.",
        "My daughter was disappointed by the colour, can I exchange it?",
        "It's not ridiculous at all, thank you.",
        "I'm not frustrated, just curious.",
        "Please don't be upset, but I changed my mind.",
        "MY ORDER NUMBER IS A-17",
        "OK!",
        "The second time I ordered the blue one.",
        "Ich bin nicht enttäuscht, danke.",
        "Is the film “Angry Birds” available?",
    ],
)
def test_detect_is_silent_for_near_misses(words: str) -> None:
    assert list(detect(talk(*OPENING, user(words)))) == []


def test_detect_does_not_listen_to_the_agent() -> None:
    assert list(detect(talk(*OPENING, agent("I understand that this is really frustrating.")))) == []
