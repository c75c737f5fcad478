"""Who is in a queue's random sample: uniform, independent of all else, and only ever more."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from annotate.sampling import GRAIN, grown, in_sample, just_above, origin_of, place_of, spans_of

draws = st.floats(0, 1, exclude_max=True).map(lambda value: int(value * 2**53) / 2**53)
queues = st.integers(1, 10_000)
shares = st.floats(0, 1).map(lambda value: grown(0, value))


@given(queues, shares, draws)
def test_in_sample_is_a_place_below_tau(queue: int, below: float, draw: float) -> None:
    assert in_sample(queue, below, draw) == (place_of(queue, draw) < below)


@given(queues, draws, st.lists(shares, min_size=2))
def test_who_is_in_the_sample_stays_in_it_as_it_grows(queue: int, draw: float, wanted: list[float]) -> None:
    below, were = 0.0, []
    for least in wanted:
        below = grown(below, least)
        were.append(in_sample(queue, below, draw))

    assert were == sorted(were)


@given(st.lists(st.floats(-1, 2), min_size=2))
def test_tau_only_grows_and_stays_within_0_and_1(wanted: list[float]) -> None:
    taus = [0.0]
    for least in wanted:
        taus.append(grown(taus[-1], least))

    assert all(before <= after <= 1 for before, after in pairwise(taus))


@given(queues, draws)
def test_just_above_takes_the_place_in_and_little_more(queue: int, draw: float) -> None:
    place = place_of(queue, draw)

    assert place < just_above(place) <= place + GRAIN
    assert in_sample(queue, just_above(place), draw)


@given(queues)
def test_nobody_is_in_an_empty_sample_and_everybody_in_a_full_one(queue: int) -> None:
    assert spans_of(queue, 0) == ()
    assert all(in_sample(queue, 1.0, draw) for draw in (0.0, 0.5, origin_of(queue), 1 - 2**-53))


def test_the_sample_is_as_large_as_its_share_and_places_are_uniform() -> None:
    thrown = [float(draw) for draw in np.random.default_rng(7).random(20_000)]
    places = [place_of(3, draw) for draw in thrown]

    assert stats.kstest(places, "uniform").pvalue > 0.01
    assert abs(sum(in_sample(3, 0.2, draw) for draw in thrown) / 20_000 - 0.2) < 0.01


def test_queues_draw_others_than_each_other() -> None:
    # Over many pairs of queues, two samples of a fifth share a twenty-fifth of the sessions.
    thrown = np.random.default_rng(11).random(500)
    member = np.array([[in_sample(queue, 0.2, draw) for draw in thrown] for queue in range(1, 60)])
    both = [np.mean(one & other) for place, one in enumerate(member) for other in member[:place]]

    assert abs(float(np.mean(both)) - 0.04) < 0.005
