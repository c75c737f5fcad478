"""Which texts can be the key of a row."""

import pytest

from common.keys import is_key


@pytest.mark.parametrize("text", ["0", "7", "9223372036854775807"])
def test_is_key_takes_what_a_database_holds(text: str) -> None:
    assert is_key(text)


@pytest.mark.parametrize("text", ["", "-1", "1.5", " 7", "٧", "²", "9223372036854775808", "1" * 5000, "seven"])
def test_is_key_takes_nothing_else(text: str) -> None:
    assert not is_key(text)
