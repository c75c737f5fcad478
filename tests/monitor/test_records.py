"""Plain values of the overview."""

from datetime import date

import pytest

from monitor.records import Choice, Counted, Period, Share

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def test_period_before_is_as_long_and_ends_where_it_begins() -> None:
    assert NOVEMBER.before == Period(date(2026, 10, 2), date(2026, 10, 31))
    assert (NOVEMBER.days, NOVEMBER.before.days, len(NOVEMBER.each)) == (30, 30, 30)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (NOVEMBER, "1 Nov – 30 Nov 2026"),
        (Period(date(2025, 12, 30), date(2026, 1, 2)), "30 Dec 2025 – 2 Jan 2026"),
        (Period(date(2026, 1, 2), date(2026, 1, 2)), "2 Jan 2026"),
    ],
)
def test_period_is_told_as_people_do(period: Period, words: str) -> None:
    assert period.words == words


def test_choice_leads_to_its_sessions() -> None:
    choice = Choice(NOVEMBER, "a & b")
    assert choice.leads_to(signal="tool_loop", release="") == (
        "workflow=a+%26+b&start=2026-11-01&end=2026-11-30&signal=tool_loop"
    )


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (112, 100, "12 % more"),
        (88, 100, "12 % less"),
        (1000, 1001, "about the same"),
        (250, 100, "2.5 times as many"),
        (3, 0, ""),
        (3, None, ""),
        (None, 3, ""),
        (0, 4, "100 % less"),
    ],
)
def test_change_is_told_in_words(now: float | None, before: float | None, words: str) -> None:
    assert Counted(now, before).change_words == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Share(120, 1000, 60, 1000), "2.0 times as often"),
        (Share(90, 1000, 60, 1000), "50 % more often"),
        (Share(60, 1000, 120, 1000), "50 % less often"),
        (Share(63, 1000, 60, 1000), "about as often"),
        (Share(120, 2000, 60, 1000), "about as often"),  # twice as many, of twice as many sessions
        (Share(2, 4, 1, 4), "about as often"),  # of four sessions one more is chance
        (Share(50, 1000, 0, 1000), "not seen before"),
        (Share(5, 10, 0, 0), "nothing to compare with"),
    ],
)
def test_share_has_changed_only_beyond_chance(share: Share, words: str) -> None:
    assert share.change_words == words
