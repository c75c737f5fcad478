"""Which group is which issue, at the edges of each rule."""

import numpy as np
import pytest

from clustering.engine.overlap import NOWHERE, Overlap


def overlap(cells: dict[tuple[int, int], int]) -> Overlap:
    """As many rows of each (group, issue) as are told."""
    rows = [pair for pair, count in cells.items() for _ in range(count)]
    groups, issues = (np.array([row[side] for row in rows], dtype=np.int64) for side in (0, 1))
    return Overlap(issues, groups)


@pytest.mark.parametrize(("pool", "identity"), [(4, {0: 7}), (5, {})])
def test_a_group_is_an_issue_from_an_overlap_of_three_tenths_on(pool: int, identity: dict[int, int]) -> None:
    """Three of 3 + 3 + 4 rows, and of one more."""
    assert overlap({(0, 7): 3, (NOWHERE, 7): 3, (0, NOWHERE): pool}).identity() == identity


@pytest.mark.parametrize(("elsewhere", "identity"), [(3, {0: 7}), (4, {})])
def test_a_group_is_an_issue_that_it_holds_more_than_half_of(elsewhere: int, identity: dict[int, int]) -> None:
    assert overlap({(0, 7): 4, (NOWHERE, 7): elsewhere, (0, NOWHERE): 100}).identity() == identity


def test_an_issue_is_one_group_and_a_group_one_issue() -> None:
    assert overlap({(0, 7): 4, (1, 7): 3}).identity() == {0: 7}
    assert overlap({(0, 7): 4, (0, 8): 3}).identity() == {0: 7}


def test_who_competes_is_paired_for_the_best_of_all() -> None:
    """Group 0 is most like issue 7, and so is group 1, which could be no other one."""
    cells = {(0, 7): 10, (0, 8): 9, (1, 7): 8}
    assert overlap(cells).identity() == {0: 8, 1: 7}


@pytest.mark.parametrize(("inside", "elsewhere", "meets"), [(2, 2, True), (2, 3, False), (1, 0, False), (3, 2, True)])
def test_issues_meet_where_a_group_holds_half_of_each_and_no_single_row(
    inside: int, elsewhere: int, *, meets: bool
) -> None:
    cells = {(0, 7): 4, (0, 8): inside, (1, 8): elsewhere, (NOWHERE, 8): 9}
    assert overlap(cells).meeting() == ({0: [7, 8]} if meets else {})


@pytest.mark.parametrize(("large", "small", "torn"), [(8, 2, True), (9, 2, False), (3, 1, False), (2, 2, True)])
def test_an_issue_is_torn_where_a_fifth_and_no_single_row_lies_apart(large: int, small: int, *, torn: bool) -> None:
    assert overlap({(1, 7): small, (0, 7): large, (0, 8): 1}).torn() == ({7: [0, 1]} if torn else {})


def test_the_group_that_holds_most_of_a_torn_issue_is_first() -> None:
    assert overlap({(0, 7): 3, (1, 7): 5, (2, 7): 4}).torn() == {7: [1, 2, 0]}


def test_a_share_is_of_those_rows_that_are_in_a_group() -> None:
    table = overlap({(0, 7): 3, (1, 7): 1, (NOWHERE, 7): 4})
    assert (table.share(7, 0), table.share(7, 1), table.share(7, 2), table.share(9, 0)) == (0.75, 0.25, 0, 0)


def test_groups_of_the_pool_alone_are_held_by_nobody() -> None:
    assert overlap({(0, 7): 1, (1, NOWHERE): 5}).held() == {0}


def test_rows_of_an_issue_are_all_or_those_of_a_group() -> None:
    table = overlap({(0, 7): 2, (1, 8): 1, (1, 7): 1})
    assert (table.rows(7).tolist(), table.rows(7, 1).tolist(), table.rows(7, 5).tolist()) == ([0, 1, 3], [3], [])
