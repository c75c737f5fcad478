"""What counts as an answer to a question, by its kind."""

from typing import Any

import pytest

from annotate.answers import (
    LONGEST_TEXT,
    READERS,
    Asked,
    Wrong,
    choices_of,
    in_words,
    missing,
    place_of,
    prevailing,
    read_answer,
)
from annotate.models import QuestionKind

SCALE = {"lowest": 0, "highest": 4, "low_words": "useless", "high_words": "perfect"}
OPTIONS = [{"value": "money", "label": "Money"}, {"value": "time", "label": "Time"}, {"value": "tone", "label": "Tone"}]


def asked(kind: str, options: Any = None, **fields: Any) -> Asked:
    return Asked("key", kind, "How was it?", options, **fields)


def test_every_kind_of_question_can_be_answered() -> None:
    assert set(READERS) == set(QuestionKind.values)


@pytest.mark.parametrize(
    ("kind", "options", "given", "kept"),
    [
        ("pass_fail", None, "pass", "pass"),
        ("pass_fail", None, "fail", "fail"),
        ("scale", SCALE, "0", 0),
        ("scale", SCALE, 4, 4),
        ("scale", SCALE, " 2 ", 2),
        ("scale", {"lowest": -2, "highest": 2}, "-2", -2),
        ("choice", OPTIONS, "time", "time"),
        ("choices", OPTIONS, ["tone", "money"], ["money", "tone"]),
        ("choices", OPTIONS, "tone", ["tone"]),
        ("choices", OPTIONS, ["tone", "tone"], ["tone"]),
        ("text", None, "  It was fine. ", "It was fine."),
        ("text", None, "nul\0here\ud800", "nulhere"),
    ],
)
def test_read_answer_keeps_it_in_its_shape(kind: str, options: Any, given: object, kept: object) -> None:
    assert read_answer(asked(kind, options), given) == kept


@pytest.mark.parametrize("given", [None, "", "  ", []])
@pytest.mark.parametrize("kind", QuestionKind.values)
def test_read_answer_says_where_nothing_was_said(kind: str, given: object) -> None:
    assert read_answer(asked(kind, SCALE if kind == "scale" else OPTIONS), given) is None


@pytest.mark.parametrize(
    ("kind", "options", "given"),
    [
        ("pass_fail", None, "Pass"),
        ("pass_fail", None, True),
        ("pass_fail", None, ["pass"]),
        ("scale", SCALE, "5"),
        ("scale", SCALE, -1),
        ("scale", SCALE, "2.0"),
        ("scale", SCALE, 2.0),
        ("scale", SCALE, True),
        ("scale", SCALE, "²"),
        ("scale", SCALE, "9" * 5000),
        ("scale", SCALE, ["2"]),
        ("choice", OPTIONS, "Money"),
        ("choice", OPTIONS, ["money"]),
        ("choice", OPTIONS, {"value": "money"}),
        ("choices", OPTIONS, ["money", "peace"]),
        ("choices", OPTIONS, [["money"]]),
        ("choices", OPTIONS, {"money": 1}),
        ("text", None, "x" * (LONGEST_TEXT + 1)),
        ("text", None, 7),
    ],
)
def test_read_answer_refuses_what_the_question_does_not_take(kind: str, options: Any, given: object) -> None:
    with pytest.raises(Wrong):
        read_answer(asked(kind, options), given)


def test_missing_names_the_required_ones_in_their_order() -> None:
    questions = [Asked(key, "text", key, None, is_required=key != "b") for key in "abcd"]

    assert [one.key for one in missing(questions, {"c": "said"})] == ["a", "d"]


@pytest.mark.parametrize(
    ("kind", "options", "value", "words"),
    [
        ("pass_fail", None, "fail", "Fail"),
        ("scale", SCALE, 3, "3 (of 0 to 4)"),
        ("choice", OPTIONS, "time", "Time"),
        ("choices", OPTIONS, ["money", "gone since"], "Money, gone since"),
        ("text", None, "It was fine.", "It was fine."),
    ],
)
def test_in_words_is_what_a_reader_knows(kind: str, options: Any, value: Any, words: str) -> None:
    assert in_words(asked(kind, options), value) == words


def test_choices_of_a_scale_are_its_numbers() -> None:
    assert choices_of("scale", SCALE) == [(str(number), str(number)) for number in range(5)]
    assert choices_of("text", None) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], None),
        ([3], 3),
        (["pass", "fail", "pass"], "pass"),
        (["pass", "fail"], None),
        ([1, 2, 2, 1, 3], None),
        ([["a"], ["a", "b"], ["a", "b"]], ["a", "b"]),
    ],
)
def test_what_prevails_was_given_more_often_than_anything_else(given: list[Any], expected: Any) -> None:
    assert prevailing(given) == expected


def test_the_place_on_a_scale_is_told_from_0_to_1() -> None:
    scale = {"lowest": 1, "highest": 5}
    assert [place_of(asked("scale", scale), value) for value in (1, 2, 5)] == [0, 0.25, 1]
    assert place_of(asked("text"), "1") is None
