"""The rule of matching, read from what people placed."""

import numpy as np
import pytest

from clustering.engine.calibrate import MARGINS, PRECISION, _loosest, calibrate
from clustering.engine.embed import Vectors
from clustering.engine.matching import Rule, anchors_of, match_many
from tests.clustering.engine.vectors import clouds, shuffled, unit

FALLBACK = Rule(threshold=0.42, margin=0.05)


def placed(sizes: list[int], seed: int = 7) -> tuple[list[str], Vectors, "np.ndarray[tuple[int], np.dtype[np.int64]]"]:
    texts, vectors = clouds(sizes, seed)
    return texts, vectors, np.array([int(text.split()[0][4:]) for text in texts])


def test_the_rule_joins_members_and_leaves_strangers_out() -> None:
    # Twenty issues of one member each: whoever joins anything with one of them is wrong.
    texts, vectors, issue_of = placed([12, 10, 9, 8, *[1] * 20])
    rule = calibrate(vectors, issue_of, FALLBACK, contents=texts)
    assert rule.placements == 59
    assert rule.precision is not None
    assert rule.precision >= PRECISION
    known = issue_of < 4
    found = match_many(vectors, anchors_of(vectors[known], issue_of[known].tolist(), [True] * int(known.sum())), rule)
    joined = np.array([match is not None for match in found])
    assert joined[known].all()
    assert joined[known].sum() >= PRECISION * joined.sum()
    assert (~joined[~known]).sum() > 10


def test_no_precision_to_be_had_leaves_the_rule_as_it_was() -> None:
    generator = np.random.default_rng(3)
    noise = unit(*generator.normal(size=(60, 16)).tolist())
    issue_of = np.arange(60) % 4
    assert calibrate(noise, issue_of, FALLBACK, contents=[str(row) for row in range(60)]) == FALLBACK


@pytest.mark.parametrize("sizes", [[10, 10, 9], [20, 20]])
def test_too_few_placements_leave_the_rule_as_it_was(sizes: list[int]) -> None:
    texts, vectors, issue_of = placed(sizes)
    assert calibrate(vectors, issue_of, FALLBACK, contents=texts) == FALLBACK


def test_what_machines_placed_is_no_evidence() -> None:
    texts, vectors, issue_of = placed([15, 15, 15])
    rule = calibrate(vectors, np.where(np.arange(45) % 3 == 0, -1, issue_of), FALLBACK, contents=texts)
    assert rule.placements == 30


def test_the_rule_is_the_same_in_any_order() -> None:
    texts, vectors, issue_of = placed([12, 10, 9, 8, *[1] * 9])
    order = shuffled(len(texts), 5)
    assert calibrate(vectors, issue_of, FALLBACK, contents=texts) == calibrate(
        vectors[order], issue_of[order], FALLBACK, contents=[texts[row] for row in order]
    )


def test_repeats_are_held_out_together() -> None:
    # Each content twice: its twin would vouch for it.
    generator = np.random.default_rng(3)
    noise = unit(*np.repeat(generator.normal(size=(40, 16)), 2, axis=0).tolist())
    contents = [str(row // 2) for row in range(80)]
    assert calibrate(noise, np.arange(80) // 2 % 4, FALLBACK, contents=contents) == FALLBACK


def loosest(
    right: list[bool], scores: list[float], leads: list[float] | None = None, margin: float = 0.0
) -> Rule | None:
    found = _loosest(np.array(scores), np.array(leads or [1.0] * len(right)), np.array(right), margin)
    return found[1] if found else None


def test_the_threshold_is_the_lowest_at_which_nine_in_ten_are_right() -> None:
    """Thirty right and two wrong: (30 + ½) / (32 + 1) is above 0.9, with a third wrong one below."""
    right = [True] * 30 + [False] * 5
    rule = loosest(right, [round(0.9 - place / 100, 2) for place in range(35)])
    assert rule == Rule(threshold=0.59, margin=0.0, precision=0.938, placements=35)


def test_what_is_seen_in_few_joins_is_drawn_towards_one_half() -> None:
    assert loosest([True] * 3, [0.9, 0.8, 0.7]) is None
    assert loosest([True] * 4, [0.9, 0.8, 0.7, 0.6]) == Rule(0.6, 0.0, 1.0, 4)


def test_equal_scores_join_together() -> None:
    right = [True] * 20 + [True] + [False] * 9
    rule = loosest(right, [*(round(0.9 - place / 100, 2) for place in range(20)), *[0.5] * 10])
    assert rule == Rule(0.71, 0.0, 1.0, 30)


def test_only_those_with_the_margin_join() -> None:
    leads = [0.05] * 10 + [0.04] * 10
    rule = loosest([True] * 10 + [False] * 10, [0.9] * 10 + [0.95] * 10, leads, margin=0.05)
    assert rule == Rule(0.9, 0.05, 1.0, 20)
    assert loosest([True] * 10 + [False] * 10, [0.9] * 10 + [0.95] * 10, leads) is None


def test_of_margins_that_join_as_many_the_widest_is_taken() -> None:
    texts, vectors, issue_of = placed([15, 15, 15])
    rule = calibrate(vectors, issue_of, FALLBACK, contents=texts)
    assert (rule.margin, rule.precision) == (max(MARGINS), 1.0)
