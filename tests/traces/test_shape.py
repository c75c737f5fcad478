"""The numbers about how a session went."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.traces.talks import agent, call, failed, user
from traces.records import USER_SIDE, StepFacts
from traces.shape import MOST_STEPS, shape_of


def test_shape_of_nothing_is_empty() -> None:
    assert shape_of([]) == {}


def test_shape_counts_a_whole_session() -> None:
    steps = [
        user("Please cancel order 1001 and also order 1002. What does it cost?"),
        agent("I found:\n- 1001, $20.00\n- 1002, $30.00\nTogether that is $50."),
        call("cancel_order", {"total": 20.0}, {"id": "1001"}),
        call("cancel_order", {"total": 30.0}, {"id": "1002"}),
        call("get_order", {"id": "1003"}, {"id": "1003"}),
        call("get_order", {"id": "1003"}, {"id": "1003"}),
        failed("get_order", "not found", arguments={"id": "9"}),
        agent("Both are cancelled."),
        user("Thank you!"),
    ]

    assert shape_of(steps) == {
        "steps": 9,
        "user_messages": 2,
        "agent_messages": 2,
        "wishes": 1,
        "user_questions": 1,
        "thanked": 1,
        "listed": 2,
        "options": 2,
        "new_amounts": 1,
        "calls": 5,
        "failed_calls": 1,
        "repeated_calls": 1,
        "deeds": 2,
        "same_deed": 2,
    }


def test_shape_keeps_apart_what_the_user_did_with_tools() -> None:
    steps = [call("toggle_data", flags=(USER_SIDE,)), call("get_line")]

    assert shape_of(steps) == {"steps": 2, "calls_by_user": 1, "calls": 1}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["I want to return the blue running shoes", "I want to return the blue running shoes"], 1.0),
        (["I want to return the blue running shoes", "Please return those running shoes that are blue"], 0.8),
        (["I want to return the blue running shoes", "My postal address changed since last summer"], 0.0),
        (["ok", "ok", "ok"], 0.0),
        (["Ich möchte meine Bestellung stornieren bitte heute", "Bitte meine Bestellung heute stornieren!"], 1.0),
    ],
)
def test_shape_tells_how_much_the_user_said_again(texts: list[str], expected: float) -> None:
    assert shape_of([user(text) for text in texts]).get("said_again", 0.0) == pytest.approx(expected, abs=0.21)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("It costs $1,200.50 in total.", 0),
        ("It costs 1200.5 USD in total.", 0),
        ("It costs 1.200,50 € in total.", 0),
        ("It costs $1,201.50 in total.", 1),
        ("You get 75 EUR and 80 EUR back.", 2),
        ("There are 75 of them in 3 boxes.", 0),
        ("Your $50 voucher is valid.", 0),
        ("Your $50.00 voucher is valid.", 0),
    ],
)
def test_shape_counts_amounts_that_nobody_named(said: str, expected: int) -> None:
    steps = [user("I have a voucher of 50"), call("get_price", {"price": 1200.5}), agent(said)]

    assert shape_of(steps).get("new_amounts", 0) == expected


@pytest.mark.parametrize(
    ("last", "expected"), [("Thanks a lot!", 1), ("Vielen Dank", 1), ("Gracias, adiós", 1), ("That is wrong.", 0)]
)
def test_shape_knows_thanks_at_the_end(last: str, expected: int) -> None:
    assert shape_of([user("Hello there"), agent("Hi"), user(last)]).get("thanked", 0) == expected


def test_shape_reads_the_beginning_of_an_endless_session() -> None:
    steps = [call("cancel_order", arguments={"id": number}) for number in range(MOST_STEPS + 50)]

    assert shape_of(steps) == {
        "steps": MOST_STEPS + 50,
        "calls": MOST_STEPS,
        "deeds": MOST_STEPS,
        "same_deed": MOST_STEPS,
    }


@pytest.mark.parametrize(
    ("texts", "name", "expected"),
    [
        (["I want the cheapest one, but only if it is non-stop."], "conditions", 4),
        (["Nur wenn es günstiger ist, sonst lieber nicht."], "conditions", 5),
        (["I want a window seat."], "conditions", 0),
        (["It does not start.", "It still shows no signal.", "Still the same error!"], "persists", 2),
        (["Es geht nicht.", "Es geht immer noch nicht."], "persists", 1),
        (["I still have a question."], "persists", 0),
    ],
)
def test_shape_hears_conditions_and_what_persists(texts: list[str], name: str, expected: int) -> None:
    assert shape_of([user(text) for text in texts]).get(name, 0) == expected


TEXTS = st.text(max_size=300)
STEPS = st.one_of(
    TEXTS.map(user), TEXTS.map(agent), st.builds(call, TEXTS, TEXTS, TEXTS), st.builds(failed, TEXTS, TEXTS)
)


@given(st.lists(STEPS, max_size=20))
def test_shape_of_anything_is_finite_and_never_negative(steps: list[StepFacts]) -> None:
    shape = shape_of(steps)

    assert all(0 < number < 1e6 for number in shape.values())
    assert shape.get("steps", 0) == len(steps)
