"""The detector of failures that the agent does not admit."""

import pytest

from tests.traces.talks import agent, call, failed, talk, user
from traces.detectors.hidden_tool_error import detect
from traces.records import StepFacts

ASKED = user("Please refund order A-1.")
EXPIRED = failed("refund", "401 token expired")


def test_detect_finds_a_claim_of_success_after_a_failure() -> None:
    [found] = detect(talk(ASKED, EXPIRED, agent("Done! Your refund is on its way.")))
    assert (found.step_key, found.strength) == ("k2", 0.9)
    assert found.sentence == (
        "“refund” failed (“401 token expired”), but the agent went on: “Done! Your refund is on its way.”."
    )


def test_detect_quotes_words_and_no_marks() -> None:
    [found] = detect(talk(ASKED, EXPIRED, agent("## **Done!**\n\n- `A-1` is [refunded](https://shop.example/a-1).")))
    assert found.sentence.endswith("but the agent went on: “Done! A-1 is refunded.”.")


@pytest.mark.parametrize(
    "result",
    ["Error: card unknown", '{"error": "card unknown"}', '{"ok": false}', '{"success": false}', '{"status": 502}'],
)
def test_detect_finds_an_error_shaped_answer_with_a_status_of_ok(result: str) -> None:
    [found] = detect(talk(ASKED, call("refund", result), agent("I've processed the refund for you.")))
    assert (found.step_key, found.strength) == ("k2", 0.9)


@pytest.mark.parametrize(
    "words",
    [
        "Erledigt, das Geld ist am Freitag bei Ihnen.",
        "Ihre Erstattung wurde veranlasst.",
        "Listo, el dinero llega el viernes.",
        "He procesado su reembolso.",
        "C'est fait, le remboursement arrive vendredi.",
        "J’ai remboursé votre commande.",
    ],
)
def test_detect_hears_claims_in_other_languages(words: str) -> None:
    assert [found.strength for found in detect(talk(ASKED, EXPIRED, agent(words)))] == [0.9]


def test_detect_counts_no_problem_as_no_admission() -> None:
    [found] = detect(talk(ASKED, EXPIRED, agent("No problem, the money is with you on Friday.")))
    assert found.strength == 0.7


@pytest.mark.parametrize(
    "words",
    [
        "I tried to refund 3250.00 EUR, but that is above my limit. A colleague will take over.",
        "That amount exceeds our daily limit, so I have passed it on.",
    ],
)
def test_detect_takes_a_limit_that_is_told_for_an_admission(words: str) -> None:
    assert list(detect(talk(ASKED, EXPIRED, agent(words)))) == []


def test_detect_is_weak_when_another_call_worked_before_the_answer() -> None:
    talked = talk(
        ASKED, failed("find_by_name", "boom"), call("find_by_mail", {"id": 7}), agent("Hello Ada, your plan is Gold.")
    )
    assert [found.strength for found in detect(talked)] == [0.3]


def test_detect_is_surer_of_a_claim_after_other_calls_that_worked() -> None:
    talked = talk(ASKED, EXPIRED, call("note", "saved"), agent("Your refund is on the way."))
    assert [found.strength for found in detect(talked)] == [0.6]


@pytest.mark.parametrize(
    "words",
    [
        "I'm sorry, the refund did not go through.",
        "Unfortunately the payment system refused me.",
        "I was unable to refund this order.",
        "There seems to be an issue with the payment system.",
        "I couldn’t complete the refund.",
        "The refund failed. Shall I try again?",
        "Leider konnte ich die Rückerstattung nicht abschließen.",
        "Es gab einen Fehler im Zahlungssystem.",
        "Lo siento, el reembolso falló.",
        "No se pudo completar el reembolso.",
        "Malheureusement, le remboursement a échoué.",
        "Je n’ai pas réussi à vous rembourser.",
    ],
)
def test_detect_is_silent_when_the_agent_admits_it(words: str) -> None:
    assert list(detect(talk(ASKED, EXPIRED, agent(words)))) == []


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([ASKED, EXPIRED, call("refund", {"ok": True}), agent("Done!")], id="a retry that succeeds"),
        pytest.param([ASKED, EXPIRED], id="no message follows"),
        pytest.param([ASKED, EXPIRED, user("Hello?"), agent("Done!")], id="the user speaks first"),
        pytest.param([ASKED, call("refund", {"ok": True}), agent("Done!")], id="nothing failed"),
        pytest.param([ASKED, call("think", ""), agent("Done!")], id="a tool that answers nothing by nature"),
        pytest.param(
            [ASKED, call("find_orders", "[]"), agent("It comes on Monday.")], id="nothing found: told elsewhere"
        ),
        pytest.param(
            [ASKED, call("search", {"name": "Error 404 shirt"}), agent("Done!")], id="error in a product name"
        ),
        pytest.param([ASKED, failed("toggle", "boom", flags=("user_side",)), agent("Done!")], id="the user's own tool"),
    ],
)
def test_detect_is_silent_for_near_misses(steps: list[StepFacts]) -> None:
    assert list(detect(talk(*steps))) == []
