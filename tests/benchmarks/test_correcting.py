"""Corrections by the classes: the worst comes first, and what it taught is what the product's acts teach."""

import numpy as np

from benchmarks._correcting import Triage, apply_corrections, correct, half, merge_worst, split_worst
from benchmarks._labelled import Labelled
from clustering.engine.embed import Vectors
from tests.benchmarks.grouping_of_words import BY_WORD
from tests.clustering.engine.vectors import clouds


def triage(labels: str, issues: list[int]) -> Triage:
    count = len(labels)
    return Triage(
        texts=[f"text {row}" for row in range(count)],
        labels=list(labels),
        vectors=np.eye(count, dtype=np.float32),
        issue_of=np.array(issues, dtype=np.int64),
        placed=np.full(count, -1, dtype=np.int64),
    )


def labelled(texts: list[str]) -> Labelled:
    labels = tuple(text.split()[0].rstrip("xyz") for text in texts)
    return Labelled(tuple(texts), labels, np.arange(len(texts)), len(texts))


def torn() -> tuple[list[str], Vectors]:
    """Three modes, each of which the grouping by words takes for several."""
    texts, vectors = clouds([60, 60, 60])
    return [f"{text.split()[0]}{'xyz'[row % 3]} {row}" for row, text in enumerate(texts)], vectors


def test_the_largest_merge_of_one_class_comes_first() -> None:
    held = triage("aaaabbbbcc", [0, 0, 1, -1, 2, 2, 3, 3, 4, 5])

    assert merge_worst(held) == {"kind": "merge", "class": "b", "kept": 2, "moved": 2}
    assert held.issue_of.tolist() == [0, 0, 1, -1, 2, 2, 2, 2, 4, 5]
    assert held.placed.tolist() == [-1] * 10
    assert held.together == [(4, 6)]


def test_the_largest_second_class_leaves_to_the_issue_that_it_leads() -> None:
    held = triage("aaaabbbccc", [0, 0, 0, 0, 0, 0, 1, 2, 2, 2])

    assert split_worst(held) == {"kind": "move", "class": "b", "stayed": 4, "moved": 2}
    assert held.issue_of.tolist() == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert held.placed.tolist() == [-1, -1, -1, -1, 1, 1, -1, -1, -1, -1]
    assert held.apart == [(0, 4), (0, 5), (4, 0), (4, 1), (4, 2), (4, 3)]


def test_a_second_class_that_leads_nowhere_gets_a_new_issue() -> None:
    held = triage("aaabb", [0, 0, 0, 0, 0])

    assert split_worst(held) == {"kind": "split", "class": "b", "stayed": 3, "moved": 2}
    assert held.issue_of.tolist() == [0, 0, 0, 1, 1]


def test_corrections_alternate_until_nothing_is_wrong() -> None:
    held = triage("aaaabbbbccc", [0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 2])

    assert [act["kind"] for act in apply_corrections(held, 9)] == ["merge", "move"]
    assert merge_worst(held) is None
    assert split_worst(held) is None


def test_links_are_told_in_the_numbers_of_the_rows_asked_for() -> None:
    held = triage("aabb", [0, 1, 2, 2])
    held.placed[1] = 1
    merge_worst(held)
    links = held.links([1, 3, 0])

    assert links.together == ((2, 0),)
    assert links.placed is not None
    assert links.placed.tolist() == [0, -1, -1]


def test_correct_tells_before_after_and_the_gain() -> None:
    texts, vectors = torn()
    told = correct(labelled(texts), vectors, BY_WORD, k=6, seed=1)

    assert [act["kind"] for act in told["applied"]] == ["merge"] * 6
    assert told["after"]["ari"] == 1
    assert told["before"]["ari"] < 0.7
    assert told["gain"]["ari"]["interval"][0] > 0
    assert {"later_before", "later_after", "all_before", "all_after"} <= set(told)


def test_half_is_matched_to_what_people_placed() -> None:
    texts, vectors = torn()

    assert half(labelled(texts), vectors, BY_WORD, seed=1) == {
        "half_ari": 1.0,
        "half_bcubed_f": 1.0,
        "half_unmatched": 0.0,
    }
