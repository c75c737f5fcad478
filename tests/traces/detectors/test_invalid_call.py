"""The detector of calls that could not work as they were made."""

import pytest

from tests.traces.talks import agent, call, failed, talk, user
from traces.detectors.invalid_call import detect
from traces.records import StepFacts, ToolSchema

REFUND = ToolSchema("refund", ("order_id", "amount"), ("order_id", "amount", "note"))
TOOLS = {"refund": REFUND, "get_order": ToolSchema("get_order", ("order_id",), ("order_id",))}
BAD = "Error: bad input"


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (
            failed("refund", "boom", arguments='{"order_id": "A-1", "amount": '),
            '“refund” was called with what is no JSON: “{"order_id": "A-1", "amount":”.',
        ),
        (
            call("refund", BAD, arguments='{"order_id": "A-1"}{"order_id": "A-2"}'),
            '“refund” was called with what is no JSON: “{"order_id": "A-1"}{"order_id": "A-2"}”.',
        ),
        (
            call("refund", BAD, {"order_id": "A-1"}),
            '“refund” was called without “amount”, which it needs: it was given “{"order_id": "A-1"}”.',
        ),
        (call("refund", BAD, {}), "“refund” was called without “order_id”, “amount”, which it needs."),
        (
            failed("cancel_everything", "no handler"),
            "The agent called “cancel_everything”, but there is no such tool: it was offered “refund”, “get_order”.",
        ),
    ],
)
def test_detect_finds_a_call_that_does_not_fit_what_was_offered(step: StepFacts, sentence: str) -> None:
    [found] = detect(talk(user("Refund, please."), step, tools=TOOLS))
    assert (found.kind, found.step_key, found.strength, found.sentence) == ("invalid_call", "k2", 0.7, sentence)


@pytest.mark.parametrize(
    "message",
    [
        "Unknown tool: cancel_everything",
        "Error: Tool 'cancel_everything' not found",
        "cancel_everything is not a valid tool, try one of [refund, get_order].",
        "TypeError: refund() missing 1 required positional argument: 'amount'",
        "refund() got an unexpected keyword argument 'sum'",
        "1 validation error for Refund\namount\n  Field required",
        "'amount' is a required property",
        "Missing required param: amount.",
        "Failed to parse tool arguments: Expecting ',' delimiter",
        "The arguments are not valid JSON",
    ],
)
def test_detect_believes_the_tool_where_nothing_is_known_of_it(message: str) -> None:
    [found] = detect(talk(user("Refund, please."), failed("refund", message)))
    assert (found.step_key, found.strength) == ("k2", 0.7)


def test_detect_counts_what_worked_all_the_same_for_little() -> None:
    [found] = detect(talk(call("refund", {"ok": True}, {"order_id": "A-1"}), tools=TOOLS))
    assert found.strength == 0.25


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(call("refund", BAD, {"order_id": "A-1", "amount": 5}), id="all that is required"),
        pytest.param(call("refund", BAD, {"kwargs": {"order_id": "A-1", "amount": 5}}), id="in a wrapper"),
        pytest.param(call("refund", BAD, {"input": '{"order_id": "A-1", "amount": 5}'}), id="in JSON in a wrapper"),
        pytest.param(call("refund", BAD, {"args": ["A-1", 5], "kwargs": {}}), id="in order"),
        pytest.param(call("refund", BAD, ""), id="the sender did not tell the arguments"),
        pytest.param(call("refund", BAD, "A-1"), id="plain text"),
        pytest.param(call("refund", BAD, "{'order_id': 'A-1', 'amount': None}"), id="Python's own writing"),
        pytest.param(call("refund", BAD, '{"order_id": "A-1", "amount": 5, "note": "two\nlines"}'), id="line breaks"),
        pytest.param(call("refund", BAD, '{"order_id": "A-1", "note": "…', flags=("cut",)), id="cut by us"),
        pytest.param(call("refund", BAD, '{"order_id": "A-1", "note": "much...'), id="cut by the sender"),
        pytest.param(call("refund", {"ok": True}, '{"order_id": '), id="it worked, so it was read"),
        pytest.param(call("shop__get_order", BAD, {"order_id": "A-1"}), id="a server's name in front"),
        pytest.param(call("Get-Order", BAD, {"order_id": "A-1"}), id="written in another way"),
        pytest.param(call("web_search", {"results": [1]}, {"q": "x"}), id="not offered, but it is there"),
        pytest.param(failed("toggle_data", "Unknown tool", flags=("user_side",)), id="the user's own tool"),
        pytest.param(failed("search", "boom", kind="retriever"), id="a retrieval is nobody's call"),
        pytest.param(failed("get_order", "Order A-1 not found", arguments={"order_id": "A-1"}), id="nothing there"),
        pytest.param(agent("Unknown tool: hammer. Missing required argument: nail."), id="words"),
    ],
)
def test_detect_is_silent_for_near_misses(step: StepFacts) -> None:
    assert list(detect(talk(user("Refund, please."), step, tools=TOOLS))) == []


def test_detect_knows_nothing_of_names_where_nothing_was_offered() -> None:
    assert list(detect(talk(failed("cancel_everything", "boom")))) == []


@pytest.mark.parametrize("arguments", ["{" * 200_000, "[" * 61, '{"a": ' * 70, '{"a": "' + "x" * 199_000, "[1," * 50])
def test_detect_survives_hostile_arguments(arguments: str) -> None:
    steps = [failed("refund", "boom", arguments=arguments) for _ in range(50)]
    assert len(list(detect(talk(*steps, tools=TOOLS)))) in {0, 50}
