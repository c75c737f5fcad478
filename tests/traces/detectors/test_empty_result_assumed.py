"""The detector of look-ups that found nothing and were left at that."""

import pytest

from tests.traces.talks import agent, call, failed, talk, user
from traces.detectors.empty_result_assumed import detect
from traces.records import StepFacts

ASKED = user("When will my order come?")
NOTHING = call("search_orders", "[]", {"name": "Ada"})
NONE_THERE = agent("I'm sorry, there are no orders under your name. Anything else I can help you with?")


@pytest.mark.parametrize(
    "looked",
    [
        NOTHING,
        call("find_orders", {"results": [], "total": 0}),
        call("get_order", "null"),
        call("lookup-customer", ""),
        call("orders.list", "No results found."),
        call("knowledge_base", "[]", kind="retriever"),
    ],
)
def test_detect_finds_that_the_agent_went_on_as_if_it_had_found_something(looked: StepFacts) -> None:
    [found] = detect(talk(ASKED, looked, agent("Your order will arrive on Monday.")))
    assert (found.kind, found.step_key, found.strength) == ("empty_result_assumed", "k2", 0.5)


@pytest.mark.parametrize(
    "words",
    [
        NONE_THERE.text,
        "Unfortunately, there are no nonstop flights on May 22. If you have any other preferences, please let me know!",
        "I could not find any order. Have a nice day!",
        "You have no orders with us; nothing was found. Is there anything else?",
    ],
)
def test_detect_finds_that_the_agent_left_it_at_that(words: str) -> None:
    [found] = detect(talk(ASKED, NOTHING, agent(words)))
    assert (found.step_key, found.strength) == ("k2", 0.25)


def test_detect_says_what_was_looked_for_and_what_was_made_of_it() -> None:
    [one] = detect(talk(ASKED, NOTHING, agent("It comes on Monday.")))
    [other] = detect(talk(ASKED, NOTHING, NONE_THERE))
    assert (one.sentence, other.sentence) == (
        "“search_orders” (name=Ada) found nothing, but the agent went on: “It comes on Monday.”.",
        f"“search_orders” (name=Ada) found nothing, and the agent left it at that: “{NONE_THERE.text}”.",
    )


def test_detect_sees_what_was_read_before_as_no_other_try() -> None:
    found = detect(talk(ASKED, call("get_customer", {"id": 7}), NOTHING, NONE_THERE))
    assert [one.step_key for one in found] == ["k3"]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([NOTHING, call("search_orders", [{"id": 1}]), agent("It is A-1.")], id="the second look"),
        pytest.param([NOTHING, call("list_parcels", [{"id": 1}]), agent("It is on its way.")], id="a look elsewhere"),
        pytest.param([call("search_orders", [{"id": 1}]), NOTHING, agent("It is A-1.")], id="one of several"),
        pytest.param([NOTHING, call("search_orders", "[]", {"name": "A."}), NONE_THERE], id="tried twice"),
        pytest.param([call("find_parcel", "[]"), NOTHING, NONE_THERE], id="tried in two places"),
        pytest.param([NOTHING, agent("I found none. What is your order number?")], id="asks for more"),
        pytest.param([NOTHING, agent("There are none. Let me check the archive.")], id="will look again"),
        pytest.param(
            [NOTHING, agent("No direct flights. Would you like me to search for others?")], id="offers to look"
        ),
        pytest.param([NOTHING, agent("No flights found. Other dates, or anything else?")], id="offers another"),
        pytest.param(
            [NOTHING, NONE_THERE, user("As Ida?"), call("search_orders", [1]), agent("Yes!")], id="looks later"
        ),
        pytest.param([call("think", ""), agent("It comes on Monday.")], id="a tool that answers nothing by nature"),
        pytest.param([call("delete_order", "[]"), agent("It is deleted.")], id="nothing was looked for"),
        pytest.param([failed("search_orders", "boom"), agent("It comes on Monday.")], id="it failed: told elsewhere"),
        pytest.param([call("search_orders", [{"id": 1}]), agent("It is A-1.")], id="something was found"),
        pytest.param([call("get_balance", "0"), agent("Your balance is 0.")], id="zero is an answer"),
        pytest.param([call("get_orders", "[]", flags=("user_side",)), agent("Fine!")], id="the user's own tool"),
        pytest.param([NOTHING], id="no message follows"),
        pytest.param([NOTHING, user("Hello?"), agent("Hi!")], id="the user speaks first"),
    ],
)
def test_detect_is_silent_for_near_misses(steps: list[StepFacts]) -> None:
    assert list(detect(talk(ASKED, *steps))) == []


def test_detect_reads_long_texts_and_thousands_of_steps() -> None:
    steps = [call("search", " " * 1_000 + "[]"), agent("No. " * 50_000)] * 20 + [NOTHING, agent("x" * 200_000)] * 1_000
    assert len(list(detect(talk(*steps)))) > 0
