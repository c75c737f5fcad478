"""What a fresh grouping says about today's issues."""

import numpy as np
import pytest

from clustering.engine.embed import Vectors
from clustering.engine.group import Background
from clustering.engine.grouping import Grouping
from clustering.engine.links import Links
from clustering.engine.matching import anchors_of
from clustering.engine.reconcile import reconcile, suggest_merges
from tests.clustering.engine.vectors import clouds, unit

BACKGROUND = Background(0.1, 0.1, 100)


def grouped(*groups: tuple[int, ...], rows: int) -> Grouping:
    return Grouping(groups, np.ones(rows, dtype=np.float32), 0.3, BACKGROUND)


def one_cloud(size: int) -> Vectors:
    return clouds([size])[1]


def test_groups_that_are_the_issues_propose_nothing() -> None:
    _, vectors = clouds([4, 3])
    found = reconcile(np.array([8, 8, 8, 8, 5, 5, 5]), grouped((0, 1, 2, 3), (4, 5, 6), rows=7), vectors)
    assert found.identity == {0: 8, 1: 5}
    assert (found.merges, found.splits, found.fresh) == ((), (), ())


def test_an_issue_is_known_by_half_of_it_however_much_it_grew() -> None:
    vectors = one_cloud(10)
    issue_of = np.array([4, 4, *[-1] * 8])
    found = reconcile(issue_of, grouped(tuple(range(10)), rows=10), vectors)
    assert found.identity == {0: 4}
    assert found.fresh == ()


def test_a_group_of_the_pool_is_nobodys() -> None:
    _, vectors = clouds([3, 3])
    found = reconcile(np.array([4, 4, 4, -1, -1, -1]), grouped((0, 1, 2), (3, 4, 5), rows=6), vectors)
    assert found.identity == {0: 4}
    assert found.fresh == (1,)


def test_only_what_is_most_like_an_issue_is_added_to_it() -> None:
    # Rows 0 to 2 and 5 are of one kind, 3 and 4 of another; the group of the first holds one that is like the second.
    vectors = unit([1, 0], [1, 0], [0.9, 0.1], [0, 1], [0, 1], [1, 0.1], [0.4, 0.9])
    issue_of = np.array([7, 7, 7, 3, 3, -1, -1])
    found = reconcile(issue_of, grouped((0, 1, 2, 5, 6), (3, 4), rows=7), vectors)
    [attach] = found.attaches
    assert (attach.issue, attach.rows) == (7, (5,))


def test_two_issues_in_one_group_are_proposed_to_be_merged() -> None:
    vectors = one_cloud(7)
    found = reconcile(np.array([9, 9, 9, 9, 2, 2, 2]), grouped(tuple(range(7)), rows=7), vectors)
    [merge] = found.merges
    assert merge.issues == (2, 9)
    assert 0.3 < merge.score < 1
    assert len(merge.evidence) == 3 + 3
    near = vectors @ vectors[:4].mean(axis=0)
    assert int(near[4:].argmax()) + 4 in merge.evidence


@pytest.mark.parametrize("apart", [((0, 4),), ((5, 3),)])
def test_issues_that_a_person_put_apart_are_not_proposed(apart: tuple[tuple[int, int], ...]) -> None:
    issue_of = np.array([9, 9, 9, 9, 2, 2, 2])
    found = reconcile(issue_of, grouped(tuple(range(7)), rows=7), one_cloud(7), Links(apart=apart))
    assert found.merges == ()


def test_issues_of_one_group_that_are_not_alike_are_not_merged() -> None:
    _, vectors = clouds([4, 3])
    found = reconcile(np.array([9, 9, 9, 9, 2, 2, 2]), grouped(tuple(range(7)), rows=7), vectors)
    assert found.merges == ()


def test_an_issue_of_two_groups_is_proposed_to_be_split() -> None:
    _, vectors = clouds([4, 3])
    found = reconcile(np.full(7, 6), grouped((0, 1, 2, 3), (4, 5, 6), rows=7), vectors)
    [split] = found.splits
    assert (split.issue, split.rows) == (6, (4, 5, 6))
    assert 0.5 < split.score <= 1


def test_what_a_person_put_together_is_not_split() -> None:
    _, vectors = clouds([4, 3])
    links = Links(together=((1, 5),))
    assert reconcile(np.full(7, 6), grouped((0, 1, 2, 3), (4, 5, 6), rows=7), vectors, links).splits == ()


