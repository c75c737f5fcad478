"""Profiles: near where sessions did the same, far where they did not, and only comparable within a version."""

import numpy as np

from traces.profile import DIMENSIONS, VERSION, is_current, profile_of, vectors_of
from traces.records import TOOL, USER, StepFacts


def talk(request: str, *tools: str, failed: str = "") -> bytes:
    steps = [StepFacts(1, "k1", "user", USER, text=request)]
    for number, name in enumerate(tools, start=2):
        steps.append(StepFacts(number, f"k{number}", "tool", TOOL, name=name, is_error=name == failed))
    return profile_of(steps)


def alike(one: bytes, other: bytes) -> float:
    vectors = vectors_of([one, other])
    return float(vectors[0] @ vectors[1])


REFUND = talk("Please refund my order", "find_order", "refund", "notify")


def test_a_profile_is_a_version_and_a_unit_vector() -> None:
    assert (len(REFUND), REFUND[0]) == (1 + DIMENSIONS, VERSION)
    assert round(float(np.linalg.norm(vectors_of([REFUND])[0])), 3) == 1


def test_the_same_twice_is_the_same() -> None:
    assert talk("Please refund my order", "find_order", "refund", "notify") == REFUND
    assert round(alike(REFUND, REFUND), 3) == 1


def test_order_tools_failures_and_errand_each_make_sessions_less_alike() -> None:
    same = talk("Please refund order 17 of mine", "find_order", "refund", "notify")
    others = [
        talk("Please refund my order", "notify", "refund", "find_order"),
        talk("Please refund my order", "find_order", "cancel", "notify"),
        talk("Please refund my order", "find_order", "refund", "notify", failed="refund"),
        talk("Where does my parcel wait", "find_order", "refund", "notify"),
    ]

    assert alike(REFUND, same) > 0.95
    assert all(alike(REFUND, other) < 0.95 for other in others)


def test_sessions_of_other_work_are_far() -> None:
    assert alike(REFUND, talk("Write a haiku about autumn", "search_web", "draft")) < 0.3


def test_sessions_without_tools_are_like_each_other_and_unlike_those_with() -> None:
    chat = talk("What are your opening hours")

    assert alike(chat, talk("Which opening hours have you today")) > 0.7
    assert alike(chat, REFUND) < 0.3


def test_numbers_and_letter_case_of_the_first_message_do_not_matter() -> None:
    assert talk("Refund ORDER 12345", "refund") == talk("refund order 99", "refund")


def test_a_profile_of_another_version_is_like_nothing() -> None:
    older = bytes([VERSION - 1]) + REFUND[1:]

    assert [is_current(one) for one in (REFUND, memoryview(REFUND), older, REFUND[:-1], None)] == [
        *(True, True),
        *(False, False, False),
    ]
    assert not vectors_of([older, None, b""]).any()


def test_a_session_without_steps_has_a_profile() -> None:
    assert is_current(profile_of([]))
