"""The words of a session's steps, which are most of its bytes and which no query asks for: packed into one value."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from common.compression import compress, decompress
from traces.records import ToolSchema


class Words(NamedTuple):
    """What was said in one step, its input and answer as sent, and how it failed."""

    text: str = ""
    arguments: str = ""
    result: str = ""
    error_message: str = ""


SILENCE = Words()
NO_TOOLS: Mapping[str, ToolSchema] = {}
NO_PROMPTS: Mapping[str, str] = {}


def pack_words(
    words: Mapping[str, Words],
    names: Iterable[str] = (),
    tools: Mapping[str, ToolSchema] = NO_TOOLS,
    prompts: Mapping[str, str] = NO_PROMPTS,
) -> bytes:
    """The words by the step's key, the names of all steps, which only a search asks for here, and the offered tools.

    `prompts`: the system prompts that came with model calls, by the key of the step from which on each holds.
    """
    said = {key: list(told) for key, told in words.items() if any(told)}
    offered = {name: [tool.required, tool.takes] for name, tool in sorted(tools.items())}
    content = {"words": said, "names": sorted({*names} - {""})}
    beside = {name: held for name, held in (("tools", offered), ("prompts", dict(prompts))) if held}
    return compress(orjson.dumps(content | beside))


def unpack_words(payload: bytes | memoryview) -> dict[str, Words]:
    """What `pack_words` was given, as far as there are words."""
    return {key: Words(*said) for key, said in _content(payload)["words"].items()}


def unpack_tools(payload: bytes | memoryview) -> dict[str, ToolSchema]:
    """The tools that the agent was offered, by name; empty where the sender did not tell."""
    offered = _content(payload).get("tools", {})
    return {name: ToolSchema(name, tuple(required), tuple(takes)) for name, (required, takes) in offered.items()}


def unpack_prompts(payload: bytes | memoryview) -> dict[str, str]:
    """The system prompts as `pack_words` was given them."""
    prompts: dict[str, str] = _content(payload).get("prompts", {})
    return prompts


def _content(payload: bytes | memoryview) -> dict[str, Any]:
    content: dict[str, Any] = orjson.loads(decompress(payload))
    return content


class Search:
    """Looks for words, in upper or lower case, in what steps say and in how they are called."""

    def __init__(self, words: str) -> None:
        self.words = words.lower()
        self.written = orjson.dumps(self.words)[1:-1].decode()
        self.bytes_read = 0

    def finds(self, payload: bytes | memoryview) -> bool:
        """Whether the packed words hold them; counts what it had to read."""
        written = decompress(payload)
        self.bytes_read += len(written)
        # Most hold them nowhere, which shows without taking them apart.
        return self.written in written.decode().lower() and self._is_said(_content(payload))

    def _is_said(self, content: dict[str, Any]) -> bool:
        said = [*content["names"], *(text for words in content["words"].values() for text in words)]
        return any(self.words in text.lower() for text in said)
