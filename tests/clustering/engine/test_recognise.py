"""Learning to tell the sessions of an issue."""

import numpy as np
import pytest

from clustering.engine.embed import Vectors
from clustering.engine.recognise import Confirmed, learn

DIMENSIONS = 32
NOTHING = np.zeros((0, 0), dtype=np.float32)


def near(direction: int, seed: int, count: int = 1, spread: float = 0.1) -> Vectors:
    """Unit vectors around one axis."""
    noise = np.random.default_rng(seed).normal(0, spread, (count, DIMENSIONS))
    noise[:, direction] += 1
    vectors: Vectors = (noise / np.linalg.norm(noise, axis=1, keepdims=True)).astype(np.float32)
    return vectors


def confirmed(count: int, direction: int = 0) -> list[Confirmed]:
    return [Confirmed(near(direction, seed), near(direction, seed + 500)) for seed in range(count)]


def others(count: int, direction: int = 1) -> list[Vectors]:
    return [near(direction, seed + 1000, count=2) for seed in range(count)]


def test_learn_tells_an_issue_that_looks_like_itself() -> None:
    learned = learn(confirmed(8), others(20))

    assert learned is not None
    assert (learned.precision, learned.recall, learned.is_good) == (1.0, 1.0, True)
    assert learned.score(near(0, 77))[0] >= learned.threshold > learned.score(near(1, 78))[0]


def test_learn_is_silent_about_an_issue_that_looks_like_everything() -> None:
    learned = learn(confirmed(8, direction=1), others(60))

    assert learned is not None
    assert not learned.is_good


def test_learn_counts_what_it_cannot_see_as_missed() -> None:
    unseen = [Confirmed(one.roots, NOTHING) for one in confirmed(6)]

    learned = learn([*confirmed(4), *unseen], others(20))

    assert learned is not None
    assert (learned.precision, learned.recall) == (1.0, 0.4)


@pytest.mark.parametrize(("having", "lacking"), [(4, 50), (50, 9)])
def test_learn_says_nothing_of_too_few(having: int, lacking: int) -> None:
    assert learn(confirmed(having), others(lacking)) is None


def test_learn_does_not_count_reviewed_sessions_without_anything_suspicious() -> None:
    assert learn(confirmed(5), [*others(9), NOTHING]) is None


def test_learn_gives_the_same_twice() -> None:
    one, other = learn(confirmed(7), others(15)), learn(confirmed(7), others(15))

    assert one is not None
    assert other is not None
    assert (one.threshold, one.weights.tolist()) == (other.threshold, other.weights.tolist())
