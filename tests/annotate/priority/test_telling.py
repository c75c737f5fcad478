"""Weights in words and plots."""

from math import log

import pytest

from annotate.priority.telling import LEFT, RIGHT, WIDTH, effect_in_words, place, plot_of, range_in_words, times


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (12, "raises the odds 12-fold"),
        (2.5, "raises the odds 2.5-fold"),
        (1.4, "raises the odds by 40 %"),
        (1.0, "hardly changes the odds"),
        (0.97, "hardly changes the odds"),
        (0.7, "lowers the odds by 30 %"),
        (0.25, "lowers the odds to 25 %"),
    ],
)
def test_effect_in_words(factor: float, words: str) -> None:
    assert effect_in_words(log(factor)) == words


def test_range_is_that_of_95_percent() -> None:
    assert range_in_words(log(12), 0.15) == "from 8.9 to 16"
    assert range_in_words(0, 1) == "from 0.14 to 7.1"
    assert times(log(15)) == "15-fold"


def test_a_plot_is_on_a_scale_of_odds_and_clipped_at_its_ends() -> None:
    assert (place(LEFT), place(RIGHT), place(100), place(-100)) == (0, WIDTH, WIDTH, 0)
    plot = plot_of((log(4), 0.1), (log(2), 1.0))

    assert plot.zero < plot.began[1] < plot.now[1]
    assert plot.began[0] < plot.now[0] < plot.now[2] < plot.began[2]
