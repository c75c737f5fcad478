"""Groups of failures, whatever their order and number."""

from collections import Counter

import numpy as np
import pytest

from clustering.engine.embed import Embedder
from clustering.engine.group import Background, find_cores, group, measure_background
from clustering.engine.mask import comparable
from tests.clustering.engine.vectors import clouds, shuffled, unit

MODES = {
    "no tool": [
        "Stated NVDA price without calling the quote tool",
        "Reported MSFT valuation without invoking the lookup tool",
        "Quoted the TSLA price from memory and never called the quote tool",
    ],
    "token": [
        "Claimed the refund for order A-1043 went through although the tool failed with an expired token",
        'Agent said "done" but the refund tool returned that the token expired',
        "Told the customer the refund was issued, though the call failed with token expired",
    ],
    "loop": [
        "Called search 14 times with the same arguments",
        "Got stuck calling the same search tool again and again",
        "Looped on search with identical arguments",
    ],
    "seat": [
        "Forgot that the user wanted an aisle seat",
        "Booked a window seat although the user asked for aisle",
    ],
    "language": ["Answered in German though the user wrote in English"],
}
NOTES = [note for notes in MODES.values() for note in notes]
MODE_OF = {note: mode for mode, notes in MODES.items() for note in notes}


def partition(notes: list[str], embedder: Embedder) -> set[frozenset[str]]:
    texts = [comparable(note) for note in notes]
    return {frozenset(notes[row] for row in rows) for rows in group(texts, embedder.embed(texts)).groups}


@pytest.mark.slow
def test_notes_of_one_mode_meet_and_others_stay_apart(embedder: Embedder) -> None:
    expected = {frozenset(notes) for mode, notes in MODES.items() if mode != "language"}
    assert partition(NOTES, embedder) == expected


@pytest.mark.slow
def test_twenty_orders_of_arrival_give_one_partition(embedder: Embedder) -> None:
    texts = [comparable(note) for note in NOTES]
    vectors = embedder.embed(texts)
    seen = set()
    for seed in range(20):
        order = shuffled(len(texts), seed)
        found = group([texts[row] for row in order], vectors[order])
        seen.add(frozenset(frozenset(NOTES[order[row]] for row in rows) for rows in found.groups))
    assert len(seen) == 1


def test_well_separated_modes_are_found_whatever_their_order() -> None:
    texts, vectors = clouds([20, 8, 3, 1])
    order = shuffled(len(texts), 3)
    found = group([texts[row] for row in order], vectors[order])
    modes = [Counter(texts[order[row]].split()[0] for row in rows) for rows in found.groups]
    assert modes == [Counter(mode0=20), Counter(mode1=8), Counter(mode2=3)]


def test_fewer_than_five_failures_wait() -> None:
    texts, vectors = clouds([4])
    assert group(texts, vectors).groups == ()


def test_exact_repeats_make_a_group_on_their_own() -> None:
    texts = ["same"] * 3 + ["one", "two", "three"]
    vectors = unit(*([[1.0, 0, 0, 0, 0]] * 3), [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0])
    assert group(texts, vectors).groups == ((0, 1, 2),)


def test_more_than_a_window_is_grouped_in_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clustering.engine.group.WINDOW", 20)
    texts, vectors = clouds([40, 25, 15])
    found = group(texts, vectors)
    assert [Counter(texts[row].split()[0] for row in rows) for rows in found.groups] == [
        Counter(mode0=40),
        Counter(mode1=25),
        Counter(mode2=15),
    ]


def test_loose_cores_are_dissolved() -> None:
    assert find_cores(np.eye(6)) == []


def test_few_texts_fall_back_on_the_usual_background() -> None:
    background = measure_background(["a"], unit([1.0, 0.0]))
    assert background == Background(0.12, 0.12, 1)
    assert background.threshold() == pytest.approx(0.33)
    assert background.threshold(0.5) == pytest.approx(0.39)


def test_threshold_stays_within_its_bounds() -> None:
    assert Background(0.5, 0.3, 500).threshold() == 0.60
    assert Background(0.0, 0.05, 500).threshold() == 0.25
