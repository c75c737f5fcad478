"""For training, tuning or testing: nothing is in two parts, and nothing changes its part by itself."""

from collections import Counter, defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issues.sampling import PARTS, part_of

NUMBERS = st.integers(1, 12)
SESSIONS = st.lists(st.sets(NUMBERS, max_size=3), max_size=20)


def test_a_part_is_what_it_always_was() -> None:
    """Whoever trained on these may not find them among the tests some day."""
    drawn = {number: part_of("acme", 1, [number]) for number in range(1, 25)}
    assert {part: [number for number in drawn if drawn[number] == part] for part in PARTS} == {
        "train": [1, 2, 3, 5, *range(8, 15), *range(18, 25)],
        "dev": [4, 7, 17],
        "test": [6, 15, 16],
    }
    assert [part_of("acme", session, []) for session in range(1, 5)] == ["dev", "train", "train", "test"]


def test_eight_of_ten_are_for_training() -> None:
    counted = Counter(part_of("acme", session, []) for session in range(10_000))
    assert {part: round(count / 10_000, 1) for part, count in counted.items()} == {
        "train": 0.8,
        "dev": 0.1,
        "test": 0.1,
    }


def test_issues_of_different_parts_leave_a_session_without_one() -> None:
    drawn = {part_of("acme", 1, [number]): number for number in range(1, 50)}
    assert part_of("acme", 1, [drawn["train"], drawn["test"]]) is None
    assert part_of("acme", 1, [drawn["dev"]]) == "dev"


def test_projects_are_drawn_apart() -> None:
    assert [part_of("acme", 1, [n]) for n in range(50)] != [part_of("other", 1, [n]) for n in range(50)]


@given(SESSIONS)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_issue_is_in_two_parts(sessions: list[set[int]]) -> None:
    parts: defaultdict[int, set[str]] = defaultdict(set)
    for session, numbers in enumerate(sessions):
        part = part_of("acme", session, numbers)
        for number in numbers:
            parts[number] |= {part} if part else set()
    assert all(len(found) <= 1 for found in parts.values())
