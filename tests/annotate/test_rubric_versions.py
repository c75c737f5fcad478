"""What is new from one version of a rubric to the next."""

from dataclasses import replace
from typing import Any

import pytest

from annotate.answers import Wrong
from annotate.rubric_versions import (
    Wording,
    changes,
    choices_as_lines,
    diff_words,
    is_reworded,
    no_longer_fits,
    read_choices,
    read_scale,
    with_keys,
    with_since,
)

TONE = Wording(
    key="tone",
    kind="choice",
    text="Was it kind?",
    options=[{"value": "kind", "label": "Kind"}, {"value": "rude", "label": "Rude"}],
)
SCALE = Wording("use", "scale", "How useful?", options=read_scale(1, 5, "useless", ""))
WHY = Wording("why", "text", "Why?")


def test_read_choices_keeps_short_names() -> None:
    assert read_choices(" The tone \n\nfacts | The facts\nТон\n") == [
        {"value": "the-tone", "label": "The tone"},
        {"value": "facts", "label": "The facts"},
        {"value": "answer-3", "label": "Тон"},
    ]


@pytest.mark.parametrize("text", ["", "One", "\n".join(map(str, range(21))), "A\na", "a | X\na | Y", "A\n" + "x" * 101])
def test_read_choices_refuses_what_is_no_choice(text: str) -> None:
    with pytest.raises(Wrong):
        read_choices(text)


@pytest.mark.parametrize("text", ["The tone\nfacts | The facts", "Тон\nДа | Нет", "a\nb"])
def test_choices_as_lines_are_read_as_the_same(text: str) -> None:
    options = read_choices(text)
    assert read_choices(choices_as_lines(options)) == options


@pytest.mark.parametrize(("lowest", "highest"), [(1, 1), (5, 1), (0, 11)])
def test_read_scale_refuses_what_does_not_rise_or_is_too_long(lowest: int, highest: int) -> None:
    with pytest.raises(Wrong):
        read_scale(lowest, highest, "", "")


def test_with_keys_gives_new_questions_a_key_that_never_was() -> None:
    new = [replace(WHY, key="", text=text) for text in ("Tone", "Tone!", "", "x" * 60, "x" * 60)]
    keys = [one.key for one in with_keys([TONE, *new], ["tone", "tone-2", "gone"])]
    assert keys == ["tone", "tone-3", "tone-4", "question", "x" * 40, f"{'x' * 36}-2"]


@pytest.mark.parametrize(
    ("old", "change", "fits", "is_new_wording"),
    [
        (TONE, {"text": "Was it friendly?"}, True, True),
        (TONE, {"guidance": "Think of the user."}, True, True),
        (TONE, {"is_required": True}, True, False),
        (TONE, {"options": [*TONE.options, {"value": "cold", "label": "Cold"}]}, True, True),
        (TONE, {"options": [{"value": "kind", "label": "Very kind"}, TONE.options[1]]}, True, True),
        (TONE, {"options": TONE.options[:1]}, False, True),
        (TONE, {"kind": "choices"}, False, False),
        (SCALE, {"options": {**SCALE.options, "highest": 7}}, False, True),
        (SCALE, {"options": {**SCALE.options, "high_words": "perfect"}}, True, True),
    ],
)
def test_what_old_answers_still_fit(old: Wording, change: dict[str, Any], *, fits: bool, is_new_wording: bool) -> None:
    new = replace(old, **change)
    assert (no_longer_fits(old, new), is_reworded(old, new)) == (not fits, is_new_wording)


def test_with_since_moves_what_means_something_else() -> None:
    before = [replace(TONE, since=2), SCALE, WHY]
    after = [replace(WHY, text="Why so?"), replace(SCALE, kind="pass_fail", options=None), TONE, replace(WHY, key="n")]
    told = {one.key: one.since for one in with_since(before, after, 5, {"why"})}
    assert told == {"why": 5, "use": 5, "tone": 2, "n": 5}


def test_changes_are_told_in_words() -> None:
    after = [
        replace(WHY, text="Why so?", since=3, is_required=True),
        replace(TONE, guidance="Be kind.", options=[*TONE.options, {"value": "cold", "label": "Cold"}]),
        Wording("new", "scale", "New?", options=read_scale(0, 2, "no", "yes"), since=3),
    ]
    told = changes([TONE, SCALE, WHY], after, 3)
    assert [(change.words, change.is_meaning, change.before, change.after) for change in told] == [
        ("The question itself: “Why so?”", True, "Why?", "Why so?"),
        ("“Why so?” must be answered from now on", False, "", ""),
        ("How to answer “Was it kind?”", False, "", "Be kind."),
        ("The answers to “Was it kind?”", False, "one of: Kind, Rude", "one of: Kind, Rude, Cold"),
        ("New question: “New?” (a scale from 0 (no) to 2 (yes))", True, "", ""),
        ("No longer asked: “How useful?”", False, "", ""),
        ("The questions come in another order", False, "", ""),
    ]
    assert changes([TONE], [TONE], 3) == []
    [alone] = changes([TONE], [replace(TONE, since=3)], 3)
    assert (alone.words, alone.is_meaning) == ("“Was it kind?” means something else from now on", True)


def test_diff_words_loses_nothing() -> None:
    assert diff_words("It was kind.", "It was very kind!") == [
        ("same", "It was "),
        ("new", "very "),
        ("same", "kind"),
        ("gone", "."),
        ("new", "!"),
    ]
