"""What a dialect is made of: data. Ranks order one dialect's keys among all others'; the lowest that is there wins."""

from dataclasses import dataclass, field
from enum import StrEnum


class Field(StrEnum):
    """What a span can tell, whichever key it uses."""

    SESSION = "session"
    USER = "user"
    RELEASE = "release"
    ENVIRONMENT = "environment"
    WORKFLOW = "workflow"
    INPUT = "input"
    OUTPUT = "output"
    TOOL_NAME = "tool_name"
    CALL_ID = "call_id"
    ARGUMENTS = "arguments"
    RESULT = "result"
    ERROR_TYPE = "error_type"
    ERROR_MESSAGE = "error_message"
    TOKENS_IN = "tokens_in"
    TOKENS_OUT = "tokens_out"
    COST = "cost"
    MODEL = "model"
    TAGS = "tags"
    METADATA = "metadata"


class Style(StrEnum):
    """How a list of messages is written in attributes."""

    UNFLATTENED = "unflattened"  # llm.input_messages.0.message.role
    NUMBERED = "numbered"  # gen_ai.prompt.0.role
    LIST = "list"  # one value: a list of messages, often as a JSON string


@dataclass(frozen=True)
class KindRule:
    """An attribute that names the kind; a value that `values` lacks says nothing. "*" stands for any value."""

    rank: int
    key: str
    values: dict[str, str]


@dataclass(frozen=True)
class MessageSource:
    """Where messages stand; `kinds` limits it to spans of these kinds."""

    rank: int
    key: str
    style: Style
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dialect:
    """One sender's words for what we read. `fields` holds {rank: key}; `a.b/c` reads member c of the JSON in a.b."""

    name: str
    marks: tuple[str, ...]
    kinds: tuple[KindRule, ...] = ()
    fields: dict[Field, dict[int, str]] = field(default_factory=dict)
    inputs: tuple[MessageSource, ...] = ()
    outputs: tuple[MessageSource, ...] = ()


def plain(*names: str) -> dict[str, str]:
    """Values that are our own words already."""
    return {name: name for name in names}
