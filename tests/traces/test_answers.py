"""How a tool's answer is read."""

import json
from typing import Any

import pytest

from traces import answers

FAILURES = [
    ("Error: Payment method not found", "Error: Payment method not found"),
    ("error: gift card balance is not enough", "error: gift card balance is not enough"),
    ("Error", "Error"),
    ("Error 503 from upstream", "Error 503 from upstream"),
    ("Error executing tool refund: boom", "Error executing tool refund: boom"),
    ("ValueError: bad id", "ValueError: bad id"),
    ("requests.exceptions.ConnectionError: refused", "requests.exceptions.ConnectionError: refused"),
    ("Traceback (most recent call last):\n  File x", "Traceback (most recent call last): File x"),
    ("401 Unauthorized", "401 Unauthorized"),
    ('{"error": "token expired"}', "token expired"),
    ('{"error": {"code": 7, "message": "no such order"}}', "no such order"),
    ('{"errors": [{"message": "field id unknown"}]}', "field id unknown"),
    ('{"ok": false, "reason": "card declined"}', "card declined"),
    ('{"success": false}', '{"success": false}'),
    ('{"status": 404, "message": "order not found"}', "404: order not found"),
    ('{"status_code": 500}', '{"status_code": 500}'),
    ('{"status": "error", "message": "backend down"}', "backend down"),
    ('{"isError": true, "content": [{"type": "text", "text": "quota used up"}]}', "quota used up"),
    ('[{"type": "text", "text": "Error: no flight"}]', "Error: no flight"),
    ('{"type": "tool", "data": {"content": "Error: no such order"}}', "Error: no such order"),
    (json.dumps(json.dumps({"error": "twice encoded"})), "twice encoded"),
]
SUCCESSES = [
    "",
    "ok",
    "[]",
    "Error-Proof Notebook, 3 in stock",
    "Errorless keyboard",
    "The error was fixed last week.",
    "No errors found.",
    "404 Main Street",
    "500 items in stock",
    '{"error": null, "total": 3}',
    '{"error": ""}',
    '{"errors": []}',
    '{"error": false}',
    '{"product": "Error 404 T-shirt", "price": 19}',
    '{"status": 200, "message": "fine"}',
    '{"status": "failed", "payment_id": "p-1"}',
    '{"success": true}',
    '{"ok": "false alarm"}',
    '{"error_count": 3}',
    '["Error: as a title of a song"]',
    "{not json",
    "null",
    "7",
]


@pytest.mark.parametrize(("result", "words"), FAILURES)
def test_complaint_gives_the_words_of_an_error_shaped_answer(result: str, words: str) -> None:
    assert answers.complaint(result) == words


@pytest.mark.parametrize("result", SUCCESSES)
def test_complaint_is_silent_for_an_answer_that_only_mentions_errors(result: str) -> None:
    assert answers.complaint(result) == ""


@pytest.mark.parametrize(
    "result", ["", " ", "null", "None", "[]", "{}", '""', '{"results": []}', '{"data": null, "page": 1}']
)
def test_is_empty_for_an_answer_that_holds_nothing(result: str) -> None:
    assert answers.is_empty(result) is True


