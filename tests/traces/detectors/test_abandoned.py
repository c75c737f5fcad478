"""The detector of talks that just stop."""

import pytest

from tests.traces.talks import agent, call, talk, user
from traces.detectors.abandoned import detect
from traces.records import INTERNAL, StepFacts

ASKED = user("I need to move my appointment.")
ANSWERED = agent("Your appointment is on Monday at 9:00.")


@pytest.mark.parametrize(
    "words",
    [
        "Can you make it Tuesday?",
        "Yes, please go ahead.",
        "My member number is 4471.",
        "Thanks! Can you also send me a receipt?",
        "Thank you for checking. Please cancel it then.",
        "Hello?",
        "Können Sie ihn auf Dienstag legen?",
        "Muchas gracias, ¿puede cambiarlo?",
        "Pouvez-vous le déplacer à mardi ?",
    ],
)
def test_detect_finds_words_that_nobody_answered(words: str) -> None:
    [found] = detect(talk(ASKED, ANSWERED, user(words)))
    assert (found.step_key, found.strength) == ("k3", 0.6)
    assert found.sentence == f"The session ends on the user's words, and nobody answered: “{words}”."


@pytest.mark.parametrize(
    "words",
    [
        "Could you tell me your date of birth?",
        "I found two slots. Which one would you prefer?",
        "Shall I book Tuesday at 10:00?",
        "Wie lautet Ihre Kundennummer?",
        "¿Cuál es su número de pedido?",
        "Quelle date vous conviendrait ?",
    ],
)
def test_detect_finds_a_question_that_the_user_left(words: str) -> None:
    [found] = detect(talk(ASKED, agent(words)))
    assert (found.step_key, found.strength) == ("k2", 0.45)


@pytest.mark.parametrize(
    "words",
    [
        "Never mind, thank you.",
        "Okay, I'll try to find the number and get back to you.",
        "I'll handle it myself, thanks.",
        "It's fine, I'll do it later. Bye!",
        "Forget it.",
        "Vergessen Sie es, danke.",
        "Olvídelo, gracias.",
        "Tant pis, merci quand même.",
    ],
)
def test_detect_finds_users_who_give_up(words: str) -> None:
    [found] = detect(talk(ASKED, ANSWERED, user(words), agent("You're welcome.")))
    assert (found.step_key, found.strength, found.sentence.startswith("The user left it at that: “")) == (
        "k3",
        0.5,
        True,
    )


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([user("Never mind the receipt, just move it."), call("move_appointment")], id="done after all"),
        pytest.param([user("I'll get the full amount back, right?")], id="money comes back"),
        pytest.param([user("I'll take the later one.")], id="a later one"),
        pytest.param([user("Great, I'll get back to you if I need more help.")], id="in case of need"),
        pytest.param([user("I'll check my e-mail.")], id="looks elsewhere for a moment"),
        pytest.param([agent("I'll look for it later.")], id="said by the agent"),
        pytest.param([user("Ich komme später.")], id="comes later"),
    ],
)
def test_detect_takes_none_of_these_for_giving_up(steps: list[StepFacts]) -> None:
    assert list(detect(talk(ASKED, ANSWERED, *steps, agent("You're welcome.")))) == []


def test_detect_looks_past_what_happened_behind_the_scenes() -> None:
    talked = talk(ASKED, ANSWERED, user("And Tuesday?"), StepFacts(0, "", "llm", INTERNAL))
    assert [found.step_key for found in detect(talked)] == ["k3"]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([ASKED, ANSWERED, user("Thanks a lot!")], id="thanks"),
        pytest.param([ASKED, ANSWERED, user("Great, that's all. Goodbye.")], id="goodbye"),
        pytest.param([ASKED, ANSWERED, user("No more questions for today.")], id="no more questions"),
        pytest.param([ASKED, ANSWERED, user("Nein danke, das war's.")], id="German thanks"),
        pytest.param([ASKED, ANSWERED, user("Merci, bonne journée")], id="French thanks"),
        pytest.param([ASKED, ANSWERED, user("##STOP##")], id="a sign between machines"),
        pytest.param([ASKED, ANSWERED, user("👍")], id="no word"),
        pytest.param([ASKED, ANSWERED], id="the agent has the last word"),
        pytest.param([ASKED, agent("It is on Monday. Is there anything else I can help you with?")], id="courtesy"),
        pytest.param([ASKED, agent("It is moved. Does that help?")], id="asks whether it helped"),
        pytest.param([ASKED, call("find_slot")], id="ends in a call"),
        pytest.param([ASKED, agent("?")], id="a mark alone"),
        pytest.param([ASKED, call("transfer_to_human"), user("Okay, I will wait for them.")], id="handed over"),
        pytest.param([user("Translate: good morning")], id="no talk"),
        pytest.param([], id="nothing"),
    ],
)
def test_detect_is_silent_for_near_misses(steps: list[StepFacts]) -> None:
    assert list(detect(talk(*steps))) == []
