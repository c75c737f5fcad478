"""What comes after a fix, and what that proves."""

from datetime import timedelta

import pytest

from issues.lifecycle.fixes import Fix, Progress, is_quiet, upper_bound
from tests.builders import NOON

PLACES = {"1.0": 0, "2.0": 1, "3.0": 2}
LATER = NOON + timedelta(seconds=1)


def test_a_release_covers_itself_and_all_later_ones() -> None:
    fix = Fix(NOON, "2.0")
    for seen in (NOON - timedelta(days=9), LATER):
        names = ["1.0", "2.0", "3.0", "", "unknown"]
        assert [name for name in names if fix.covers(release=name, seen=seen, places=PLACES)] == ["2.0", "3.0"]


def test_a_fix_in_a_release_that_no_order_knows_covers_only_that_one() -> None:
    fix = Fix(NOON, "9.9")
    assert fix.covers(release="9.9", seen=NOON, places=PLACES)
    assert not fix.covers(release="3.0", seen=LATER, places=PLACES)


def test_a_fix_without_a_release_covers_what_is_later() -> None:
    assert Fix(NOON).covers(release="1.0", seen=LATER, places=PLACES)
    assert not Fix(NOON).covers(release="3.0", seen=NOON, places=PLACES)


@pytest.mark.parametrize(("clear", "bound"), [(1, 0.95), (10, 0.2589), (30, 0.0950), (100, 0.0295), (300, 0.00994)])
def test_the_bound_is_the_exact_one(clear: int, bound: float) -> None:
    assert upper_bound(clear) == pytest.approx(bound, rel=1e-3)
    assert (1 - upper_bound(clear)) ** clear == pytest.approx(0.05)


def test_the_bound_stays_below_three_in_n_and_near_it() -> None:
    for clear in range(1, 1000):
        assert upper_bound(clear) < 3 / clear
    assert upper_bound(300) > 0.99 * 2.995 / 300


def test_nothing_seen_proves_nothing() -> None:
    assert upper_bound(0) == 1.0
    assert not Progress(0, 30).is_enough


def test_a_fix_is_proved_by_as_many_as_were_asked_for() -> None:
    assert [Progress(clear, 30).is_enough for clear in (29, 30, 31)] == [False, True, True]


def test_quiet_is_a_fortnight_without_a_session_since_it_came_back() -> None:
    def quiet(days: int, last_days: int | None) -> bool:
        last = None if last_days is None else NOON - timedelta(days=last_days)
        return is_quiet(since=NOON - timedelta(days=days), last_seen=last, now=NOON)

    assert quiet(14, None)
    assert quiet(14, 14)
    assert not quiet(13, None)
    assert not quiet(30, 13)
    assert not quiet(13, 30)
