"""The plain text of a step: what the browser, too, counts as its words."""

import pytest

from traces.quoting import plain_text
from traces.reading import read
from traces.records import AGENT, TOOL, StepFacts


def plain(step: StepFacts) -> str:
    return plain_text(read([step], (), None).steps[0])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Done!  Your\n\nrefund *is* on\tits way.", "Done! Your refund is on its way."),
        ("- one\n- two\n\n`code` & <b>tags</b>", "one two code & <b>tags</b>"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
        ("a\u00a0b \u2028", "a b"),
        ("![chart](http://example.com/c.png)", "[image: chart – not loaded]"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", ""),
    ],
)
def test_plain_text_of_speech_is_what_is_shown_of_it(text: str, words: str) -> None:
    assert plain(StepFacts(1, "k1", "agent", AGENT, text=text)) == words


def test_plain_text_of_a_call_is_its_parts_a_line_each() -> None:
    step = StepFacts(
        1,
        "k1",
        "tool",
        TOOL,
        name="refund",
        arguments='{"order": "A-1"}',
        result='{"ok":\n false}',
        is_error=True,
        error_type="auth",
        error_message="401\ntoken expired",
    )

    assert plain(step) == '401 token expired\n{ "order": "A-1" }\n{ "ok": false }'


def test_plain_text_of_a_call_that_says_nothing_is_empty() -> None:
    assert plain(StepFacts(1, "k1", "tool", TOOL, name="refund")) == ""
