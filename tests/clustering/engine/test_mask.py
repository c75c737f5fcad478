"""Texts without what is incidental in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering.engine.mask import LONGEST, comparable, mask


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
