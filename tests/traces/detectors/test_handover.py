"""The detector of people who came in, and of second tries."""

import pytest

from tests.traces.talks import agent, call, failed, talk, user
from traces.detectors.handover import detect
from traces.records import INTERNAL, Found, SessionFacts, StepFacts

ASKED = user("My card was charged twice.")


def of(kind: str, session: SessionFacts) -> list[Found]:
    return [found for found in detect(session) if found.kind == kind]


@pytest.mark.parametrize(
    "name",
    [
        "transfer_to_human",
        "transferToAgentHuman",
        "escalate",
        "human_handoff",
        "connect_live_agent",
        "request_supervisor",
    ],
)
def test_detect_finds_an_escalation_by_a_call(name: str) -> None:
    [found] = of("escalated", talk(ASKED, call(name, "ok", {"reason": "double charge"}), agent("One moment.")))
    assert (found.step_key, found.strength) == ("k2", 0.5)
    assert found.sentence == "The agent handed the session to a person: “reason=double charge”."


@pytest.mark.parametrize(
    "words",
    [
        "I'm transferring you to a human agent now.",
        "I will escalate this to our support team.",
        "You are being connected with a live representative.",
        "Ich verbinde Sie mit einem Mitarbeiter.",
        "Le transfiero con un agente.",
        "Je vous transfère à un conseiller.",
    ],
)
def test_detect_finds_an_escalation_by_words(words: str) -> None:
    [found] = of("escalated", talk(ASKED, agent(words)))
    assert (found.strength, found.sentence) == (0.4, f"The agent said that it hands over to a person: “{words}”.")


@pytest.mark.parametrize(
    "words",
    [
        "Can I speak to a human?",
        "I want a real person.",
        "Let me talk to your supervisor.",
        "agent",
        "Ich möchte mit einem Menschen sprechen.",
        "Quiero hablar con una persona.",
        "Je veux parler à un conseiller.",
    ],
)
def test_detect_finds_users_who_want_a_person(words: str) -> None:
    assert [(found.step_key, found.strength) for found in of("escalated", talk(ASKED, user(words)))] == [("k2", 0.35)]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([agent("Would you like me to transfer you to a human agent?")], id="only offered"),
        pytest.param([agent("If that fails, I will transfer you to a human agent.")], id="on a condition"),
        pytest.param([agent("I cannot transfer you to a human agent.")], id="denied"),
        pytest.param([call("transfer_money")], id="money is transferred"),
        pytest.param([failed("transfer_to_human", "nobody is there")], id="the hand-over failed"),
        pytest.param([user("I don't want to talk to a human.")], id="not wanted"),
        pytest.param([agent("I will forward the invoice to your e-mail address.")], id="a letter is forwarded"),
        pytest.param([call("get_support_hours")], id="about support"),
    ],
)
def test_detect_finds_no_escalation_in_near_misses(steps: list[StepFacts]) -> None:
    assert of("escalated", talk(ASKED, *steps)) == []


@pytest.mark.parametrize(
    "words",
    [
        "Hi, this is Maria from the billing team, I'm taking over from here.",
        "I have taken over from our assistant.",
        "Our support team has taken over this conversation.",
        "A colleague joined and refunded it manually.",
        "I have corrected it by hand.",
        "Das wurde manuell storniert.",
        "El reembolso fue procesado manualmente.",
        "C'est corrigé à la main.",
    ],
)
def test_detect_finds_a_rescue(words: str) -> None:
    [found] = of("manual_rescue", talk(ASKED, agent(words)))
    assert (found.step_key, found.strength, found.sentence) == ("k2", 0.7, f"A person took over: “{words}”.")


def test_detect_finds_a_rescue_that_an_event_tells() -> None:
    event = StepFacts(0, "", "event", INTERNAL, name="human_takeover")
    assert [found.step_key for found in of("manual_rescue", talk(ASKED, event))] == ["k2"]


@pytest.mark.parametrize(
    "words",
    [
        "You can enter the code manually.",
        "Should the charge be corrected by hand?",
        "This is Maya from Acme, how can I help?",
        "The payment was not processed manually.",
        "I'm looking into it.",
        "If it has to be corrected by hand, it takes two days.",
    ],
)
def test_detect_finds_no_rescue_in_near_misses(words: str) -> None:
    assert of("manual_rescue", talk(ASKED, agent(words))) == []


@pytest.mark.parametrize(
    "words",
    [
        "Would you like me to proceed with the refund?",
        "Shall I cancel the second charge?",
        "Please confirm that you want to proceed.",
        'Reply "yes" to continue.',
        "I need your approval before the transfer.",
        "Soll ich die Buchung stornieren?",
        "¿Desea que cancele el pedido?",
        "Souhaitez-vous que je continue ?",
    ],
)
def test_detect_finds_the_first_question_for_approval(words: str) -> None:
    [found] = of("approval", talk(ASKED, agent(words), user("Yes"), agent(words)))
    assert (found.step_key, found.strength, found.sentence) == ("k2", 0.1, f"The agent asked for approval: “{words}”.")


def test_detect_finds_a_call_that_asks_for_approval() -> None:
    assert [found.sentence for found in of("approval", talk(ASKED, call("request_approval")))] == [
        "The agent asked for approval with “request_approval”."
    ]


@pytest.mark.parametrize(
    "words",
    [
        "What is your card number?",
        "Your payment was confirmed.",
        "Could you confirm which card it was?",
        "Would you like some tea?",
        "I will proceed.",
        "May I have your name?",
    ],
)
def test_detect_finds_no_approval_in_near_misses(words: str) -> None:
    assert of("approval", talk(ASKED, agent(words))) == []


def test_detect_finds_a_retry_that_worked() -> None:
    [found] = of("retry", talk(ASKED, failed("refund", "boom"), call("refund")))
    assert (found.step_key, found.strength) == ("k3", 0.2)
    assert found.sentence == "“refund” failed and was called once more, which worked in the end."


def test_detect_finds_retries_in_vain() -> None:
    tried = [failed("refund", "boom"), call("refund", "Error: busy"), call("refund", {"ok": False})]
    [found] = of("retry", talk(ASKED, *tried))
    assert (found.step_key, found.strength) == ("k3", 0.4)
    assert found.sentence == "“refund” failed and was called 2 more times, which never worked."


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([call("refund"), call("refund")], id="nothing failed"),
        pytest.param([failed("refund", "boom"), call("pay")], id="another tool"),
        pytest.param([failed("refund", "boom"), user("Try again"), call("refund")], id="the user asked for it"),
        pytest.param([failed("refund", "boom")], id="not tried again"),
        pytest.param([failed("a", "boom"), call("b"), failed("c", "boom")], id="three tools"),
        pytest.param(
            [failed("toggle", "boom", flags=("user_side",)), call("toggle", flags=("user_side",))], id="the user's tool"
        ),
    ],
)
def test_detect_finds_no_retry_in_near_misses(steps: list[StepFacts]) -> None:
    assert of("retry", talk(ASKED, *steps)) == []
