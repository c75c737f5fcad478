"""What is told of a failure, read from what browsers and programs send."""

from typing import Any

import pytest

from annotate.answers import Wrong
from annotate.told import (
    LONGEST_QUOTE,
    MOST_ASSERTIONS,
    MOST_QUOTES,
    Assertion,
    Quote,
    check_quotes,
    read_assertions,
    read_draft,
    read_quotes,
)

QUOTE = {"step": "k3", "start": 0, "end": 5, "text": "Done!"}
CONDITION = {"kind": "must_call", "target": "refund", "detail": "with the order's number"}


def test_read_quotes_takes_the_same_passage_once() -> None:
    assert read_quotes([QUOTE, {**QUOTE, "more": "ignored"}]) == (Quote("k3", 0, 5, "Done!"),)


@pytest.mark.parametrize(
    "given",
    [
        "text",
        {"step": "k3"},
        [1],
        [[QUOTE]],
        [{**QUOTE, "step": 3}],
        [{**QUOTE, "text": ""}],
        [{**QUOTE, "start": -1}],
        [{**QUOTE, "start": "0"}],
        [{**QUOTE, "end": True}],
        [{**QUOTE, "end": None}],
        [{**QUOTE, "text": "x" * (LONGEST_QUOTE + 1)}],
        [{**QUOTE, "start": number} for number in range(MOST_QUOTES + 1)],
    ],
)
def test_read_quotes_refuses_what_is_no_quote(given: Any) -> None:
    with pytest.raises(Wrong):
        read_quotes(given)


@pytest.mark.parametrize("given", [None, "", []])
def test_nothing_is_no_quotes_and_no_conditions(given: Any) -> None:
    assert (read_quotes(given), read_assertions(given)) == ((), ())


def test_check_quotes_takes_what_stands_there() -> None:
    check_quotes([Quote("k3", 6, 12, "Größe 😀"[:6])], {"k3": "Seine Größe 😀"})
    check_quotes([Quote("k3", 12, 13, "😀")], {"k3": "Seine Größe 😀"})


@pytest.mark.parametrize(
    "quote",
    [
        Quote("k9", 0, 5, "Done!"),
        Quote("k3", 1, 6, "Done!"),
        Quote("k3", 0, 5, "done!"),
        Quote("k3", 0, 5, "Done! Your"),
        Quote("k3", 0, 10**30, "Done!"),
        Quote("k3", 3, 2, ""),
    ],
)
def test_check_quotes_refuses_what_does_not_stand_there(quote: Quote) -> None:
    with pytest.raises(Wrong):
        check_quotes([quote], {"k3": "Done!"})


def test_read_assertions_leaves_out_rows_that_say_nothing() -> None:
    given = [CONDITION, {"kind": "must_say", "target": " ", "detail": ""}, {"kind": "must_not_say", "target": " done "}]

    assert read_assertions(given) == (
        Assertion("must_call", "refund", "with the order's number"),
        Assertion("must_not_say", "done"),
    )


@pytest.mark.parametrize(
    "given",
    [
        [{**CONDITION, "kind": "must_dance"}],
        [{**CONDITION, "kind": ["must_call"]}],
        [{**CONDITION, "target": ""}],
        [{**CONDITION, "target": "x" * 201}],
        [{**CONDITION, "detail": "x" * 1001}],
        [CONDITION] * (MOST_ASSERTIONS + 1),
        {"kind": "must_call"},
    ],
)
def test_read_assertions_refuses_what_no_test_could_ask(given: Any) -> None:
    with pytest.raises(Wrong):
        read_assertions(given)


def test_read_draft_keeps_what_is_half_said_and_drops_what_is_none() -> None:
    given = {
        "outcome": "failure",
        "failures": [
            {"note": "half a sen\0", "root_step": 7, "quotes": [QUOTE, "no", {**QUOTE, "start": "x"}], "bad": 1},
            "no failure",
            {"assertions": [{"kind": "must_call"}], "quotes": "none"},
        ],
        "answers": {"tone": 3, "areas": ["money", 7], "more": "", "odd": {"a": 1}, "": "x"},
        "else": {},
    }

    assert read_draft(given) == {
        "outcome": "failure",
        "failures": [
            {"note": "half a sen", "quotes": [QUOTE]},
            {"assertions": [{"kind": "must_call", "target": "", "detail": ""}]},
        ],
        "answers": {"tone": "3", "areas": ["money"]},
    }


@pytest.mark.parametrize("given", [{}, {"failures": 3, "answers": [1], "outcome": None}])
def test_read_draft_of_an_older_page_is_as_it_was(given: dict[str, Any]) -> None:
    assert read_draft(given) == {"outcome": "", "failures": []}
