"""A bare list of chat messages, or a list of such lists: OpenAI chat and responses, Anthropic, LangChain."""

from collections.abc import Iterable
from typing import Any

from ingest.dialects.chat import is_message
from ingest.dialects.files import Entry, FileFormat
from ingest.dialects.ours import read_session


def _is_list(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return is_message(value[0]) or (isinstance(value[0], list) and _is_list(value[0]))


def _read(value: Any, line: int) -> Iterable[Entry]:
    if is_message(value[0]):
        return read_session({"messages": value}, line)
    return [
        entry for place, item in enumerate(value, start=1) for entry in read_session({"messages": item}, line or place)
    ]


FORMAT = FileFormat(name="messages", rank=40, recognises=_is_list, read=_read)
