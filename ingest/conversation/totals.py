"""Tokens and cost, each counted once: agents repeat the sums of their models, and clients wrap clients."""

from typing import Any

from ingest.conversation.tree import Node, Turn
from ingest.dialects.fields import grouped, value_of
from ingest.dialects.tables import Field
from ingest.dialects.values import as_amount, as_count, as_json
from ingest.records import record

COUNTING = ("llm", "embedding", "reranker")
COST_DETAILS = "langfuse.observation.cost_details"


@record
class Usage:
    """What a call used, as sent: counts of tokens and USD; None where the sender says nothing.

    Tokens in include those from the cache where the sender follows OpenTelemetry, and do not where Anthropic's own
    numbers were sent: neither is put right here. Who asks what a call was given asks `traces.windows`.
    """

    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cache_read: int | None = None
    tokens_cache_write: int | None = None
    tokens_reasoning: int | None = None
    cost_usd: float | None = None


NOTHING = Usage()


def usages(turn: Turn) -> dict[int, Usage]:
    """What each node used, by its id(), for exactly those whose sum is the turn's.

    These are the model calls that call no other model; where none of them tells, the outermost span that does.
    """
    told: dict[int, Usage] = {}
    counted: set[int] = set()
    for node in reversed(turn.nodes):  # children come before their parents this way
        if any(id(child) in counted for child in node.children):
            counted.add(id(node))
        elif node.kind in COUNTING and (usage := usage_of(node)) != NOTHING:
            told[id(node)] = usage
            counted.add(id(node))
    return told or _outermost(turn)


def _outermost(turn: Turn) -> dict[int, Usage]:
    for node in turn.nodes:
        usage = usage_of(node)
        if usage != NOTHING:
            return {id(node): usage}
    return {}


def usage_of(node: Node) -> Usage:
    """What the span itself says it used."""
    cost = as_amount(value_of(node.words, Field.COST))
    return Usage(
        tokens_in=_count(node, Field.TOKENS_IN),
        tokens_out=_count(node, Field.TOKENS_OUT),
        tokens_cache_read=_count(node, Field.CACHE_READ),
        tokens_cache_write=_count(node, Field.CACHE_WRITE),
        tokens_reasoning=_count(node, Field.REASONING),
        cost_usd=_parts_cost(node) if cost is None else cost,
    )


def _count(node: Node, field: Field) -> int | None:
    value = value_of(node.words, field)
    return None if value is None else as_count(as_json(value))


def _parts_cost(node: Node) -> float | None:
    """A cost that is only given in parts."""
    details = grouped(node.words, COST_DETAILS)
    parts: list[Any] = list(details.values()) if isinstance(details, dict) else []
    parts += [value_of(node.words, Field.COST_IN), value_of(node.words, Field.COST_OUT)]
    amounts = [amount for part in parts if part is not None and (amount := as_amount(part)) is not None]
    return sum(amounts) if amounts else None
