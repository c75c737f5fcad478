"""What reviews cost besides reading."""

from annotate.times import FEWEST, Overhead, overhead_of


def test_nothing_is_told_of_a_few() -> None:
    assert overhead_of([100] * (FEWEST - 1)) is None


def test_the_middle_and_what_nearly_all_stay_within() -> None:
    assert overhead_of(range(100, 0, -1)) == Overhead(reviews=100, median_ms=50, p95_ms=95)


def test_one_slow_review_of_five_is_told() -> None:
    assert overhead_of([1, 9000, 2, 3, 4]) == Overhead(reviews=5, median_ms=3, p95_ms=9000)
