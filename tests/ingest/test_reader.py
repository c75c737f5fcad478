"""What a body with a list in it must be before its entries are looked at."""

import pytest

from ingest.dialects.reader import read_list
from ingest.receiving.errors import Unreadable


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "The body is no JSON: "),
        (b"[]", "batch: must be a list of events"),
        (b"{}", "batch: must be a list of events"),
        (b'{"batch": {"a": 1}}', "batch: must be a list of events"),
        (b'{"batch": [1, 2, 3]}', "batch: must be a list of at most 2"),
    ],
)
def test_read_list_says_what_a_body_is_not(monkeypatch: pytest.MonkeyPatch, body: bytes, said: str) -> None:
    monkeypatch.setattr("ingest.dialects.reader.MAX_STEPS", 2)
    with pytest.raises(Unreadable) as refusal:
        read_list(body, "batch", "events")
    assert str(refusal.value).startswith(said)


def test_read_list_gives_what_is_listed() -> None:
    assert read_list(rb'{"batch": [1, "cut \ud83d"], "metadata": {}}', "batch", "events") == [1, "cut �"]
