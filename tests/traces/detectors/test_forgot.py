"""The detector of agents that ask for what they were given."""

import pytest

from tests.traces.talks import agent, talk, user
from traces.detectors.forgot import detect
from traces.speech import MOST_STEPS

CASES = {
    "an order number": ("It's about order #W-4711.", "Could you provide your order number?", "order number"),
    "an order id": ("My order id is 883-AX21, it is late.", "What is your order ID?", "order number"),
    "an e-mail address": (
        "You can reach me at ada@example.org.",
        "Could you give me your email address?",
        "e-mail address",
    ),
    "a phone number": ("Call me on +49 151 2345 6789.", "May I have your phone number?", "phone number"),
    "a zip code": ("I live in Boston, zip code 02134.", "Please provide your ZIP code.", "zip code"),
    "a name": ("My name is Ada Lovelace.", "Can I have your full name, please?", "name"),
    "a date of birth": ("I was born on 10/12/1985.", "Please tell me your date of birth.", "date of birth"),
    "a claim number": ("My claim number is CL-20931.", "I'll need your claim number to start.", "case number"),
    "a booking": ("Reservation ZFA04Y, please.", "Could you share your reservation code?", "booking number"),
    "German": ("Meine Postleitzahl ist 10115.", "Bitte nennen Sie mir Ihre Postleitzahl.", "zip code"),
    "Spanish": ("Mi número de pedido es… pedido 88213-B.", "¿Cuál es su número de pedido?", "order number"),
    "French": ("Je m'appelle Marie Curie.", "Pouvez-vous me donner votre nom complet ?", "name"),
}


@pytest.mark.parametrize(("given", "asked", "thing"), CASES.values(), ids=CASES.keys())
def test_detect_finds_what_was_asked_for_again(given: str, asked: str, thing: str) -> None:
    [found] = detect(talk(user(given), agent("One moment."), user("Are you there?"), agent(asked)))
    assert (found.step_key, found.strength) == ("k4", 0.6)
    assert found.sentence.startswith(f"The agent asked for the {thing}, “{asked}”, although the user had given it: “")


def test_detect_remembers_a_bare_answer_to_its_own_question() -> None:
    question = agent("What is your order number?")
    [found] = detect(talk(user("It broke."), question, user("It's W-4711."), agent("I see."), user("So?"), question))
    assert found.sentence == (
        "The agent asked for the order number, “What is your order number?”, although the user had given it: "
        "“It's W-4711.”."
    )


def test_detect_reads_the_lines_of_a_list() -> None:
    listed = agent("Please provide the following:\n1. Your full name\n2. What happened")
    [found] = detect(talk(user("My name is Ada Lovelace."), listed))
    assert found.step_key == "k2"


@pytest.mark.parametrize(
    "words",
    [
        "I already told you that.",
        "I’ve already given you my email address.",
        "I just gave you the number already, didn't I?",
        "You already asked me that.",
        "Das habe ich Ihnen doch schon gesagt.",
        "Ya se lo dije.",
        "Je vous l'ai déjà donné.",
    ],
)
def test_detect_hears_users_who_say_that_they_gave_it(words: str) -> None:
    [found] = detect(talk(user("It broke."), agent("Go on."), user(words)))
    assert (found.strength, found.sentence.startswith("The user says that they gave it already: “")) == (0.7, True)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("It's about order #W-4711.", "Is there another order number that you need help with?"),
        ("It's about order #W-4711.", "I can't find this order. Could you provide your order number once more?"),
        ("It's about order #W-4711.", "Could you confirm your order number?"),
        ("It's about order #W-4711.", "Could you provide your email address?"),
        ("I have an order and it's late.", "Could you provide your order number?"),
        ("Both orders are late, order #W-4711 is one.", "Could you provide the order number?"),
        ("Write to ada@example.org.", "What is your new email address?"),
        ("Write to ada@example.org.", "Please provide the email address or the phone number of the recipient."),
        ("Write to ada@example.org.", "I have sent the label to your email address."),
        ("Call me on +49 151 2345 6789.", "Please check the number on your phone's screen."),
        ("My name is Ada Lovelace.", "What is the first name of the other passenger?"),
        ("My name is Ada Lovelace.", "Thank you. If you share your name with us, we keep it safe."),
        ("I already told my sister about it.", "Could you provide your order number?"),
        ("I've already paid the bill.", "Could you provide the invoice number?"),
    ],
)
def test_detect_is_silent_for_near_misses(given: str, asked: str) -> None:
    assert list(detect(talk(user(given), agent(asked)))) == []


def test_detect_takes_an_offer_of_another_number_as_new() -> None:
    steps = talk(user("Order #W-4711 is late."), agent("It comes today."), user("I also have another order."))
    asked = agent("Could you provide the order number?")
    assert list(detect(talk(*steps.steps, asked))) == []


def test_detect_reads_the_beginning_of_an_endless_talk() -> None:
    filler = [agent("Still there?")] * MOST_STEPS
    told = [user("My order number is W-4711."), agent("Could you provide your order number?")]
    assert [found.step_key for found in detect(talk(*told, *filler))] == [talk(*told).steps[1].key]
    assert list(detect(talk(*filler, *told))) == []
