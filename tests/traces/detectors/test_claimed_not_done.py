"""The detector of deeds that the agent only speaks of."""

import pytest

from tests.traces.talks import agent, call, failed, talk, user
from traces.detectors.claimed_not_done import detect
from traces.records import StepFacts, ToolSchema

ASKED = user("Please cancel my booking B-7.")
LOOKED = call("get_booking", {"id": "B-7", "state": "active"})


def test_detect_quotes_a_claim_after_look_ups_alone() -> None:
    [found] = detect(talk(ASKED, LOOKED, agent("Good news! I've cancelled your booking B-7.")))
    assert (found.step_key, found.strength) == ("k3", 0.9)
    assert found.sentence == (
        "The agent said “I've cancelled your booking B-7.”, but until then it had only looked things up: "
        "nothing was changed."
    )


def test_detect_names_the_attempt_that_failed() -> None:
    [found] = detect(talk(ASKED, LOOKED, failed("cancel_booking", "boom"), agent("Your booking has been cancelled.")))
    assert (found.step_key, found.strength) == ("k4", 0.95)
    assert found.sentence == (
        "The agent said “Your booking has been cancelled.”, but the only attempt, “cancel_booking”, had failed."
    )


def test_detect_counts_an_error_shaped_answer_as_a_failure() -> None:
    refused = call("cancel_booking", {"error": "too late"})
    assert [found.strength for found in detect(talk(ASKED, refused, agent("I have cancelled it.")))] == [0.95]


@pytest.mark.parametrize(
    "words",
    [
        "I’ve gone ahead and issued a refund of $40 to your card.",
        "Thank you, Ada. We have now updated the delivery address to 12 Elm Street.",
        "Your appointment with Dr. Shah has been rescheduled to Friday at 9:00.",
        "The ticket is now closed and the customer was told.",
        "I successfully reset the router's password for you.",
        "Your claim was successfully submitted to the insurer.",
        "Ich habe Ihre Buchung soeben storniert.",
        "Ihre Bestellung wurde erfolgreich storniert.",
        "He cancelado su reserva y recibirá un correo.",
        "Su pedido ha sido reembolsado.",
        "J’ai annulé votre réservation.",
        "Votre commande a bien été annulée.",
    ],
)
def test_detect_hears_claims_of_many_trades_and_languages(words: str) -> None:
    assert [found.strength for found in detect(talk(ASKED, LOOKED, agent(words)))] == [0.9]


def test_detect_is_milder_where_no_tool_is_known() -> None:
    claim = agent("I've cancelled your subscription.")
    known = talk(ASKED, claim, tools={"cancel_plan": ToolSchema("cancel_plan")})
    assert [found.strength for found in detect(talk(ASKED, claim))] == [0.6]
    assert [found.strength for found in detect(known)] == [0.9]


def test_detect_finds_a_second_deed_that_no_call_did() -> None:
    talked = talk(
        ASKED,
        call("cancel_booking"),
        agent("I've cancelled booking B-7."),
        user("And the voucher?"),
        agent("I've also issued a voucher of 50 euros."),
    )
    assert [(found.step_key, found.strength) for found in detect(talked)] == [("k5", 0.5)]


@pytest.mark.parametrize(
    "words",
    [
        '{"name": "cancel_booking", "arguments": {"id": "B-7"}}',
        'Let me do that.\n```json\n{"tool": "cancel_booking",\n "parameters": {}}\n```',
        '{"action": "cancel_booking", "action_input": "B-7"}',
        "<tool_call>cancel_booking</tool_call>",
        "<function=cancel_booking>{}</function>",
        '{"function": "cancel_booking", "args": []}',
    ],
)
def test_detect_finds_a_call_that_is_only_written_down(words: str) -> None:
    [found] = detect(talk(ASKED, LOOKED, agent(words)))
    assert (found.step_key, found.strength) == ("k3", 0.8)
    assert found.sentence == "The agent wrote the call “cancel_booking” into its message, and it was never made."


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([agent('{"name": "cancel", "arguments": {}}'), call("cancel")], id="written and made"),
        pytest.param([call("cancel"), agent('{"name": "cancel", "arguments": {}}')], id="made and written"),
        pytest.param([agent('Here is the profile: {"name": "Ada", "age": 36}')], id="other JSON"),
        pytest.param([agent("The function cancel(arguments) is not known to me.")], id="about a function"),
        pytest.param([user('{"name": "cancel", "arguments": {}}'), agent("What is that?")], id="the user's words"),
        pytest.param([agent("<b>cancelled</b> flights are in red")], id="other tags"),
    ],
)
def test_detect_takes_none_of_these_for_a_call_in_words(steps: list[StepFacts]) -> None:
    assert list(detect(talk(ASKED, *steps))) == []


