"""Estimated shares: who counts, what bounds them, and what is said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from annotate.estimation import FEWEST, Cell, Share, estimate_shares, intervals, percent

EVERYTHING = 10**9


def share_of(*cells: tuple[int, int, int]) -> Share:
    """Of (sessions, judged drawn ones, those found so); nothing but drawn sessions was reviewed."""
    known = (sum(found for *_, found in cells), sum(judged for _, judged, _ in cells))
    return estimate_shares(
        [Cell(sessions, judged) for sessions, judged, _ in cells], [[found for *_, found in cells]], [known]
    )[0]


def limits(share: Share) -> tuple[float, float, float]:
    assert share.estimate is not None
    assert share.low is not None
    assert share.high is not None
    return share.low, share.estimate, share.high


@pytest.mark.parametrize(("found", "judged"), [(1, 100), (14, 220), (50, 100), (219, 220)])
def test_one_cell_has_the_mid_p_interval_of_the_binomial(found: int, judged: int) -> None:
    low, estimate, high = limits(share_of((EVERYTHING, judged, found)))
    assert estimate == found / judged
    above = binom.sf(found, judged, low) + binom.pmf(found, judged, low) / 2
    below = binom.cdf(found - 1, judged, high) + binom.pmf(found, judged, high) / 2
    assert (above, below) == (pytest.approx(0.025, rel=1e-3), pytest.approx(0.025, rel=1e-3))


def test_nothing_found_leaves_room_above_and_everything_below() -> None:
    most = 1 - 0.05 ** (1 / 100)
    assert limits(share_of((EVERYTHING, 100, 0))) == pytest.approx((0, 0, most), abs=1e-6)
    assert limits(share_of((EVERYTHING, 100, 100))) == pytest.approx((1 - most, 1, 1), abs=1e-6)


def test_a_frame_that_is_all_read_has_its_share_and_no_interval() -> None:
    share = share_of((100, 100, 7))
    assert limits(share) == (0.07, 0.07, 0.07)
    assert share.sentence == "In 7 of 100 reviewed; 7.0 % of sessions."


def test_a_frame_that_is_nearly_all_read_has_whole_sessions_as_limits() -> None:
    assert limits(share_of((100, 90, 0))) == (0, 0, 0.01)


def test_cells_weigh_by_their_sessions_not_by_their_reads() -> None:
    low, estimate, high = limits(share_of((9000, 100, 0), (1000, 200, 20)))
    assert estimate == pytest.approx(0.01)
    assert low < 0.01 < high
    # The cell that stands for most sessions may hold 3 % failures and show none in 100.
    assert high > 0.025


def test_a_cell_that_nobody_has_read_is_outside_the_frame() -> None:
    share = share_of((1000, 100, 10), (5000, 0, 0))
    assert (share.frame, share.sampled, share.estimate) == (1000, 100, 0.1)


def test_what_is_known_for_certain_bounds_the_share() -> None:
    cells = [Cell(1000, 100)]
    plain = limits(estimate_shares(cells, [[1]], [(1, 100)])[0])
    many_confirmed = limits(estimate_shares(cells, [[1]], [(30, 100)])[0])
    many_cleared = limits(estimate_shares(cells, [[1]], [(1, 990)])[0])
    assert many_confirmed == (0.03, 0.03, plain[2])
    assert many_cleared == (plain[0], 0.01, 0.011)


def test_too_few_reads_say_so_in_words() -> None:
    few = share_of((EVERYTHING, FEWEST - 1, 3))
    assert (few.estimate, few.low, few.high) == (None, None, None)
    told = "In 3 of 19 reviewed; only 19 read at random, too few to tell the share of all sessions."
    assert few.sentence == told
    assert share_of((EVERYTHING, FEWEST, 3)).estimate is not None
    assert estimate_shares([], [], []) == []
    nothing = estimate_shares([Cell(5, 0)], [[0]], [(2, 4)])[0]
    assert nothing.sentence == "In 2 of 4 reviewed; none read at random yet, so no share of all sessions is known."


def test_many_reads_in_a_corner_are_still_too_few() -> None:
    """200 sessions of a tiny cell say nothing of the rest, where one was read."""
    assert share_of((9000, 1, 0), (1000, 200, 20)).estimate is None


def test_the_sentence_says_the_raw_count_and_the_estimate() -> None:
    share = estimate_shares([Cell(4120, 187)], [[4]], [(14, 220)])[0]
    assert share.sentence == "In 14 of 220 reviewed; about 2.1 % of sessions (0.7–5.0)."
    assert share.basis == (
        "Estimated for 4,120 sessions from 187 of them, drawn at random and judged. "
        "In 95 of 100 such estimates the true share lies within the range."
    )


def test_percent_shows_as_much_as_can_be_told() -> None:
    assert [percent(each) for each in (0, 0.0000001, 0.0004, 0.0006, 0.0214, 0.0996, 0.352, 1)] == [
        *("0.0", "0.01", "0.04", "0.1", "2.1", "10", "35", "100")
    ]


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500), st.floats(0, 1)), min_size=1, max_size=4))
def test_limits_hold_the_estimate_and_mirror_with_the_complement(cells: list[tuple[int, int, float]]) -> None:
    sessions, judged, found = np.array([(n + more, n, round(n * part)) for n, more, part in cells], float).T
    estimate, low, high = intervals(sessions, judged, found[None, :])[0]
    assert 0 <= low <= estimate + 1e-9
    assert estimate - 1e-9 <= high <= 1
    mirrored = intervals(sessions, judged, (judged - found)[None, :])[0]
    assert mirrored == pytest.approx([1 - estimate, 1 - high, 1 - low], abs=1e-6)
