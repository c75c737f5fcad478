"""The detector of circles."""

from typing import Any
from unittest.mock import patch

import pytest

from tests.traces.talks import agent, call, talk, user
from traces.detectors.tool_loop import COMPARED_WITH, detect
from traces.records import StepFacts


def look(**arguments: Any) -> StepFacts:
    return call("lookup_order", {"state": "unknown"}, arguments)


def test_detect_finds_the_same_call_four_times() -> None:
    [found] = detect(talk(user("Where is it?"), *[look(order_id="A-1")] * 4, agent("I do not know.")))
    assert (found.kind, found.step_key, found.strength) == ("tool_loop", "k3", 0.5)
    assert found.sentence == ("“lookup_order” was called 4 times with order_id=A-1, without new input from the user.")


def test_detect_is_surer_the_longer_it_goes_on() -> None:
    strengths = [next(iter(detect(talk(*[look(order_id=1)] * times)))).strength for times in (4, 6, 8, 20)]
    assert strengths == [0.5, 0.75, 1.0, 1.0]


@pytest.mark.parametrize(
    "variants",
    [
        pytest.param(
            [{"q": "Late  Order"}, {"q": "late order"}, {"q": "LATE ORDER"}, {"q": " late order "}], id="case and space"
        ),
        pytest.param([{"id": 1, "request_id": n} for n in range(4)], id="request ids"),
        pytest.param(
            [
                {"q": f"refund policy for {word} orders of new customers abroad"}
                for word in ("late", "late", "delayed", "late")
            ],
            id="a changed word in a long text",
        ),
    ],
)
def test_detect_finds_nearly_the_same_arguments(variants: list[dict[str, Any]]) -> None:
    assert len(list(detect(talk(*(look(**variant) for variant in variants))))) == 1


def test_detect_finds_a_cycle_of_calls_repeated_three_times() -> None:
    [found] = detect(talk(*[look(order_id=1), call("check_stock", "3", {"sku": "x"})] * 3))
    assert found.step_key == "k3"
    assert found.sentence == (
        "The same 2 calls (lookup_order → check_stock) were made 3 times over, without new input from the user."
    )


def test_detect_finds_the_loop_with_words_of_the_agent_between() -> None:
    steps = [step for _ in range(4) for step in (look(order_id=1), agent("One moment."))]
    assert len(list(detect(talk(*steps)))) == 1


def test_detect_takes_other_limits() -> None:
    thrice, two_rounds = talk(*[look(order_id=1)] * 3), talk(*[look(order_id=1), call("check_stock")] * 2)
    assert [len(list(detect(thrice, same_calls=limit))) for limit in (3, 4)] == [1, 0]
    assert [len(list(detect(two_rounds, cycle_rounds=limit))) for limit in (2, 3)] == [1, 0]
    assert [found.strength for found in detect(thrice, same_calls=3)] == [0.5]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([look(order_id=1)] * 3, id="three times only"),
        pytest.param([look(page=page) for page in range(1, 9)], id="pages"),
        pytest.param([look(order_id=f"A-{n}") for n in range(6)], id="different orders"),
        pytest.param([look(date=f"2024-05-{day}") for day in range(10, 16)], id="different days"),
        pytest.param(
            [step for _ in range(5) for step in (user("And now?"), look(order_id=1))], id="the user asks again"
        ),
        pytest.param([look(order_id=1), call("check_stock")] * 2, id="a cycle made twice"),
        pytest.param([call(f"tool_{n}", "ok", {"id": 1}) for n in range(8)], id="different tools"),
        pytest.param([call("toggle", flags=("user_side",))] * 6, id="the user's own tool"),
        pytest.param([], id="nothing"),
    ],
)
def test_detect_is_silent_for_near_misses(steps: list[StepFacts]) -> None:
    assert list(detect(talk(*steps))) == []


def test_detect_compares_each_call_with_a_bounded_number_of_others() -> None:
    calls = talk(*[look(order_id=number) for number in range(500)])
    with patch("traces.detectors.tool_loop.near", return_value=False) as near:
        assert list(detect(calls)) == []
    # Each against the last different ones, and a few times more in search of cycles.
    assert near.call_count <= 500 * (COMPARED_WITH + 3)
