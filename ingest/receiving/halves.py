"""JSON as senders write it: a text that was cut amid an emoji ends in half of a surrogate pair, U+D83D say.

JavaScript cuts text so, and sends it as an escape that the grammar of JSON allows. orjson refuses it, which would cost
all that came in the same body.
"""

import re
from typing import Any

import orjson

from ingest.receiving.errors import Unreadable

# Every escape is looked at, so that the second of two backslashes begins none.
ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?P<half>u[dD][89a-fA-F][\da-fA-F]{2})|.)"
)
REPLACEMENT = rb"\ufffd"


def read_any_json(data: bytes) -> Any:
    """The value, with U+FFFD for each half of a surrogate pair; orjson.JSONDecodeError where it is no JSON."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        whole = make_whole(data)
        if whole == data:
            raise
        return orjson.loads(whole)


def parse_body(data: bytes) -> Any:
    """The same of a whole body; Unreadable where it is no JSON."""
    try:
        return read_any_json(data)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"The body is no JSON: {error}") from error


def make_whole(data: bytes) -> bytes:
    """The same JSON without halves of surrogate pairs."""
    return ESCAPE.sub(lambda found: REPLACEMENT if found["half"] else found[0], data)
