"""The detector of agents that say the same again."""

import pytest

from tests.traces.talks import agent, call, talk, user
from traces.detectors.repeated_answer import detect
from traces.records import StepFacts

LINES = {
    "English": "Please restart the router, wait two minutes and check whether the green light comes back.",
    "German": "Bitte starten Sie den Router neu, warten zwei Minuten und prüfen die grüne Lampe am Gehäuse.",
    "Spanish": "Reinicie el router, espere dos minutos y compruebe si vuelve a encenderse la luz verde.",
    "French": "Redémarrez le routeur, attendez deux minutes et vérifiez si le voyant vert se rallume.",
    "a shop": "To start a return, open the parcel page, choose the damaged article and print the label.",
    "a bank": "Our advisers can explain mortgage rates, repayment plans and early settlement fees in detail.",
}
LINE = LINES["English"]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_detect_finds_the_same_answer_to_another_message(line: str) -> None:
    [found] = detect(talk(user("No internet."), agent(line), user("I did that."), agent(line)))
    assert (found.step_key, found.strength) == ("k4", 0.5)


def test_detect_counts_how_often_and_quotes_it() -> None:
    slightly = agent(f"Sorry! {LINE}")
    [found] = detect(talk(user("No internet."), agent(LINE), user("Did that."), slightly, user("Again?"), agent(LINE)))
    assert (found.step_key, found.strength) == ("k4", 0.65)
    assert found.sentence == f"The agent said almost the same 3 times: “Sorry! {LINE}”."


def test_detect_takes_another_limit() -> None:
    like = agent("Please restart the router, wait five minutes and check whether the green light comes back again.")
    steps = talk(user("No internet."), agent(LINE), user("Did that."), like)
    assert (list(detect(steps)), len(list(detect(steps, same_words=0.5)))) == ([], 1)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([agent(LINE), user("Thanks"), agent("Is the green light back now?")], id="another answer"),
        pytest.param([agent("You're welcome!"), user("Bye"), agent("You're welcome!")], id="courtesy"),
        pytest.param([user("Hi"), agent(LINE), agent(LINE)], id="nobody spoke between"),
        pytest.param([user("Hi"), agent(LINE), call("ping"), agent(LINE)], id="only a call between"),
        pytest.param(
            [agent(f"{LINE} Ticket 4711."), user("And mine?"), agent(f"{LINE} Ticket 4712.")], id="another number"
        ),
        pytest.param([user(LINE), agent("I see."), user(LINE)], id="the user repeats"),
        pytest.param(
            [agent(LINE), user("?"), agent("Then unplug the modem, hold its reset button and call us from a mobile.")],
            id="the next piece of advice",
        ),
    ],
)
def test_detect_is_silent_for_near_misses(steps: list[StepFacts]) -> None:
    assert list(detect(talk(*steps))) == []
