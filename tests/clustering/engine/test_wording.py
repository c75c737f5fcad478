"""Texts compared by the words that they share."""

import numpy as np
import pytest

from clustering.engine.wording import Wording, stems

TEXTS = ["refund tool expired", "searched and searched without end", "wrong customer", ""]


def test_compare_finds_the_same_text_and_nothing_in_common() -> None:
    scores = Wording(TEXTS).compare("Refund tool expired!")

    assert scores == pytest.approx([1, 0, 0, 0], abs=1e-6)


def test_compare_sees_past_endings() -> None:
    assert Wording(TEXTS).compare("searching for refunds").argmax() == 1
    assert Wording(TEXTS).compare("searching for refunds")[0] > 0


def test_rare_words_count_more_than_common_ones() -> None:
    texts = ["order refund", "order parcel", "order window", "order invoice"]
    scores = Wording(texts).compare("order refund")

    assert scores[0] > 3 * scores[1]
    assert np.ptp(scores[1:]) == pytest.approx(0, abs=1e-6)


def test_words_that_no_text_holds_make_it_less_alike() -> None:
    wording = Wording(TEXTS)

    assert 0 < wording.compare("wrong customer with quite another story")[2] < wording.compare("wrong customer")[2]


@pytest.mark.parametrize("text", ["", "1234 --", "🙂"])
def test_compare_of_nothing_is_like_nothing(text: str) -> None:
    assert not Wording(TEXTS).compare(text).any()
    assert Wording([]).compare("refund").shape == (0,)


def test_stems_leave_short_words_alone() -> None:
    assert stems("Refunded ids used es") == ["refund", "ids", "used", "es"]
