"""Nested values and JSON in strings: the words change, the shape stays."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.redaction import BUILTINS, OwnRule, Redactor, redact_value
from ingest.redaction.rules import Redaction

KEY = b"a project's key"
EVERYTHING = [builtin.name for builtin in BUILTINS]


def start(*names: str, own: tuple[OwnRule, ...] = ()) -> Redaction:
    return Redactor(KEY, names or EVERYTHING, own).start()


def redacted(value: Any, **options: Any) -> Any:
    return redact_value(start(), value, **options)


EMAIL = start().text("ada@example.com")


def test_clean_value_is_the_same_object() -> None:
    value = {"a": [1, None, True, {"b": "words"}]}
    assert redacted(value) is value


def test_words_are_found_at_any_depth() -> None:
    assert redacted({"a": [{"b": ["ada@example.com"]}]}) == {"a": [{"b": [EMAIL]}]}


def test_json_in_a_string_in_a_string_stays_json() -> None:
    inner = json.dumps({"to": 'say "hi" to ada@example.com', "n": 1})
    outer = json.dumps({"arguments": inner})
    found = redacted({"text": outer})
    assert json.loads(json.loads(found["text"])["arguments"]) == {"to": f'say "hi" to {EMAIL}', "n": 1}


def test_words_hidden_by_escapes_are_found() -> None:
    assert json.loads(redacted(r'{"to": "ada\u0040example.com"}')) == {"to": EMAIL}


def test_number_in_inner_json_becomes_a_string() -> None:
    found = json.loads(redacted('{"card": 4111111111111111, "n": 12}'))
    assert found["n"] == 12
    assert found["card"].startswith("[card ")


def test_number_of_a_field_of_ours_stays_a_number() -> None:
    value = {"steps": [{"kind": "llm", "latency_ms": 4111111111111111}]}
    assert redacted(value) is value


def test_number_in_arguments_becomes_a_string() -> None:
    assert redacted({"arguments": {"pan": 4111111111111111}})["arguments"]["pan"].startswith("[card ")


def test_otlp_number_becomes_a_string_value() -> None:
    pair = {"key": "pan", "value": {"intValue": "4111111111111111"}}
    assert redacted({"attributes": [pair]})["attributes"][0]["value"]["stringValue"].startswith("[card ")


def test_ids_and_times_stay() -> None:
    span = {
        "traceId": "12345678901234567890123456789012",
        "spanId": "1234567890123456",
        "startTimeUnixNano": "1700000000000000000",
    }
    assert redacted(span) is span


def test_name_that_stands_twice_hides_nothing() -> None:
    assert "ada@example.com" not in redacted('{"a": "ada@example.com", "a": "ok"}')


def test_field_whose_name_is_private_loses_its_whole_value() -> None:
    found = redacted({"password": "correct horse", "user_phone": "030 90", "db.password": "x"})
    assert all(value.startswith("[") for value in found.values())


def test_private_names_are_redacted_and_stay_apart() -> None:
    found = redacted({"ada@example.com": 1, "ADA@example.com": 2})
    assert sorted(found.values()) == [1, 2]
    assert all(name.startswith(EMAIL) for name in found)


def test_too_deep_value_is_not_stored_unread() -> None:
    value: Any = "ada@example.com"
    for _ in range(200):
        value = [value]
    assert "ada@" not in str(redacted(value))


def test_session_id_gets_one_pseudonym() -> None:
    rule = OwnRule("session", r"sess-\d+", "[session {id}]")
    one, two = (redact_value(start(own=(rule,)), {"id": "sess-1"}) for _ in range(2))
    assert one == two != {"id": "sess-1"}


@pytest.mark.parametrize("text", ["{", "[1, 2", '"', "{'a': 'ada@example.com'}", "[ada@example.com]", "null", "1"])
def test_text_that_only_begins_like_json_is_text(text: str) -> None:
    assert redacted(text) == text.replace("ada@example.com", EMAIL)


PRIVATE = st.sampled_from(["ada@example.com", "4111111111111111", "+49 30 901820", "hello", "sk-abcdefghijklmnop1"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20) | PRIVATE,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | PRIVATE, inner, max_size=4)
        | inner.map(json.dumps)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_second_run_changes_nothing(value: Any) -> None:
    once = redacted(value, free=True)
    assert redacted(once, free=True) == once


@given(VALUES)
def test_nothing_private_is_left(value: Any) -> None:
    found = json.dumps(redacted({"metadata": {"x": value}}), ensure_ascii=False)
    assert "ada@example.com" not in found
    assert "sk-abcdefghijklmnop1" not in found


@pytest.mark.parametrize("name", ["traceState", "type", "role", "kind", "dotted_order", "traceId", "timestamp"])
def test_private_words_under_the_name_of_an_id_are_found(name: str) -> None:
    assert redacted({name: "ada@example.com"}) == {name: EMAIL}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("traceId", "41111111111111114111111111111111"),
        ("startTimeUnixNano", "1795000000000000000"),
        ("started_at", "2026-11-21T09:30:00.123456+00:00"),
        ("dotted_order", "20261121T060000000000Z41111111-1111-4111-8111-123456789012"),
        ("id", "41111111-1111-4111-8111-123456789012"),
        ("kind", "SPAN_KIND_CLIENT"),
        ("type", "trace-create"),
    ],
)
def test_ids_times_and_words_from_a_list_stay(name: str, value: str) -> None:
    pair = {name: value}
    assert redacted(pair) is pair


def test_bytes_and_numbers_in_a_list_of_otlp_stay_what_otlp_can_read() -> None:
    mail = base64.b64encode(b"I am ada@example.com").decode()
    values = [{"bytesValue": mail}, {"intValue": "4111111111111111"}, {"intValue": "12"}]
    found = redacted({"key": "list", "value": {"arrayValue": {"values": values}}})["value"]["arrayValue"]["values"]
    assert base64.b64decode(found[0]["bytesValue"]).decode() == f"I am {EMAIL}"
    assert found[1].keys() == {"stringValue"}
    assert found[1]["stringValue"].startswith("[card ")
    assert found[2] is values[2]


def test_bytes_of_an_attribute_are_read_as_the_text_that_they_are() -> None:
    said = {"key": "note", "value": {"bytesValue": base64.b64encode(b"ada@example.com").decode()}}
    assert base64.b64decode(redacted(said)["value"]["bytesValue"]).decode() == EMAIL
