"""The detector of users who say that the agent got it wrong."""

import pytest

from tests.traces.talks import agent, talk, user
from traces.detectors.corrected import detect

OPENING = (user("Please cancel the garden hose."), agent("Your whole order was cancelled."))


@pytest.mark.parametrize(
    ("words", "strength"),
    [
        ("I only wanted to cancel the hose, not the entire order.", 0.6),
        ("That's not what I asked for.", 0.6),
        ("That doesn't look right.", 0.6),
        ("I never asked you to cancel everything!", 0.6),
        ("You booked the wrong flight.", 0.6),
        ("You've charged me twice.", 0.6),
        ("No, I meant the blue one.", 0.6),
        ("You're wrong, the rate is 3 %.", 0.6),
        ("There must be a mistake, I'm a gold member.", 0.4),
        ("I think there's been a mix-up.", 0.4),
        ("Das ist falsch.", 0.6),
        ("Sie haben mich missverstanden.", 0.6),
        ("Eso no es lo que pedí.", 0.6),
        ("C'est pas ce que j'ai demandé.", 0.6),
    ],
)
def test_detect_hears_it_in_many_words_and_languages(words: str, strength: float) -> None:
    [found] = detect(talk(*OPENING, user(words)))
    assert (found.step_key, found.strength) == ("k3", strength)
    assert found.sentence == f"The user corrected the agent: “{words}”."


@pytest.mark.parametrize(
    "words",
    [
        "That's right, thank you.",
        "Ah, so that's what I ordered!",
        "Sorry, I got the number wrong.",
        "My mistake, it's the red one.",
        "I made a mistake in the address.",
        "I just wanted to say thanks.",
        "There's no mistake, just go ahead.",
        "What is wrong with my router?",
        "Is it not possible?",
        "Nothing is wrong with it.",
        "Das ist richtig.",
    ],
)
def test_detect_is_silent_for_near_misses(words: str) -> None:
    assert list(detect(talk(*OPENING, user(words)))) == []


def test_detect_hears_nothing_against_an_agent_that_has_not_answered() -> None:
    assert list(detect(talk(agent("Hello!"), user("You sent the wrong parcel."), agent("That's not right.")))) == []
