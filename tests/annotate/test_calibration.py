"""When people are measured, and what it says of them."""

from datetime import date
from itertools import pairwise

import pytest

from annotate.calibration import GOLD, REPEAT, Measured, Said, by_month, calibration_of, dealt, kind_of

DAY = date(2026, 11, 2)


def measured(now: str, standard: str, kind: str = GOLD, on: date = DAY) -> Measured:
    return Measured(kind, on, Said(now), Said(standard))


def test_dealing_is_the_same_each_time_and_another_for_everyone() -> None:
    assert dealt(b"key", 1, 2, 3) == dealt(b"key", 1, 2, 3)
    others = {dealt(b"other", 1, 2, 3), dealt(b"key", 2, 2, 3), dealt(b"key", 1, 3, 3), dealt(b"key", 1, 2, 4)}
    assert len(others | {dealt(b"key", 1, 2, 3)}) == 5


def test_dealing_keeps_to_the_shares_in_the_long_run() -> None:
    kinds = [kind_of(dealt(b"key", 1, 2, n)[0], 0.1, 0.2) for n in range(4_000)]
    assert kinds.count(GOLD) / 4_000 == pytest.approx(0.1, abs=0.02)
    assert kinds.count(REPEAT) / 4_000 == pytest.approx(0.2, abs=0.02)


def test_dealing_leaves_no_pattern_between_neighbours() -> None:
    kinds = [bool(kind_of(dealt(b"key", 1, 2, n)[0], 0.2, 0)) for n in range(4_000)]
    after_one = [later for now, later in pairwise(kinds) if now]
    assert sum(after_one) / len(after_one) == pytest.approx(0.2, abs=0.05)


def test_rates_count_failures_and_successes_apart_and_cannot_tell_as_not_found() -> None:
    told = [
        *[measured("failure", "failure")] * 6,
        measured("success", "failure"),
        measured("unknown", "failure"),
        *[measured("success", "success")] * 4,
        measured("failure", "success"),
        *[measured("failure", "failure", REPEAT)] * 5,
    ]
    found = calibration_of(told)
    rates = [(rate.found, rate.of) for rate in (found.true_positive, found.true_negative, found.consistency)]
    assert rates == [(6, 8), (4, 5), (5, 5)]
    assert found.true_positive.share == 0.75
    assert (round(found.true_positive.low, 3), round(found.true_positive.high, 3)) == (0.409, 0.929)


def test_a_rate_of_too_few_is_not_told() -> None:
    found = calibration_of([measured("failure", "failure")] * 4)
    assert (found.true_positive.share, found.true_positive.of) == (None, 4)


def test_types_and_steps_are_compared_only_where_both_tell_of_a_failure() -> None:
    def said(types: str, *roots: int) -> Said:
        return Said("failure", frozenset(types.split()), frozenset(roots))

    told = [
        Measured(GOLD, DAY, said("a b", 4), said("b", 6)),
        Measured(GOLD, DAY, said("a", 4), said("b", 7)),
        Measured(GOLD, DAY, said("", 1), said("b")),
        Measured(GOLD, DAY, Said("success", frozenset("b"), frozenset({1})), said("b", 1)),
    ]
    found = calibration_of(told)
    assert (found.same_type.found, found.same_type.of) == (1, 2)
    assert (found.near_root.found, found.near_root.of) == (1, 2)


def test_months_come_in_order_and_only_of_the_kind() -> None:
    told = [
        measured("failure", "failure", on=date(2026, 11, 20)),
        measured("success", "failure", on=date(2026, 10, 1)),
        measured("failure", "failure", REPEAT, on=date(2026, 9, 1)),
        measured("success", "failure", on=date(2026, 11, 3)),
    ]
    months = by_month(told, GOLD)
    assert [(one.first, one.same.found, one.same.of) for one in months] == [
        (date(2026, 10, 1), 0, 1),
        (date(2026, 11, 1), 1, 2),
    ]
