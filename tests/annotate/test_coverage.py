"""What is still unseen, against textbook examples and made-up kinds of known frequency."""

import numpy as np
import pytest

from annotate.coverage import FEWEST_FINDS, Unseen, kinds_at_least, saturate, unseen_mass

# Jurafsky and Martin, "Speech and Language Processing", 2nd ed., section 4.5.1: 18 fish.
FISH = {"carp": 10, "perch": 3, "whitefish": 2, "trout": 1, "salmon": 1, "eel": 1}
# Efron and Thisted 1976: 884,647 words of Shakespeare, 31,534 different ones, 14,376 of them once and 4,343 twice.
SHAKESPEARE = [1] * 14_376 + [2] * 4_343 + [3] * (31_534 - 14_376 - 4_343)


def test_the_next_fish_is_new_with_a_chance_of_3_in_18() -> None:
    unseen = unseen_mass(FISH.values())
    assert unseen.share == 3 / 18
    assert unseen.low is not None
    assert unseen.high is not None
    assert 0 <= unseen.low < 0.1
    assert 0.3 < unseen.high < 0.5


def test_there_are_at_least_so_many_kinds_of_fish() -> None:
    assert kinds_at_least(FISH.values()) == 6 + 3 * 2 / (2 * 2)


def test_shakespeare_knew_at_least_55_320_words() -> None:
    assert round(kinds_at_least(SHAKESPEARE)) == round(31_534 + 14_376 * 14_375 / (2 * 4_344)) == 55_320


def test_nothing_found_and_everything_found_once_are_no_certainty() -> None:
    assert unseen_mass([]) == Unseen()
    once = unseen_mass([1] * 20)
    assert (once.share, once.high) == (1.0, 1.0)
    assert once.low is not None
    assert once.low < 0.9
    none_once = unseen_mass([50, 50])
    assert (none_once.share, none_once.low) == (0.0, 0.0)
    assert none_once.high is not None
    assert 0.02 < none_once.high < 0.06


@pytest.mark.parametrize("finds", [30, 100, 400])
@pytest.mark.parametrize(("kinds", "steepness"), [(15, 1.0), (100, 1.0), (1000, 0.5)])
def test_the_interval_holds_what_is_unseen(kinds: int, steepness: float, finds: int) -> None:
    dice = np.random.default_rng(1)
    chances = 1 / np.arange(1, kinds + 1) ** steepness
    chances /= chances.sum()
    held = 0
    for _ in range(300):
        counts = dice.multinomial(finds, chances)
        unseen = unseen_mass(counts[counts > 0].tolist())
        assert unseen.low is not None
        assert unseen.high is not None
        held += unseen.low <= chances[counts == 0].sum() <= unseen.high
    assert held / 300 >= 0.93


def test_the_curve_has_a_point_after_every_25_reviews_and_at_the_end() -> None:
    found = [{n // 10} if n % 2 else set() for n in range(60)]
    told = saturate(found)
    assert told.points == [(0, 0), (25, 3), (50, 5), (60, 6)]
    assert told.new_per_25 == [(25, 3), (50, 2)]
    assert (told.reviews, told.finds, told.kinds) == (60, 30, 6)


def test_too_few_finds_say_nothing_of_the_unseen() -> None:
    few = saturate([{n} for n in range(FEWEST_FINDS - 1)])
    assert (few.unseen, few.at_least, few.new_per_25) == (Unseen(), None, [])
    assert few.words == "What nobody has seen yet can be told once 10 failures belong to a kind."
    assert (saturate([]).points, saturate([]).kinds) == ([], 0)


def test_the_sentence_says_the_chance_and_what_to_do() -> None:
    def told(once: int, often: int, noun: str = "failure type") -> str:
        return saturate([{n} for n in range(once)] + [{"often"}] * often, noun).words

    assert told(5, 55) == (
        "About 1 in 12 further failures would belong to a failure type nobody has seen yet. Reading on still teaches."
    )
    assert told(12, 0, "issue") == (
        "Nearly every further failure would belong to an issue nobody has seen yet. Reading on still teaches."
    )
    assert told(0, 40, "issue") == (
        "Every issue was met more than once: at most 7.2 % of further failures belong to a new one. "
        "Reading on may still teach."
    )
    assert told(1, 399) == (
        "About 1 in 400 further failures would belong to a failure type nobody has seen yet. "
        "Reading on in the same way teaches little that is new."
    )


def test_the_news_of_the_last_three_times_25_reviews_are_told() -> None:
    def told(reviews: int) -> str:
        # Three new kinds in the first 25, then one, none, and two; what comes after the hundredth review waits.
        new = {1: "a", 2: "b", 3: "c", 30: "d", 80: "e", 90: "f", 105: "g"}
        return saturate([{new[n]} if n in new else set() for n in range(1, reviews + 1)], "issue").news

    assert (told(24), saturate([set()] * 50).news) == ("", "")
    assert told(49) == "Reviews 1 to 25 showed 3 new issues."
    assert told(75) == "Reviews 1 to 25 showed 3 new issues, 26 to 50 showed 1, 51 to 75 showed 0."
    assert told(110) == "Reviews 26 to 50 showed 1 new issue, 51 to 75 showed 0, 76 to 100 showed 2."
