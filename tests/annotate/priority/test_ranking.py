"""The work order: the same every time, the random share in every front part, the neighbours of a pick later."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.priority.ranking import COMPARED, Drawn, Ranked, diversified, interleaved, owed, work_order
from annotate.priority.worth import Matrix
from annotate.sampling import in_sample, place_of

worths = st.lists(st.sampled_from([0.01, 0.2, 0.5, 0.9]), min_size=1, max_size=40)
shares = st.floats(0.01, 1)


def far_apart(count: int) -> Matrix:
    """Looks of sessions none of which is like another."""
    return np.eye(count, dtype=np.float32)


def ranked(worth: list[float], looks: Matrix | None = None, first_id: int = 1) -> Ranked:
    ids = list(range(first_id, first_id + len(worth)))
    return Ranked(ids, np.array(worth), far_apart(len(worth)) if looks is None else looks)


def served(order: dict[int, float]) -> list[int]:
    """As the claim serves: the highest value first, and of equals the lower id."""
    return sorted(order, key=lambda one: (-order[one], one))


def test_what_is_worth_most_comes_first_and_equals_by_id() -> None:
    assert served(work_order(ranked([0.2, 0.9, 0.5, 0.9]), Drawn())) == [2, 4, 3, 1]


def test_the_value_of_what_has_no_neighbours_is_its_worth() -> None:
    assert work_order(ranked([0.2, 0.9]), Drawn()) == {1: 0.2, 2: 0.9}


def test_a_pick_makes_its_neighbours_less_wanted() -> None:
    looks = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], dtype=np.float32)

    assert list(diversified(ranked([0.9, 0.89, 0.88, 0.75], looks))) == [1, 4, 2, 3]


def test_neighbours_keep_half_of_their_worth_however_many_there_are() -> None:
    looks = np.array([[1, 0]] * 50 + [[0, 1]], dtype=np.float32)
    order = list(diversified(ranked([0.9] * 50 + [0.44], looks)))

    assert order[-1] == 51


@given(worths, st.integers(2, 4), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_items_come(worth: list[float], kinds: int, dice: Random) -> None:
    looks = np.eye(kinds, dtype=np.float32)[[number % kinds for number in range(len(worth))]]
    whole = ranked(worth, looks)
    mixed = list(range(len(worth)))
    dice.shuffle(mixed)
    other = Ranked([whole.ids[place] for place in mixed], whole.worth[mixed], looks[mixed])

    assert work_order(whole, Drawn()) == work_order(other, Drawn())


@given(worths, st.integers(0, 40), shares, st.floats(0, 1))
def test_the_values_are_the_order_and_no_two_are_the_same(
    worth: list[float], sample: int, share: float, owed_places: float
) -> None:
    drawn = Drawn(list(range(1000, 1000 + sample)), share, owed_places)
    order = work_order(ranked(worth), drawn)

    assert len(set(order.values())) == len(worth) + sample
    assert served(order) == interleaved(list(diversified(ranked(worth))), drawn)


@given(worths, st.integers(0, 40), shares)
def test_every_front_part_holds_the_share(worth: list[float], sample: int, share: float) -> None:
    order = interleaved(list(range(len(worth))), Drawn(list(range(1000, 1000 + sample)), share))
    both = next(
        (n for n in range(len(order) + 1) if {*order[:n]} >= {*range(len(worth))} or sample == _drawn(order[:n])), 0
    )

    assert all(abs(_drawn(order[:n]) - share * n) < 1 + 1e-6 for n in range(both + 1))
    assert [one for one in order if one >= 1000] == list(range(1000, 1000 + sample))


def _drawn(ids: list[int]) -> int:
    return sum(one >= 1000 for one in ids)


@given(worths, st.integers(1, 40), shares, st.integers(1, 5))
def test_ranking_again_and_again_does_not_starve_the_sample(
    worth: list[float], sample: int, share: float, read_at_once: int
) -> None:
    left, drawn, read = ranked(worth), list(range(1000, 1000 + sample)), list[int]()
    while left.ids and drawn:
        assert _drawn(read) >= int(share * len(read) - 1e-6) - 1
        behind = owed(share=share, taken=len(read), drawn=_drawn(read))
        front = served(work_order(left, Drawn(drawn, share, behind)))[:read_at_once]
        read += front
        drawn = [one for one in drawn if one not in front]
        stay = [place for place, one in enumerate(left.ids) if one not in front]
        left = Ranked([left.ids[place] for place in stay], left.worth[stay], left.looks[stay])


def test_a_sample_that_is_behind_comes_sooner_but_not_all_at_once() -> None:
    assert owed(share=0.2, taken=100, drawn=3) == 1
    assert owed(share=0.2, taken=10, drawn=9) == 0
    assert interleaved([1, 2, 3, 4, 5, 6], Drawn([1000, 1001], 0.25, 1)) == [1000, 1, 2, 1001, 3, 4, 5, 6]


def test_a_share_of_all_reads_the_sample_first() -> None:
    assert interleaved([1, 2], Drawn([1000, 1001], 1.0)) == [1000, 1001, 1, 2]


def test_a_long_queue_is_ordered_to_its_end() -> None:
    many = ranked([0.5] * (COMPARED + 50), np.ones((COMPARED + 50, 2), dtype=np.float32) / 2**0.5)
    order = work_order(many, Drawn())

    assert served(order) == list(range(1, COMPARED + 51))
    assert all(order[one] > order[other] for one, other in pairwise(served(order)))


def test_nothing_waiting_is_no_order() -> None:
    assert work_order(ranked([]), Drawn()) == {}
    assert served(work_order(ranked([]), Drawn([7, 5], 0.2))) == [7, 5]


def test_what_is_read_of_the_sample_is_uniform_however_biased_the_ranking() -> None:
    dice, shown, chosen = np.random.default_rng(3), [], []
    for queue_id in range(1, 301):
        risk, draws = dice.random(60), dice.random(60)
        sample = sorted(
            (n for n in range(60) if in_sample(queue_id, 0.3, draws[n])),
            key=lambda n: place_of(queue_id, float(draws[n])),
        )
        others = [n for n in range(60) if n not in sample]
        left = Ranked(others, risk[others], far_apart(len(others)))
        front = served(work_order(left, Drawn(sample, 0.3)))[:20]
        shown += [risk[n] for n in front if n in sample]
        chosen += [risk[n] for n in front if n not in sample]

    assert abs(float(np.mean(shown)) - 0.5) < 3 * 0.289 / len(shown) ** 0.5
    assert float(np.mean(chosen)) == pytest.approx(0.8, abs=0.1)
