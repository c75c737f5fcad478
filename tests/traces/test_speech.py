"""The shared words of conversations."""

import pytest

from tests.traces.talks import call
from traces.speech import HEARD, agrees, changes, closes, hands_over, heard, is_deed, likeness, sentences, takes_leave


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cancel_order", True),
        ("orders.cancelOrder", True),
        ("send_email", True),
        ("check_in_passenger", True),
        ("get_or_create_user", True),
        ("get_order_details", False),
        ("listRefunds", False),
        ("order_status", False),
        ("think", False),
        ("frobnicate", None),
        ("", None),
    ],
)
def test_changes_goes_by_the_verb_of_a_name(name: str, expected: bool | None) -> None:  # noqa: FBT001 # the expectation
    assert changes(name) is expected


def test_is_deed_reads_what_a_general_tool_was_asked() -> None:
    asked = [call("sql", "1", "SELECT 1"), call("http", "1", {"method": "GET"}), call("sql", "1", "DELETE FROM a")]
    assert [is_deed(step) for step in asked] == [False, False, True]


def test_is_deed_takes_no_search_in_documents_for_one() -> None:
    assert not is_deed(call("frobnicate", kind="retriever"))


def test_sentences_splits_at_marks_and_lines_but_not_after_the_number_of_a_list() -> None:
    assert sentences("Hello! It costs 3.50 today.\n\nSend:\n 1. Your name\n 2. Your id") == (
        *("Hello!", "It costs 3.50 today.", "Send:", "1. Your name", "2. Your id"),
    )


def test_heard_keeps_the_beginning_and_the_end_of_a_long_text() -> None:
    said = heard(f"start {'x' * 200_000} end")
    assert (len(said) <= HEARD + 1, said.startswith("start"), said.endswith("end")) == (True, True, True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Yes, please.", True),
        ("Ja, gerne", True),
        ("Sí", True),
        ("Yes, but later", False),
        ("No", False),
        ("Why?", False),
    ],
)
def test_agrees_takes_a_plain_yes_only(words: str, expected: bool) -> None:  # noqa: FBT001 # the expectation
    assert agrees(words) is expected


def test_closes_hears_thanks_and_takes_leave_does_not() -> None:
    said = ["Thanks!", "That's all, bye", "And now?"]
    assert [(closes(words), takes_leave(words)) for words in said] == [(True, False), (True, True), (False, False)]


def test_hands_over_tells_people_from_money() -> None:
    names = ["transfer_to_human", "escalate", "transfer_money"]
    assert [hands_over(name) for name in names] == [True, True, False]


def test_likeness_is_the_share_of_common_words() -> None:
    one, other = frozenset({"a", "b", "c"}), frozenset({"b", "c", "d"})
    assert (likeness(one, other), likeness(one, one), likeness(frozenset(), one)) == (0.5, 1.0, 0.0)
