"""How a session reads."""

import json
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from tests.traces.talks import agent, call, failed, talk, user
from traces.reading import Conversation, Mark, offset, pretty, read
from traces.records import INTERNAL, SessionFacts, StepFacts

BEGAN = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def reading(session: SessionFacts, *marks: Mark) -> Conversation:
    return read(session.steps, marks, BEGAN)


def test_read_makes_speech_of_users_and_agents() -> None:
    first, second = reading(talk(user("**Hi**"), agent("Hello <b>you</b>"))).steps
    assert (first.who, first.html) == ("User", "<p><strong>Hi</strong></p>\n")
    assert (second.who, second.html) == ("Agent", "<p>Hello &lt;b&gt;you&lt;/b&gt;</p>\n")


def test_read_folds_a_call_to_one_line() -> None:
    [step] = reading(talk(failed("lookup_order", "token expired", arguments={"order_id": 1234}))).steps
    assert (step.name, step.arguments_line, step.result_line) == (
        "lookup_order",
        "order_id=1234",
        "error: token expired",
    )
    assert (step.arguments, step.is_error) == ('{\n  "order_id": 1234\n}', True)


def test_read_tells_an_answer_that_looks_like_an_error_from_a_reported_error() -> None:
    said = call("refund", {"ok": False, "reason": "card declined"})
    looks, reported = reading(talk(said, failed("refund", "card declined"))).steps
    assert (looks.result_line, looks.is_error, looks.looks_failed) == ("error: card declined", False, True)
    assert (reported.result_line, reported.is_error, reported.looks_failed) == ("error: card declined", True, False)


def test_read_names_calls_without_a_name_by_their_kind() -> None:
    [step] = reading(talk(call("", [{"text": "a"}, {"text": "b", "id": 1}], kind="retriever"))).steps
    assert (step.name, step.who) == ("Search in documents", "Search in documents")


def test_read_hides_internal_steps_but_never_evidence() -> None:
    quiet = StepFacts(0, "", "llm", INTERNAL, name="gpt")
    broken = StepFacts(0, "", "llm", INTERNAL, name="gpt", is_error=True, error_message="overloaded")
    mark = Mark("x", "X", "x", 1.0, "k3", 3)
    conversation = reading(talk(quiet, broken, quiet, user("Hi")), mark)
    assert [step.is_hidden for step in conversation.steps] == [True, False, False, False]
    assert conversation.hidden_count == 1


def test_read_puts_marks_at_their_steps() -> None:
    mark = Mark("tool_error", "Tool error", "It failed.", 0.5, "k2", 2)
    conversation = reading(talk(user("Hi"), call("a")), mark, Mark("outlier_cost", "Dear", "Dear.", 0.4, "", None))
    assert [step.marks for step in conversation.steps] == [(), (mark,)]
    assert len(conversation.marks) == 2


def test_read_folds_long_texts() -> None:
    assert [step.is_long for step in reading(talk(user("word " * 400), user("short"), user("a\n" * 30))).steps] == [
        True,
        False,
        True,
    ]


def test_the_outline_says_words_and_no_marks() -> None:
    steps = reading(talk(agent("## Found **two** of them"), call("look_up", "yes", arguments={"at": "**"}))).steps
    assert [step.outline for step in steps] == ["Found two of them", "look_up at=**"]


def test_read_says_what_the_user_did_themselves() -> None:
    [step] = reading(talk(call("reboot", flags=("user_side",)))).steps
    assert step.who == "Done by the user"


def test_stretches_are_all_steps_in_order_a_small_one_first() -> None:
    steps = reading(talk(*[user(str(number)) for number in range(100)]))
    stretches = list(steps.stretches())
    assert [len(stretch) for stretch in stretches] == [24, 48, 28]
    assert [step.position for stretch in stretches for step in stretch] == list(range(1, 101))
    assert list(reading(talk()).stretches()) == []


def test_stretches_tell_what_a_call_repeats() -> None:
    [steps] = reading(talk(call("a", {"n": 1}), user("Again."), call("a", {"n": 1}), call("a", {"n": 2}))).stretches()
    assert [step.repeat and (step.repeat.position, step.repeat.is_same) for step in steps] == [
        None,
        None,
        (1, True),
        (3, False),
    ]


