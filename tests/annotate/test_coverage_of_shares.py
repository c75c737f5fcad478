"""The interval of a share against traffic whose true share is known, read through queues that prefer what looks bad."""

from dataclasses import replace

import numpy as np
import pytest

from annotate.estimation import intervals
from tests.annotate.traffic import Reading, Traffic, coverage

LEAST, MOST = 0.93, 0.97
WHOLE = [Reading(0.1, 0.2, 300)]
PARTIAL = [Reading(0.1, 0.3, 300, read=0.6)]
CHOSEN = Reading(0.1, 0.3, 300, read=0.5, opened=60)
TWO = [Reading(0.1, 0.2, 300, read=0.6), Reading(0.3, 0.5, 150, read=0.5)]


@pytest.mark.parametrize("prevalence", [0.02, 0.1, 0.35])
@pytest.mark.parametrize("queues", [WHOLE, PARTIAL, TWO], ids=["all read", "partly read", "two queues"])
def test_the_interval_holds_the_true_share_in_95_of_100_runs(prevalence: float, queues: list[Reading]) -> None:
    found = coverage(Traffic(4000, prevalence, queues))
    assert LEAST <= found.covered <= MOST
    assert abs(found.error) < 0.05 * prevalence
    assert found.naive < 0.5


def test_a_rare_failure_is_covered_too() -> None:
    found = coverage(Traffic(8000, 0.005, [Reading(0.1, 0.2, 300)]))
    assert LEAST <= found.covered <= MOST
    assert found.naive < LEAST


def test_few_reads_of_a_rare_failure_are_covered_more_often_than_told() -> None:
    """Fewer than one failure is to be expected: whole numbers leave no interval that lands within the band."""
    found = coverage(Traffic(4000, 0.005, [Reading(0.05, 0.1, 300, read=0.5)]))
    assert found.covered > MOST
    assert found.below == 0


@pytest.mark.parametrize("prevalence", [0.02, 0.1, 0.35])
def test_drawn_sessions_that_people_opened_by_their_address_bias_nothing(prevalence: float) -> None:
    """They opened what looked worst, far ahead of what was read in its turn."""
    found = coverage(Traffic(4000, prevalence, [CHOSEN]))
    assert LEAST <= found.covered <= MOST
    unaware = coverage(Traffic(4000, prevalence, [replace(CHOSEN, knows_turns=False)]))
    assert unaware.covered < 0.9
    assert unaware.error > 0.1 * prevalence


@pytest.mark.parametrize("queues", [WHOLE, PARTIAL, TWO], ids=["all read", "partly read", "two queues"])
def test_old_sessions_of_which_only_the_judged_are_left_bias_nothing(queues: list[Reading]) -> None:
    traffic = Traffic(8000, 0.1, queues, old=0.9)
    assert LEAST <= coverage(traffic).covered <= MOST
    assert coverage(replace(traffic, leaves_out_old=False)).covered < 0.9


def test_sessions_drawn_after_they_were_ranked_would_bias_a_half_read_sample() -> None:
    """All reviewed sessions below the draw, instead of those up to the last that was read in its turn."""
    dice, prevalence = np.random.default_rng(1), 0.1
    rows = []
    for _ in range(300):
        failed = dice.random(4000) < prevalence
        order = np.argsort(-(dice.normal(size=4000) + failed))
        draw = dice.random(4000)
        ranked = np.isin(np.arange(4000), order[:800]) & (draw >= 0.1)
        judged = (draw < 0.4) & (ranked | (draw < 0.15))
        rows.append((failed.mean(), judged.sum(), (judged & failed).sum()))
    true, sampled, found = np.array(rows).T
    _, low, high = intervals(np.full((300, 1), 4000.0), sampled[:, None], found[:, None]).T
    assert ((low <= true) & (true <= high)).mean() < 0.5
