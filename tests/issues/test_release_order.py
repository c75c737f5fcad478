"""The order of releases: by first sight, unless a person told otherwise."""

from datetime import timedelta
from itertools import permutations

from issues.lifecycle.releases import Known, in_order
from tests.builders import NOON


def seen(name: str, day: int, place: int | None = None) -> Known:
    return Known(name, NOON + timedelta(days=day), place)


def names(*releases: Known) -> list[str]:
    found = {tuple(one.name for one in in_order(order)) for order in permutations(releases)}
    assert len(found) == 1, "the order must not depend on how they came"
    return list(found.pop())


def test_they_stand_by_first_sight_and_not_by_name() -> None:
    assert names(seen("10", 3), seen("9", 1), seen("b", 2)) == ["9", "b", "10"]


def test_one_that_nobody_runs_yet_is_newer_than_all_that_run() -> None:
    assert names(Known("2.5"), seen("2.4.1", 9), seen("2.4", 1)) == ["2.4", "2.4.1", "2.5"]


def test_told_places_outweigh_sight() -> None:
    assert names(seen("hotfix", 5, 0), seen("main", 1, 1)) == ["hotfix", "main"]


def test_new_ones_stand_behind_the_last_told_one_that_was_seen_no_later() -> None:
    told = (seen("b", 2, 0), seen("a", 1, 1), seen("c", 5, 2))
    assert names(*told, seen("new", 3)) == ["b", "a", "new", "c"]
    assert names(*told, seen("newest", 9)) == ["b", "a", "c", "newest"]
    assert names(*told, seen("oldest", 0)) == ["oldest", "b", "a", "c"]


def test_one_that_was_told_but_never_seen_holds_nobody_back() -> None:
    told = (seen("2.4", 1, 0), Known("2.5", None, 1))
    assert names(*told, seen("2.4.1", 3)) == ["2.4", "2.4.1", "2.5"]


def test_no_releases_are_in_order() -> None:
    assert in_order([]) == []