def test_reading_makes_nothing_dear_before_it_is_asked_for() -> None:
    with patch("traces.reading.render_markdown") as markdown, patch("traces.reading.pretty") as pretty:
        [told, called] = reading(talk(user("Hi"), call("a", {"n": 1}))).steps
        assert (markdown.call_count, pretty.call_count) == (0, 0)
        assert (told.html, called.result) == (markdown.return_value, pretty.return_value)


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": 123456789012345678901234567890}', '{"a": [1.5, "é", null]}'])
def test_pretty_changes_no_value(text: str) -> None:
    assert pretty(text) == json.dumps(json.loads(text), indent=2, ensure_ascii=False)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "+0 s"), (59, "+59 s"), (60, "+1:00"), (3599, "+59:59"), (3725, "+1:02:05"), (-5, "+0 s")],
)
def test_offset_is_in_words(seconds: int, words: str) -> None:
    assert offset(BEGAN, BEGAN + timedelta(seconds=seconds)) == words


def test_offset_of_an_unknown_time_is_blank() -> None:
    assert (offset(None, BEGAN), offset(BEGAN, None)) == ("", "")


def test_pretty_leaves_other_text_alone() -> None:
    assert pretty("no json {") == "no json {"


def test_read_shows_the_beginning_of_what_is_very_long_and_keeps_the_whole() -> None:
    long, short = "x" * 70_000, "y" * 60_000
    told, called, inside = reading(
        talk(agent(long), call("a", long, short), StepFacts(0, "", "llm", INTERNAL, text=long))
    ).steps
    assert "[10,000 more characters are not shown]" in told.html
    assert (called.result, called.arguments) == (f"{long[:60_000]}\n… 10,000 more characters", short)
    assert inside.text == called.result
    assert [step.cut for step in (told, called, inside)] == [{"text": 70_000}, {"result": 70_000}, {"text": 70_000}]
    assert (told.whole("text"), called.whole("result"), inside.whole("text")) == (long, long, long)


def test_the_whole_of_an_answer_is_laid_out_as_its_beginning_is() -> None:
    value = {"rows": [{"n": n} for n in range(5_000)], "picture": "iVBORw0KGgo" + "Ab1/" * 200}
    [step] = reading(talk(call("a", value))).steps
    whole = step.whole("result")
    assert whole.startswith(step.result.rpartition("\n")[0])
    assert json.loads(whole) == {**value, "picture": "[image/png, 608 bytes – not loaded]"}


def test_files_by_name_make_a_text_short_enough_to_be_shown_whole() -> None:
    [step] = reading(talk(agent("See data:image/png;base64," + "Ab1/" * 20_000))).steps
    assert (step.cut, step.whole("text")) == ({}, "See [image/png, 59 KB – not loaded]")


def test_pretty_names_files_instead_of_their_bytes() -> None:
    picture = "iVBORw0KGgo" + "Ab1/" * 16_384
    assert pretty(json.dumps({"type": "image", "data": picture})) == (
        '{\n  "type": "image",\n  "data": "[image/png, 48 KB – not loaded]"\n}'
    )
    assert pretty(f"See data:image/jpeg;base64,{picture}.") == "See [image/jpeg, 48 KB – not loaded]."
    assert pretty(json.dumps({"key": "A1b2" * 50})) == json.dumps({"key": "A1b2" * 50}, indent=2)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("![a cat](data:image/png;base64,{})", "<em>[image: a cat, 48 KB – not loaded]</em>"),
        ("![](data:image/png;base64,{})", "<em>[image: image/png, 48 KB – not loaded]</em>"),
        ("See data:image/png;base64,{} there", "See [image/png, 48 KB – not loaded] there"),
    ],
)
def test_speech_names_pictures_instead_of_their_bytes(said: str, shown: str) -> None:
    [step] = reading(talk(agent(said.format("Ab1/" * 16_384)))).steps
    assert step.html == f"<p>{shown}</p>\n"


def test_pretty_survives_deep_nesting() -> None:
    deep = "[" * 900 + "]" * 900
    assert pretty(deep) == deep