@pytest.mark.parametrize("stays", [3, 8, 9])
def test_nobody_is_split_from_who_belongs_to_them_wherever_these_are(stays: int) -> None:
    """In the largest group, in another one that stays, and in none."""
    _, vectors = clouds([4, 3, 2, 1])
    groups = grouped((0, 1, 2, 3), (4, 5, 6), (7, 8), rows=10)

    def leaving(other: int) -> set[tuple[int, ...]]:
        found = reconcile(np.full(10, 6), groups, vectors, Links(together=((4, other),)))
        return {split.rows for split in found.splits}

    assert leaving(5) == {(4, 5, 6), (7, 8)}
    assert leaving(stays) == (set() if stays == 8 else {(7, 8)})


def test_two_parts_of_one_cloud_are_no_reason_to_split() -> None:
    found = reconcile(np.full(7, 6), grouped((0, 1, 2, 3), (4, 5, 6), rows=7), one_cloud(7))
    assert found.splits == ()


def test_no_issues_and_no_groups_are_nothing_to_reconcile() -> None:
    vectors = one_cloud(3)
    assert reconcile(np.full(3, -1), grouped((0, 1, 2), rows=3), vectors).fresh == (0,)
    assert reconcile(np.array([1, 1, 2]), grouped(rows=3), vectors).identity == {}


def test_merges_are_suggested_by_likeness_and_never_twice_refused() -> None:
    anchors = anchors_of(unit([1, 0, 0], [1, 0.1, 0], [0, 1, 0], [0, 1, 0.3]), [1, 2, 3, 4], [True] * 4)
    assert [merge.issues for merge in suggest_merges(anchors, most=2)] == [(1, 2), (3, 4)]
    assert [merge.issues for merge in suggest_merges(anchors, frozenset({(1, 2)}), most=2)] == [(3, 4), (2, 3)]
    assert suggest_merges(anchors_of(unit([1, 0]), [1], [True])) == []


def test_a_small_part_of_an_issue_is_no_reason_to_split() -> None:
    _, vectors = clouds([17, 3])
    found = reconcile(np.full(20, 6), grouped(tuple(range(17)), (17, 18, 19), rows=20), vectors)
    assert found.splits == ()


def two_issues() -> tuple["np.ndarray[tuple[int], np.dtype[np.int64]]", Vectors]:
    """Issue 2 in one direction; issue 9 at a cosine of 0.8 to it, a third of it in a group of its own."""
    return np.array([2] * 4 + [9] * 6), unit(*[[1.0, 0, 0]] * 4, *[[0.8, 0.6, 0]] * 4, *[[0.8, 0.6, 0]] * 2)


def grouped_at(threshold: float) -> Grouping:
    return Grouping((tuple(range(8)), (8, 9)), np.ones(10, dtype=np.float32), threshold, BACKGROUND)


def test_the_score_of_a_merge_is_the_likeness_as_far_as_the_group_holds_both() -> None:
    [merge] = reconcile(two_issues()[0], grouped_at(0.3), two_issues()[1]).merges
    assert merge.score == pytest.approx(0.8 * 4 / 6, abs=1e-4)
    assert (merge.across, merge.inside) == pytest.approx((0.8, 1.0))


def test_a_merge_shows_three_of_each_at_most() -> None:
    [merge] = reconcile(two_issues()[0], grouped_at(0.3), two_issues()[1]).merges
    assert merge.evidence == (0, 1, 2, 4, 5, 6)


def test_issues_merge_from_the_threshold_of_the_grouping_on() -> None:
    issue_of, vectors = two_issues()
    assert len(reconcile(issue_of, grouped_at(0.79), vectors).merges) == 1
    assert reconcile(issue_of, grouped_at(0.81), vectors).merges == ()


def test_the_score_of_a_split_is_the_width_of_the_gap() -> None:
    vectors = unit(*[[1.0, 0]] * 4, *[[0.3, np.sqrt(1 - 0.09)]] * 3)
    [split] = reconcile(np.full(7, 6), grouped((0, 1, 2, 3), (4, 5, 6), rows=7), vectors).splits
    assert split.score == pytest.approx(1 - 0.3 / 0.75, abs=1e-4)
    assert (split.across, split.inside) == pytest.approx((0.3, 1.0))