def test_detect_finds_a_promise_that_nothing_followed() -> None:
    promise = agent("I will now process the refund for you. Please hold on.")
    [found] = detect(talk(ASKED, LOOKED, user("Yes, refund it."), promise, user("Hello?"), agent("How are you?")))
    assert (found.step_key, found.strength) == ("k4", 0.5)
    assert found.sentence == (
        "The agent said “I will now process the refund for you.”, but nothing was done after that."
    )


def test_detect_finds_a_yes_after_which_nothing_was_done() -> None:
    question = agent("Would you like me to proceed with the cancellation?")
    thanks = agent("Great. Have a nice day.")
    [found] = detect(talk(ASKED, LOOKED, question, user("Yes, please go ahead."), thanks))
    assert (found.step_key, found.strength) == ("k4", 0.6)
    assert found.sentence == (
        "The user agreed (“Yes, please go ahead.”) to “Would you like me to proceed with the cancellation?”, "
        "but nothing was done."
    )


@pytest.mark.parametrize(
    "words",
    [
        "I've found your booking B-7.",
        "I have checked your account and verified your identity.",
        "Your booking has not been cancelled yet.",
        "No refund has been issued so far.",
        "Once it has been cancelled, you will get an e-mail.",
        "Would you like me to confirm that it has been cancelled?",
        "Has your booking been cancelled?",
        "A booking that has been cancelled cannot be restored.",
        "I've updated the draft: it is shorter now.",
        "I can cancel it for you if you like.",
        "Ihre Buchung wurde nicht storniert.",
        "Si ha sido cancelado, recibirá un correo.",
    ],
)
def test_detect_is_silent_about_words_that_claim_nothing(words: str) -> None:
    assert list(detect(talk(ASKED, LOOKED, agent(words)))) == []


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([ASKED, call("cancel_booking"), agent("I've cancelled it.")], id="a call did it"),
        pytest.param([ASKED, call("booking.terminate"), agent("I've cancelled it.")], id="a call by another word"),
        pytest.param([ASKED, call("run_workflow_17"), agent("I've cancelled it.")], id="an opaque tool"),
        pytest.param([ASKED, call("frobnicate"), agent("I've cancelled it.")], id="an unknown tool"),
        pytest.param(
            [ASKED, call("transfer_to_human"), agent("I've transferred you to a colleague.")], id="handed to a person"
        ),
        pytest.param(
            [ASKED, call("get_order", {"status": "cancelled"}), agent("Your order has been cancelled.")],
            id="a look-up said so",
        ),
        pytest.param([user("It was cancelled!"), LOOKED, agent("I see it has been cancelled.")], id="the user said so"),
        pytest.param(
            [ASKED, call("cancel_booking"), agent("I've cancelled it."), user("Sure?"), agent("I've cancelled it.")],
            id="said twice",
        ),
        pytest.param(
            [ASKED, call("cancel_booking"), agent("I've cancelled it."), user("?"), agent("A refund has been issued.")],
            id="what follows from the deed",
        ),
        pytest.param(
            [ASKED, call("toggle", flags=("user_side",)), agent("Your data is now enabled.")], id="the user did it"
        ),
        pytest.param(
            [ASKED, LOOKED, agent("Shall I cancel it?"), user("Yes."), call("cancel_booking"), agent("That is it.")],
            id="agreed and done",
        ),
        pytest.param(
            [ASKED, LOOKED, agent("Shall I cancel it?"), user("Yes."), agent("Unfortunately I cannot cancel it.")],
            id="agreed and explained",
        ),
        pytest.param(
            [ASKED, LOOKED, agent("Shall I cancel it?"), user("Yes, but not today."), agent("As you wish.")],
            id="a yes with a but",
        ),
        pytest.param([ASKED, agent("I will now look it up."), LOOKED, agent("It is B-7.")], id="promised and done"),
        pytest.param([ASKED, agent("Once you confirm, I'll proceed with it now.")], id="a promise on a condition"),
    ],
)
def test_detect_is_silent_for_near_misses(steps: list[StepFacts]) -> None:
    assert list(detect(talk(*steps))) == []
