"""Agreement of groups with classes, beside scikit-learn's and a count by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, v_measure_score

from benchmarks._agreement import Scores, ari, ari_assigned, scores, single_out


def grouped(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, dtype=np.int64)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 4)), min_size=1, max_size=40))
def test_scores_agree_with_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    labels = [str(label) for label, _ in pairs]
    groups = grouped(*(group for _, group in pairs))
    alone = [group if group >= 0 else 100 + row for row, group in enumerate(groups)]
    found = scores(labels, groups)

    assert found.ari == pytest.approx(adjusted_rand_score(labels, alone))
    assert found.v == pytest.approx(v_measure_score(labels, alone))
    assert ari(labels, groups) == pytest.approx(adjusted_rand_score(labels, groups))


def test_bcubed_of_an_example_counted_by_hand() -> None:
    """Group 0: a a a b; group 1: b b; and one c, and one a alone."""
    found = scores(list("aaabbbca"), grouped(0, 0, 0, 0, 1, 1, 2, -1))

    assert found.bcubed_precision == pytest.approx((3 * 3 / 4 + 1 / 4 + 2 + 1 + 1) / 8)
    assert found.bcubed_recall == pytest.approx((3 * 3 / 4 + 1 / 3 + 2 * 2 / 3 + 1 + 1 / 4) / 8)
    assert found.bcubed_f == pytest.approx(
        2 * found.bcubed_precision * found.bcubed_recall / (found.bcubed_precision + found.bcubed_recall)
    )


@pytest.mark.parametrize(
    ("labels", "groups", "expected"),
    [
        ("", (), Scores(1, 1, 1, 1, 1)),
        ("a", (0,), Scores(1, 1, 1, 1, 1)),
        ("a", (-1,), Scores(1, 1, 1, 1, 1)),
        ("aabb", (7, 7, 3, 3), Scores(1, 1, 1, 1, 1)),
        ("aabb", (0, 0, 0, 0), Scores(0, 0, 0.5, 1, 2 / 3)),
        ("aabb", (-1, -1, -1, -1), Scores(0, 2 / 3, 1, 0.5, 2 / 3)),
    ],
)
def test_scores_at_the_edges(labels: str, groups: tuple[int, ...], expected: Scores) -> None:
    found = scores(list(labels), grouped(*groups))

    assert found.__dict__ == pytest.approx(expected.__dict__)


def test_what_is_in_no_group_is_one_group_only_where_asked() -> None:
    labels, groups = list("aabb"), grouped(0, 0, -1, -1)

    assert scores(labels, groups).ari < 1
    assert ari(labels, groups) == 1
    assert ari_assigned(list("aabbc"), grouped(0, 0, 1, 1, -1)) == 1
    assert ari_assigned(labels, grouped(-1, -1, -1, -1)) is None


def test_single_out_gives_new_numbers_only() -> None:
    assert list(single_out(grouped(4, -1, 0, -1))) == [4, 5, 0, 6]


def test_pairs_of_many_texts_do_not_overflow() -> None:
    labels = ["a"] * 60_000 + ["b"] * 60_000
    groups = np.repeat(np.arange(2, dtype=np.int64), 60_000)

    assert scores(labels, groups).ari == 1
    assert -1e-5 < scores(labels, np.arange(120_000) % 2).ari < 1e-5
