"""Texts without what is incidental in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.engine.average import SAME
from clustering.engine.embed import Embedder
from clustering.engine.mask import LONGEST, comparable, mask

# Told of one failure mode; only what is incidental differs, so that one text is left.
SAME_TEXT = [
    ("Booked 2026-03-01 instead of 3 May 2026", "Booked 12/04/2026 instead of 4 December"),
    ("Opened invoice_march.pdf twice", "Opened report-2024.xlsx twice"),
    ("Refunded $120 to ada@shop.example for A-1043", "Refunded €1,999.00 to joe@mail.example for B-77"),
    ('Said "all done" after 3 errors at 10:32', "Said “nothing left to do” after 12 errors at 9:05 pm"),
]
# And those that two people worded in their own way.
SAME_MODE = [
    (
        "Stated NVDA price without calling the quote tool",
        "Reported MSFT valuation without invoking the lookup tool",
    ),
    (
        "Called search_flights 14 times with the same arguments",
        "Kept calling search_hotels again and again with identical arguments",
    ),
    (
        "Said the refund went through although the tool had failed",
        "Claimed that the refund succeeded, but the call returned an error",
    ),
]
# What they share is what is masked.
OTHER_MODE = [
    (
        "Stated NVDA price without calling the quote tool",
        "Answered NVDA's question in German although asked in English",
    ),
    ("Booked 2026-03-01 instead of 3 May 2026", "Asked for the password on 2026-03-01"),
    ("Called search 14 times with the same arguments", "Claimed a refund of $14 that failed"),
    ("Leaked ada@example.com to another customer", "Wrote to ada@example.com twice about the same order"),
]


@pytest.mark.parametrize(
    ("note", "masked"),
    [
        ("Stated NVDA price without calling the tool", "Stated name price without calling the tool"),
        ("Refund of $1,420.50 for order A-1043", "Refund of amount for order id"),
        ("Wrote to ada@example.com at 10:32", "Wrote to address at time"),
        ("See https://shop.example/x?y=1 for the policy", "See link for the policy"),
        ('Said "all done" and left', "Said quote and left"),
        ("Said ‘all done’ and left", "Said quote and left"),
        ("Didn't see the user's seat", "Didn't see the user's seat"),
        ("Opened invoice_march.pdf twice", "Opened file twice"),
        ("Booked 2026-03-01 instead of 3 May 2026", "Booked date instead of date"),
        ("Called search 14 times", "Called search number times"),
        ("Gave 20% off", "Gave percentage off"),
        ("The API returned bad JSON", "The API returned bad JSON"),
        ("Session 7f9c24e5-2f1a-4b6c-9d0e-112233445566 lost", "Session id lost"),
        ("NO REFUND WAS MADE", "NO REFUND WAS MADE"),
        ("", ""),
    ],
)
def test_mask_replaces_what_is_incidental(note: str, masked: str) -> None:
    assert mask(note) == masked


@pytest.mark.parametrize(("one", "other"), SAME_TEXT)
def test_notes_that_differ_in_what_is_incidental_become_one_text(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(("one", "other"), OTHER_MODE)
def test_notes_that_share_what_is_incidental_stay_two(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)


@pytest.mark.slow
@pytest.mark.parametrize(("one", "other"), SAME_MODE)
def test_one_mode_in_other_words_meets(one: str, other: str, embedder: Embedder) -> None:
    assert likeness(one, other, embedder) >= SAME


@pytest.mark.slow
@pytest.mark.parametrize(("one", "other"), OTHER_MODE)
def test_other_modes_do_not_meet(one: str, other: str, embedder: Embedder) -> None:
    assert likeness(one, other, embedder) < SAME


def likeness(one: str, other: str, embedder: Embedder) -> float:
    first, second = embedder.embed([comparable(one), comparable(other)])
    return float(first @ second)


def test_mask_replaces_names_of_the_sessions_own_data_longest_first() -> None:
    assert mask("Booked Hat Trick for mia lopez", {"Mia", "Mia Lopez", "Hat Trick"}) == "Booked name for name"


def test_mask_leaves_words_that_only_begin_like_a_name() -> None:
    assert mask("Mianly wrong", {"Mia"}) == "Mianly wrong"


@given(st.text(max_size=300))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask(text)
    assert len(mask(once)) <= LONGEST
    assert mask(once) == once


def test_comparable_adds_the_root_step_to_a_thin_note_only() -> None:
    assert comparable("Bad call", step="tool refund Timeout") == "Bad call (tool refund Timeout)"
    assert comparable("Claimed a refund that failed", step="tool refund") == "Claimed a refund that failed"
