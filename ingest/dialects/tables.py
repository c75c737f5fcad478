"""What a dialect is made of: data. Ranks order one dialect's keys among all others'; the lowest that is there wins."""

from dataclasses import dataclass, field
from enum import StrEnum

# What a span says beside its attributes; OpenTelemetry's own name for the one, ours for the other.
SCOPE = "otel.scope.name"
NAME = "otel.span.name"


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
    LEVEL = "level"
    ERROR_TYPE = "error_type"
    ERROR_MESSAGE = "error_message"
    TOKENS_IN = "tokens_in"
    TOKENS_OUT = "tokens_out"
    CACHE_READ = "cache_read"
    CACHE_WRITE = "cache_write"
    REASONING = "reasoning"
    COST = "cost"
    COST_PARTS = "cost_parts"
    COST_IN = "cost_in"
    COST_OUT = "cost_out"
    MODEL = "model"
    PROVIDER = "provider"
    RESPONSE_ID = "response_id"
    FIRST_WORD_S = "first_word_s"
    FIRST_WORD_MS = "first_word_ms"
    FIRST_WORD_AT = "first_word_at"
    CALLS = "calls"
    THOUGHTS = "thoughts"
    TAGS = "tags"


@dataclass(frozen=True)
class KindRule:
    """An attribute that names the kind; a value that `values` lacks says nothing.

    A value may begin or end with "*" for any characters. `scope` limits the rule to one instrumentation's spans.
    """

    rank: int
    key: str
    values: dict[str, str]
    scope: str = ""


@dataclass(frozen=True)
class MessageSource:
    """Where messages stand; `kinds` limits it to spans of these kinds.

    They may be one value (a list, an object with one, or JSON of these) or spread over `key.N.…`. With `events` they
    are named like GenAI's message events, questions and answers in one list.
    """

    rank: int
    key: str
    kinds: tuple[str, ...] = ()
    events: bool = False


@dataclass(frozen=True)
class Dialect:
    """One sender's words for what we read.

    `fields` holds {rank: key}; `a.b/c` is member c of the object a.b, which may come as JSON, as key-value pairs or
    spread over dotted names. `offers` names where the tools stand that a model was offered, whole or spread, or a
    request with them. `metadata` names objects whose members are the sender's own; `known` names what is read
    by nothing on purpose: definitions, parameters and repetitions that say nothing of what happened.
    A dialect that others build on `is_base`: a span that bears both marks is the other's.
    """

    name: str
    marks: tuple[str, ...]
    kinds: tuple[KindRule, ...] = ()
    fields: dict[Field, dict[int, str]] = field(default_factory=dict)
    inputs: tuple[MessageSource, ...] = ()
    outputs: tuple[MessageSource, ...] = ()
    offers: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    metadata: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    is_base: bool = False


def plain(*names: str) -> dict[str, str]:
    """Values that are our own words already."""
    return {name: name for name in names}
