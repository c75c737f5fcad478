"""Until when an issue is ignored, and whether that has come."""

from datetime import timedelta

import pytest

from issues.lifecycle.ignoring import End, EndKind, Meanwhile, why_ended
from tests.builders import NOON

DATE = End(EndKind.DATE, at=NOON)
SESSIONS = End(EndKind.SESSIONS, count=3)
USERS = End(EndKind.USERS, count=2, days=7)
ESCALATES = End(EndKind.ESCALATES)
NOTHING = Meanwhile(NOON - timedelta(seconds=1))
MUCH = Meanwhile(NOON + timedelta(days=99), sessions=99, users=99, is_escalating=True)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (End(), "for good"),
        (DATE, "until 2 November 2026"),
        (SESSIONS, "until 3 more confirmed sessions"),
        (End(EndKind.SESSIONS, count=1), "until 1 more confirmed session"),
        (USERS, "until 2 users in 7 days"),
        (ESCALATES, "until it escalates"),
    ],
)
def test_an_end_is_told_in_words(end: End, words: str) -> None:
    assert end.words == words


@pytest.mark.parametrize("end", [End(), DATE, SESSIONS, USERS, ESCALATES], ids=lambda end: end.kind)
def test_nothing_ends_before_anything_happened(end: End) -> None:
    assert why_ended(end, NOTHING) == ""


def test_for_good_never_ends() -> None:
    assert why_ended(End(), MUCH) == ""


def test_a_date_ends_when_it_has_come() -> None:
    assert why_ended(DATE, Meanwhile(NOON, sessions=0)) == "The date has come: 2 November 2026."


def test_sessions_end_with_the_last_that_was_asked_for() -> None:
    assert why_ended(SESSIONS, Meanwhile(NOON, sessions=2, users=9, is_escalating=True)) == ""
    assert why_ended(SESSIONS, Meanwhile(NOON, sessions=3)) == "3 more confirmed sessions."


def test_users_end_with_the_last_that_was_asked_for() -> None:
    assert why_ended(USERS, Meanwhile(NOON, sessions=9, users=1, is_escalating=True)) == ""
    assert why_ended(USERS, Meanwhile(NOON, users=2)) == "2 users within 7 days."


def test_escalating_ends_when_it_does() -> None:
    assert why_ended(ESCALATES, Meanwhile(NOON, sessions=9, users=9)) == ""
    assert why_ended(ESCALATES, Meanwhile(NOON, is_escalating=True)) == "It escalates."