@pytest.mark.parametrize(
    "result", ["0", "ok", "[0]", '{"results": [1]}', '{"page": 1}', "false", '{"results": [], "items": [1]}']
)
def test_is_empty_not_for_an_answer_that_holds_something(result: str) -> None:
    assert answers.is_empty(result) is False


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("", "no answer"),
        ("shipped  on\nMonday", "shipped on Monday"),
        ('{"status": "shipped", "total": 12.5, "paid": true}', "status=shipped, total=12.5, paid=yes"),
        ('[{"id": 1}, {"id": 2}]', "2 results"),
        ('[{"id": 1}]', "1 result"),
        ('["a", "b"]', "a, b"),
        ("[]", "nothing found"),
        ("{}", "an empty answer"),
        ('{"results": []}', "nothing found"),
        ('{"items": [{"a": 1}], "address": {"city": "Oslo", "zip": 1}}', "items=1 item, address={city, zip}"),
        ('[{"type": "text", "text": "It rains."}]', "It rains."),
        ('{"type": "tool", "content": "It rains."}', "It rains."),
        ('{"type": "tool", "data": {"content": "{\\"status\\": \\"packed\\"}", "name": "x"}}', "status=packed"),
    ],
)
def test_in_words_says_an_answer_in_a_few_words(result: str, words: str) -> None:
    assert answers.in_words(result) == words


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ('{"order_id": 1234, "reason": "too late"}', "order_id=1234 reason=too late"),
        ("", ""),
        ("{}", ""),
        ("order 12", "order 12"),
        ('{"ids": [1, 2], "deep": {"a": 1}, "none": null}', "ids=1, 2 deep={a} none=–"),
        ('{"input": {"city": "Berlin"}}', "city=Berlin"),
        ('{"input": {}}', "input={}"),
    ],
)
def test_arguments_line_shows_a_calls_input_on_one_line(arguments: str, line: str) -> None:
    assert answers.arguments_line(arguments) == line


HOSTILE = [
    "[" * 100_000,
    '{"a":' * 50_000,
    '"' * 1000,
    "{}" * 200_000,
    '{"error": NaN}',
    "\ud800",
    "[" * 900 + "]" * 900,
    '{"error":' * 900 + "1" + "}" * 900,
    '{"type":1,"data":' * 900 + "1" + "}" * 900,
    '{"content":[{"text":"x"}],"a":' * 900 + "1" + "}" * 900,
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=[f"hostile-{n}" for n in range(len(HOSTILE))])
def test_answers_of_hostile_text_never_raise(hostile: str) -> None:
    results: list[Any] = [
        read(hostile) for read in (answers.complaint, answers.is_empty, answers.in_words, answers.arguments_line)
    ]
    assert [type(result) for result in results] == [str, bool, str, str]


@pytest.mark.parametrize(
    "text", [r'{"error": "\ud83d"}', r'{"\uDE00": 1}', r'"{\"error\": \"\\ud83d\"}"', r'"{\"error\": \"\u005cud83d\"}"']
)
def test_parsed_takes_half_a_character_for_no_json(text: str) -> None:
    assert answers.parsed(text) is None
    assert (answers.complaint(text), answers.in_words(text)) == ("", text)


def test_parsed_reads_a_whole_character_told_in_two_halves() -> None:
    assert answers.parsed(r'{"error": "\ud83d\ude00"}') == {"error": "😀"}


@pytest.mark.parametrize(
    ("text", "length", "words"),
    [
        ("one two", 9, "one two"),
        ("one two.", 9, "one two."),
        ("one\n two  three", 9, "one two…"),
        ("one two… three", 9, "one two…"),
        ("one two ... three", 12, "one two…"),
        ("one two. … three", 11, "one two…"),
    ],
)
def test_clip_ends_what_it_cuts_with_one_ellipsis(text: str, length: int, words: str) -> None:
    assert answers.clip(text, length) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## Done\n\n- **refunded** `A-1`\n- see [the page](https://a.example/x)", "“Done refunded A-1 see the page”"),
        ("snake_case and 2 * 3", "“snake_case and 2 * 3”"),
        ("![a photo](data:image/png;base64," + "A" * 5_000, "“a photo”"),
        ("**word** " * 40, "“" + ("word " * 20).strip() + "…”"),
        ("**", "“**”"),
    ],
)
def test_quoted_is_what_was_said_without_marks(text: str, words: str) -> None:
    assert answers.quoted(text, 100) == words


def test_line_of_arguments_that_were_cut_ends_with_one_ellipsis() -> None:
    line = answers.arguments_line(json.dumps({"reason": "late " * 20, "note": "lost"}), 57)
    assert line == f"reason={'late ' * 9}la…"
