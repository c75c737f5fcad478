"""The detector of failed calls."""

import pytest

from tests.traces.talks import agent, call, failed, talk, user
from traces.detectors.tool_error import classify, detect
from traces.records import StepFacts


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("401 token expired", "auth"),
        ("Access token has expired", "auth"),
        ("403 Forbidden", "auth"),
        ("Invalid API key provided", "auth"),
        ("permission denied for table orders", "auth"),
        ("429 Too Many Requests", "rate limit"),
        ("Rate limit reached for gpt-4o", "rate limit"),
        ("quota exceeded", "rate limit"),
        ("Connection refused", "network"),
        ("Read timed out.", "network"),
        ("503 Service Unavailable", "network"),
        ("getaddrinfo ENOTFOUND: name resolution failed", "network"),
        ("JSONDecodeError: Expecting value", "schema"),
        ("422 Unprocessable Entity: field amount", "schema"),
        ("KeyError: 'price'", "schema"),
        ("column orders.total: no such column", "schema"),
        ("Error: Reservation ZFA04Y not found", "not found"),
        ("404", "not found"),
        ("Order does not exist", "not found"),
        ("Error: Number of passengers does not match", "invalid call"),
        ("refund() missing 1 required positional argument: 'order'", "invalid call"),
        ("Error: payment amount does not add up, total price is 375, but paid 599", "invalid call"),
        ("Error: not enough seats on flight HAT290", "invalid call"),
        ("boom", "other"),
        ("", "other"),
    ],
)
def test_classify_names_the_sort_of_failure(message: str, kind: str) -> None:
    assert classify(failed("refund", message)) == kind


def test_classify_reads_the_type_when_the_words_say_nothing() -> None:
    assert classify(failed("refund", "boom", error_type="OrderTrouble")) == "other"
    assert classify(failed("refund", "boom", error_type="ReadTimeout")) == "network"


def test_detect_quotes_the_evidence_for_a_domain_expert() -> None:
    [found] = detect(talk(user("Refund please"), failed("refund", "401 token expired"), agent("That failed, sorry.")))
    assert (found.kind, found.step_key, found.strength) == ("tool_error", "k2", 0.5)
    assert found.sentence == "“refund” refused access: “401 token expired”."


def test_detect_finds_an_error_shaped_answer_with_a_status_of_ok() -> None:
    [found] = detect(talk(call("get_user", "Error: User not found")))
    assert found.sentence == "“get_user” did not find what it was asked for: “Error: User not found”."


def test_detect_quotes_what_is_quoted_already_only_once() -> None:
    [found] = detect(talk(failed("get_order", "'boom'")))
    assert found.sentence == "“get_order” failed: “boom”."


def test_detect_finds_each_failed_call() -> None:
    found = detect(talk(failed("a", "boom"), call("b"), call("c", {"ok": False, "reason": "no"})))
    assert [one.step_key for one in found] == ["k1", "k3"]


def test_detect_weighs_what_the_user_did_less() -> None:
    [found] = detect(talk(failed("toggle_data", "boom", flags=("user_side",))))
    assert found.strength == 0.2


def test_detect_says_that_no_reason_was_given() -> None:
    [found] = detect(talk(failed("refund", "")))
    assert found.sentence == "“refund” failed, and gave no reason."


@pytest.mark.parametrize(
    "step",
    [
        call("search", {"title": "Error 404 T-shirt"}),
        call("search", "Error-Proof Notebook, 3 in stock"),
        call("log", "0 errors, 0 warnings"),
        agent("Error: I am an agent who talks about errors."),
        user("I get Error: 503 on your page"),
        call("get_payment", {"id": "p-1", "status": "failed"}),
    ],
)
def test_detect_is_silent_where_nothing_failed(step: StepFacts) -> None:
    assert list(detect(talk(step))) == []
