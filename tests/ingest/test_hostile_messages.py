"""A chat message whose members are of any type at all: a dialect asks for words and may find lists."""

from typing import Any

import pytest

from ingest.dialects.chat import is_message, read_messages
from ingest.dialects.spans import nanoseconds
from ingest.importing.recognising import Reader
from tests.ingest.fuzz.grammar import MEMBERS

GOOD: dict[str, Any] = {"role": "user", "type": "human", "content": "Hi", "parts": [{"text": "Hi"}], "id": "m"}
KEYS = sorted({*MEMBERS, *GOOD, "kind", "state", "source", "event", "said", "finish_reason", "part_kind"})


@pytest.mark.parametrize(
    "strange", [[], ["user"], {}, {"a": [1]}, 7, True, None, "\x00", 2**70, float("inf")], ids=repr
)
@pytest.mark.parametrize("key", KEYS)
def test_a_member_may_be_of_any_type(key: str, strange: Any) -> None:
    for message in ({**GOOD, key: strange}, {key: strange}, {"content": [{**GOOD, key: strange}], "role": "user"}):
        is_message(message)
        read_messages([message])
        told = list(Reader().entries([(message, 1), ([message], 2)]))
        assert [entry for entry in told if "but cannot be read" in str(entry)] == []


@pytest.mark.parametrize("number", [2**63, 2**64, -(2**70), 10**180, 10**400, float("inf"), float("nan")])
def test_a_number_may_be_larger_than_others_can_write(number: float) -> None:
    for value in (
        {"steps": [{"kind": "tool", "arguments": {"id": number}}]},
        {"messages": [GOOD, {**GOOD, "id": number}]},
    ):
        assert [type(entry).__name__ for entry in Reader().entries([(value, 1)])] == ["SessionRecord"]


@pytest.mark.parametrize("time", [2**63, "9" * 31, [2**62, 5], [-5, 0], float("inf"), float("nan"), {}, None])
def test_a_time_is_never_larger_than_a_column(time: Any) -> None:
    assert nanoseconds(time) == 0
