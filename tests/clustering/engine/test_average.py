"""Mechanism v2: groups by average linkage, whatever their order and number."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustering.engine import average
from clustering.engine.average import group, threshold_of
from clustering.engine.embed import Embedder, Vectors
from clustering.engine.group import Background
from clustering.engine.links import Contradiction, Links
from clustering.engine.mask import comparable
from clustering.engine.mechanisms import MECHANISMS
from tests.clustering.engine.test_group import MODE_OF, NOTES
from tests.clustering.engine.vectors import clouds, shuffled, unit

SHUFFLES = 20
PAIRS = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)).filter(lambda pair: pair[0] != pair[1]), max_size=5)


def partitions(texts: list[str], vectors: Vectors) -> set[frozenset[frozenset[int]]]:
    """What was found in as many orders of arrival, as rows of the first order."""
    seen = set()
    for seed in range(SHUFFLES):
        order = shuffled(len(texts), seed)
        found = group([texts[row] for row in order], vectors[order])
        seen.add(frozenset(frozenset(order[row] for row in rows) for rows in found.groups))
    return seen


def modes_of(texts: list[str], vectors: Vectors) -> list[Counter[str]]:
    return [Counter(texts[row].split()[0] for row in rows) for rows in group(texts, vectors).groups]


@pytest.mark.slow
def test_no_group_of_notes_holds_two_modes(embedder: Embedder) -> None:
    texts = [comparable(note) for note in NOTES]
    found = [{MODE_OF[NOTES[row]] for row in rows} for rows in group(texts, embedder.embed(texts)).groups]
    assert found
    assert [modes for modes in found if len(modes) > 1] == []


def test_twenty_orders_of_arrival_give_one_partition() -> None:
    assert len(partitions(*clouds([9, 6, 4, 2, 1]))) == 1


def test_twenty_orders_give_one_partition_also_where_all_is_equally_near() -> None:
    texts = [f"text {number}" for number in range(12)]
    rows = np.eye(12, dtype=np.float32) + 1.0
    assert len(partitions(texts, (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32))) == 1


def test_twenty_orders_give_one_partition_also_in_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(average, "WINDOW", 12)
    assert len(partitions(*clouds([20, 12, 8, 1]))) == 1


def test_well_separated_modes_are_found() -> None:
    assert modes_of(*clouds([20, 8, 3, 1])) == [Counter(mode0=20), Counter(mode1=8), Counter(mode2=3)]


def test_more_than_a_window_is_grouped_in_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(average, "WINDOW", 20)
    assert modes_of(*clouds([40, 25, 15])) == [Counter(mode0=40), Counter(mode1=25), Counter(mode2=15)]


def test_whoever_joins_no_group_of_the_first_window_finds_its_like_in_later_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(average, "WINDOW", 10)
    monkeypatch.setattr(average, "SURER", 100)
    texts, vectors = clouds([20, 15, 9, 1])
    assert modes_of(texts, vectors) == [Counter(mode0=20), Counter(mode1=15), Counter(mode2=9)]
    assert len(partitions(texts, vectors)) == 1


def test_five_failures_are_enough_and_fewer_wait() -> None:
    texts, vectors = clouds([5])
    assert group(texts, vectors).groups == ((0, 1, 2, 3, 4),)
    assert group(texts[:4], vectors[:4]).groups == ()
    assert group([], vectors[:0]).groups == ()


def test_exact_repeats_make_a_group_on_their_own() -> None:
    texts = ["same"] * 3 + ["one", "two", "three"]
    vectors = unit(*([[1.0, 0, 0, 0, 0]] * 3), [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0])
    assert group(texts, vectors).groups == ((0, 1, 2),)


def test_one_text_told_five_times_is_a_group() -> None:
    assert group(["same"] * 5, unit(*([[1.0, 0.0]] * 5))).groups == ((0, 1, 2, 3, 4),)


def test_being_one_asks_for_more_only_where_all_is_alike() -> None:
    assert threshold_of(Background(0.1, 0.1, 500)) == 0.50
    assert threshold_of(Background(0.2, 0.2, 500)) == pytest.approx(0.50)
    assert threshold_of(Background(0.5, 0.2, 500)) == pytest.approx(0.80)


def test_being_one_asks_for_more_where_points_are_drawn_to_their_neighbours() -> None:
    assert threshold_of(Background(0.1, 0.1, 2000), drawn=1.0) == pytest.approx(0.60)
    assert threshold_of(Background(0.5, 0.2, 2000), drawn=1.0) == pytest.approx(0.80)


def test_who_is_left_alone_joins_the_group_that_is_nearly_near_enough() -> None:
    texts = ["a0", "a1", "a2", "a3", "far", "lonely"]
    vectors = unit(*([[1.0, 0.1 * place, 0] for place in range(4)]), [0, 0, 1], [0.45, 0, -0.89])
    assert group(texts, vectors).groups == ((0, 1, 2, 3, 5),)


@settings(max_examples=50, deadline=None)
@given(together=PAIRS, apart=PAIRS)
def test_what_people_taught_holds(together: list[tuple[int, int]], apart: list[tuple[int, int]]) -> None:
    texts, vectors = clouds([9, 6, 3, 2])
    try:
        found = MECHANISMS["v2"].group(texts, vectors, Links(together=tuple(together), apart=tuple(apart)))
    except Contradiction:
        return
    group_of = {row: number for number, rows in enumerate(found.groups) for row in rows}
    assert [pair for pair in together if group_of[pair[0]] != group_of[pair[1]]] == []
    assert [pair for pair in apart if group_of.get(pair[0], -1) == group_of.get(pair[1], -2)] == []
